"""Observations computed from events and answers over time: derived again whenever one of these two tables changes."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd

from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.timeline import Remaining
from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.model.register.entity_columns import united
from idtracker.model.tables import empty_frame
from idtracker.model.tables.reporting import Observation
from idtracker.store.history.moments import changes_of
from idtracker.store.tables import read_table

BLOCK_ROWS = 500_000
FEEDS = {"event": "event:", "survey_response": "survey_response:"}


def computed_vintages(
    connection: duckdb.DuckDBPyConnection, indicator: pd.DataFrame, entity: pd.DataFrame, left: Remaining
) -> pd.DataFrame:
    """Observations computed from events and answers, with `begins` and `ends`: the stretch between two changes of these."""
    place = read_table(connection, "place")
    found = [empty_frame(Observation).assign(begins=pd.to_datetime([]), ends=pd.to_datetime([]))]
    for table, form in FEEDS.items():
        fed = indicator[indicator["derived_from"].str.startswith(form, na=False)]
        if fed.empty or not _is_asked(connection, table, fed, left):
            continue
        stretches = _stretches(connection, table, left)
        facts = united({table: read_table(connection, table)}, entity)[table]
        for mine in _stretch_blocks(facts, stretches):
            made = derive_observations({table: _known_in(facts, mine)}, fed, place, left.grid(), ["begins"])
            found.append(made.merge(mine, on="begins", how="left"))
    frame = pd.concat([f for f in found if len(f)] or found[:1], ignore_index=True)
    return _joined(frame.astype({"begins": "datetime64[ns]", "ends": "datetime64[ns]"}))


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for neighbouring stretches in which a fact says the same in every column."""
    if rows.empty:
        return rows
    said = [c for c in rows.columns if c not in ("begins", "ends")]
    rows = rows.sort_values([*said, "begins"], ignore_index=True)
    goes_on = rows.duplicated(said) & (rows["begins"] == rows["ends"].shift())
    rows = rows.assign(run=(~goes_on).cumsum())
    ends = rows.drop_duplicates("run", keep="last").set_index("run")["ends"]
    first = rows[~goes_on]
    return first.assign(ends=first["run"].map(ends)).drop(columns="run").reset_index(drop=True)


def _is_asked(connection: duckdb.DuckDBPyConnection, table: str, fed: pd.DataFrame, left: Remaining) -> bool:
    """Whether a cell of the indicators fed by a table may change: by it, by a report, by a decision, or by a quarter's end."""
    if left.since is None or left.turns or len(instants(connection, table, left)):
        return True
    rows = connection.execute(
        """SELECT 1 FROM observation WHERE (recorded_from > $since OR recorded_to > $since)
          AND list_contains($fed, indicator_id)
        UNION ALL SELECT 1 FROM adjudication WHERE decided_at > $since AND list_contains($fed, indicator_id) LIMIT 1""",
        {"since": left.since, "fed": fed["indicator_id"].tolist()},
    ).fetchall()
    return bool(rows)


def instants(connection: duckdb.DuckDBPyConnection, table: str, left: Remaining) -> pd.DataFrame:
    """When a fact table changed, whichever source changed it, oldest first."""
    changes = changes_of(connection, table, ["source_id"], left.since)[["known_at"]].drop_duplicates()
    return changes[changes["known_at"] <= left.at[-1]].sort_values("known_at", ignore_index=True)


def _stretches(connection: duckdb.DuckDBPyConnection, table: str, left: Remaining) -> pd.DataFrame:
    """From each change of a fact table to the next, the first from where nothing is left to do: begins, ends."""
    before = [] if left.since is None else [left.since]
    begins = pd.Series([*before, *instants(connection, table, left)["known_at"]], dtype="datetime64[ns]")
    return pd.DataFrame({"begins": begins, "ends": begins.shift(-1)})


def _stretch_blocks(facts: pd.DataFrame, stretches: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The stretches in blocks, each of about BLOCK_ROWS facts known in one of them at most, so that memory is bounded."""
    come, gone = (facts[c].dropna().sort_values() for c in ("recorded_from", "recorded_to"))
    known = come.searchsorted(stretches["begins"], side="right") - gone.searchsorted(stretches["begins"], side="right")
    sizes = pd.Series(known, index=stretches.index)
    yield from (mine for _, mine in stretches.groupby(block_numbers(sizes, BLOCK_ROWS)))


def _known_in(facts: pd.DataFrame, stretches: pd.DataFrame) -> pd.DataFrame:
    """The facts once for every stretch in which they are known, with its `begins`."""
    parts = [
        facts[(facts["recorded_from"] <= at) & ~(facts["recorded_to"] <= at)].assign(begins=at)
        for at in stretches["begins"]
    ]
    known: pd.DataFrame = pd.concat(parts, ignore_index=True).astype({"begins": "datetime64[ns]"})
    return known
