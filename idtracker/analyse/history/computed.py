"""Observations computed from events and answers over time: derived again whenever one of these two tables changes."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd

from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.timeline import PendingChangePoints
from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import empty_frame
from idtracker.model.tables.reporting import Observation
from idtracker.store.history.change_points import changes_of
from idtracker.store.tables import read_table

BLOCK_ROWS = 500_000
FEEDS = {"event": "event:", "survey_response": "survey_response:"}
KNOWN = """
    SELECT *, year(period_start) * 4 + quarter(period_start) - 1 AS first,
      year(period_end) * 4 + quarter(period_end) - 1 AS last
    FROM (SELECT *, recorded_from AS begins, recorded_to AS ends FROM observation
      UNION ALL BY NAME SELECT * FROM _computed)
"""
"""Every observation, stated or computed (computed_vintages() as the view `_computed`): the interval in which it was known, and
its first and last quarter."""


def computed_vintages(
    connection: duckdb.DuckDBPyConnection, indicator: pd.DataFrame, entity: pd.DataFrame, pending: PendingChangePoints
) -> pd.DataFrame:
    """Observations computed from events and answers, with `begins` and `ends`: the interval between two changes of these."""
    place = read_table(connection, "place")
    vintages = [empty_frame(Observation).assign(begins=pd.to_datetime([]), ends=pd.to_datetime([]))]
    for table, form in FEEDS.items():
        fed = indicator[indicator["derived_from"].str.startswith(form, na=False)]
        if fed.empty or not _is_affected(connection, table, fed, pending):
            continue
        intervals = _intervals(connection, table, pending)
        facts = apply_entity_map({table: read_table(connection, table)}, entity)[table]
        for group in _stretch_blocks(facts, intervals):
            derived = derive_observations({table: _known_in(facts, group)}, fed, place, pending.grid(), ["begins"])
            vintages.append(derived.merge(group, on="begins", how="left"))
    frame = pd.concat([f for f in vintages if len(f)] or vintages[:1], ignore_index=True)
    return _joined(frame.astype({"begins": "datetime64[ns]", "ends": "datetime64[ns]"}))


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for neighbouring intervals in which a fact says the same in every column."""
    if rows.empty:
        return rows
    content = [c for c in rows.columns if c not in ("begins", "ends")]
    rows = rows.sort_values([*content, "begins"], ignore_index=True)
    goes_on = rows.duplicated(content) & (rows["begins"] == rows["ends"].shift())
    rows = rows.assign(run=(~goes_on).cumsum())
    ends = rows.drop_duplicates("run", keep="last").set_index("run")["ends"]
    first = rows[~goes_on]
    return first.assign(ends=first["run"].map(ends)).drop(columns="run").reset_index(drop=True)


def _is_affected(
    connection: duckdb.DuckDBPyConnection, table: str, fed: pd.DataFrame, pending: PendingChangePoints
) -> bool:
    """Whether a cell of the indicators fed by a table may change: by it, by a report, by a decision, or by a quarter's end."""
    if pending.since is None or pending.period_changes or len(instants(connection, table, pending)):
        return True
    rows = connection.execute(
        """SELECT 1 FROM observation WHERE (recorded_from > $since OR recorded_to > $since)
          AND list_contains($fed, indicator_id)
        UNION ALL SELECT 1 FROM adjudication WHERE decided_at > $since AND list_contains($fed, indicator_id) LIMIT 1""",
        {"since": pending.since, "fed": fed["indicator_id"].tolist()},
    ).fetchall()
    return bool(rows)


def instants(connection: duckdb.DuckDBPyConnection, table: str, pending: PendingChangePoints) -> pd.DataFrame:
    """When a fact table changed, whichever source changed it, oldest first."""
    changes = changes_of(connection, table, ["source_id"], pending.since)[["known_at"]].drop_duplicates()
    return changes[changes["known_at"] <= pending.at[-1]].sort_values("known_at", ignore_index=True)


def _intervals(connection: duckdb.DuckDBPyConnection, table: str, pending: PendingChangePoints) -> pd.DataFrame:
    """From each change of a fact table to the next, the first from where nothing is left to do: begins, ends."""
    before = [] if pending.since is None else [pending.since]
    begins = pd.Series([*before, *instants(connection, table, pending)["known_at"]], dtype="datetime64[ns]")
    return pd.DataFrame({"begins": begins, "ends": begins.shift(-1)})


def _stretch_blocks(facts: pd.DataFrame, intervals: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The intervals in blocks, each of about BLOCK_ROWS facts known in one of them at most, so that memory is bounded."""
    come, gone = (facts[c].dropna().sort_values() for c in ("recorded_from", "recorded_to"))
    known = come.searchsorted(intervals["begins"], side="right") - gone.searchsorted(intervals["begins"], side="right")
    sizes = pd.Series(known, index=intervals.index)
    yield from (group for _, group in intervals.groupby(block_numbers(sizes, BLOCK_ROWS)))


def _known_in(facts: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """The facts once for every interval in which they are known, with its `begins`."""
    parts = [
        facts[(facts["recorded_from"] <= at) & ~(facts["recorded_to"] <= at)].assign(begins=at)
        for at in intervals["begins"]
    ]
    known: pd.DataFrame = pd.concat(parts, ignore_index=True).astype({"begins": "datetime64[ns]"})
    return known
