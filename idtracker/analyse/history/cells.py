"""Merged cells over time: an indicator's cells are merged again whenever a report about it changes or a quarter ends."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd

from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.computed import FEEDS, computed_vintages, instants
from idtracker.analyse.history.timeline import Remaining, Timeline
from idtracker.analyse.merge.cells import Merged, merge_observations
from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.model.config.programme import Programme
from idtracker.model.method import Method
from idtracker.model.register.entity_columns import united
from idtracker.store.history.derived_vintages import extend_vintages, take_back
from idtracker.store.history.moments import changes_of, keep_moments
from idtracker.store.tables import known_now, read_table

STEP = "merged_cell"
BLOCK_ROWS = 500_000


def derive_cells(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, line: Timeline, method: Method) -> None:
    """Continue the tables `merged_cell` and `cell_report` and their vintages."""
    left = line.resume(connection, STEP)
    if left.at:
        entity = read_table(connection, "entity")
        indicator = united({"indicator": read_table(connection, "indicator")}, entity)["indicator"]
        computed = computed_vintages(connection, indicator, entity, left)
        states = _states(connection, indicator, left)
        places = scored_places(read_table(connection, "place"), catalogue.programme)
        known = _known_reports(connection, computed)
        for table in ("merged_cell", "cell_report"):
            take_back(connection, table, left.since)
        for mine in _blocks(known, states):
            rows = united({"observation": _at_states(known, mine)}, entity)["observation"]
            merged = _merge_states(rows, _decisions(connection, mine), indicator, places, method, left, connection)
            named = ", ".join("'" + i.replace("'", "''") + "'" for i in mine["indicator_id"].unique())
            where = f"indicator_id IN ({named})"
            extend_vintages(connection, "merged_cell", merged.cells, mine, left.since, where)
            extend_vintages(connection, "cell_report", merged.reports, mine, left.since, where)
    elif left.has_other:
        for table in ("merged_cell", "cell_report"):
            take_back(connection, table, left.since)
    keep_moments(connection, STEP, line.moments)


def scored_places(place: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """The programme's country and its first-level divisions; every place where no country is named."""
    if not programme.country:
        return place
    return place[(place["place_id"] == programme.country) | (place["parent_id"] == programme.country)]


def known_observations(connection: duckdb.DuckDBPyConnection, line: Timeline) -> tuple[pd.DataFrame, list[str]]:
    """Observations known at the last moment of a timeline, reported and computed, entities united; and the quarters in sight."""
    periods = list(line.periods[-1]) if line.periods else []
    place, entity = read_table(connection, "place"), read_table(connection, "entity")
    indicator = united({"indicator": read_table(connection, "indicator")}, entity)["indicator"]
    facts = united({name: known_now(connection, name) for name in ("observation", *FEEDS)}, entity)
    frames = [facts["observation"], derive_observations(facts, indicator, place, periods, store=connection)]
    return pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True), periods


def _states(connection: duckdb.DuckDBPyConnection, indicator: pd.DataFrame, left: Remaining) -> pd.DataFrame:
    """When each indicator's cells have to be merged again: indicator_id, known_at."""
    changed = [changes_of(connection, "observation", ["indicator_id"], left.since)]
    for table, form in FEEDS.items():
        fed = indicator.loc[indicator["derived_from"].str.startswith(form, na=False), ["indicator_id"]]
        changed.append(fed.merge(instants(connection, table, left), how="cross"))
    decided = read_table(connection, "adjudication")[["indicator_id", "decided_at"]]
    changed.append(decided.rename(columns={"decided_at": "known_at"}))
    turns = pd.DataFrame({"known_at": [at for at, _, _ in left.turns]}, dtype="datetime64[ns]")
    changed.append(indicator[["indicator_id"]].merge(turns, how="cross"))
    states = pd.concat(changed, ignore_index=True)
    states = states[states["indicator_id"].isin(indicator["indicator_id"]) & states["known_at"].isin(left.at)]
    return states.drop_duplicates().sort_values(["indicator_id", "known_at"], ignore_index=True)


def _decisions(connection: duckdb.DuckDBPyConnection, states: pd.DataFrame) -> pd.DataFrame:
    """The decisions known at each state of their indicator, with its known_at."""
    made = read_table(connection, "adjudication").merge(states, on="indicator_id")
    return made[made["decided_at"] <= made["known_at"]]


def _known_reports(connection: duckdb.DuckDBPyConnection, computed: pd.DataFrame) -> pd.DataFrame:
    """Every observation, stated or computed, with `begins` and `ends`: the stretch in which it was known."""
    stated = read_table(connection, "observation")
    stated = stated.assign(begins=stated["recorded_from"], ends=stated["recorded_to"])
    frames = [f for f in (stated, computed) if len(f)]
    return pd.concat(frames, ignore_index=True) if frames else stated


def _blocks(known: pd.DataFrame, states: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The states in blocks of whole indicators, each of about BLOCK_ROWS observations at most, so that memory is bounded."""
    sizes = known.groupby("indicator_id").size().reindex(states["indicator_id"]).fillna(0).to_numpy()
    total = pd.Series(sizes).groupby(states["indicator_id"].to_numpy()).sum()
    block = states["indicator_id"].map(block_numbers(total, BLOCK_ROWS))
    yield from (mine for _, mine in states.groupby(block))


def _at_states(known: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """The observations known at each state of their indicator: Observation columns and known_at."""
    rows = known.merge(states, on="indicator_id")
    rows = rows[(rows["begins"] <= rows["known_at"]) & ~(rows["ends"] <= rows["known_at"])]
    return rows.drop(columns=["begins", "ends", "recorded_to"]).reset_index(drop=True)


def _merge_states(
    rows: pd.DataFrame,
    decisions: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    left: Remaining,
    store: duckdb.DuckDBPyConnection,
) -> Merged:
    """The cells of every state in the quarters in sight then, and the reports behind them; with known_at."""
    merged = merge_observations(rows, indicator, place, method, left.grid(), decisions, ["known_at"], store)
    cells = merged.cells.merge(left.visible(), on=["known_at", "period"])
    key = ["known_at", "indicator_id", "place_id", "period"]
    origins = cells[["known_at", "indicator_id", "place_id", "origin_period"]].set_axis(key, axis=1).drop_duplicates()
    return Merged(cells, merged.reports.merge(origins, on=key))
