"""Merged cells over time: an indicator's cells are merged again whenever a report about it changes or a quarter ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.computed import FEEDS, computed_vintages
from idtracker.analyse.history.timeline import PendingChangePoints, Timeline
from idtracker.analyse.history.touched import KNOWN, states_of, touched_quarters
from idtracker.analyse.merge.cells import OBSERVATION_COLUMNS, Merged, merge_observations
from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.analyse.merge.linking.read import read_declared
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.method import Method
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.steps.progress import report
from idtracker.store.connection import rows_of
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.history.derived_vintages import add_vintages, truncate_after
from idtracker.store.tables import known_now, quoted_list, read_table

STEP = "merged_cell"
TABLES = ("merged_cell", "cell_report")
BLOCK_ROWS = 250_000


def derive_cells(
    connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, line: Timeline, method: Method
) -> None:
    """Continue the tables `merged_cell` and `cell_report` and their vintages: the quarters that something touched."""
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        for table in TABLES:
            truncate_after(connection, table, pending.since)
    if pending.at:
        entity = read_table(connection, "entity")
        indicator = apply_entity_map({"indicator": read_table(connection, "indicator")}, entity)["indicator"]
        connection.register("_computed", computed_vintages(connection, indicator, entity, pending))
        try:
            touched = touched_quarters(connection, indicator, method, pending)
            quarters = _quarters(connection, pending)
            for number, group in enumerate(_blocks(connection, touched), 1):
                report("block", number)
                rows = _at_states(connection, group, entity)
                merged = _merge_states(connection, rows, group, catalogue, indicator, method, pending)
                for table, frame in zip(TABLES, (merged.cells, merged.reports), strict=True):
                    states = states_of(connection, group, table, quarters)
                    known_states = frame.merge(states, on=["indicator_id", "period", "known_at"])
                    add_vintages(connection, table, known_states, states)
        finally:
            connection.unregister("_computed")
    keep_change_points(connection, STEP, line.change_points)


def scored_places(place: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """The programme's country and its first-level divisions; every place where no country is named."""
    if not programme.country:
        return place
    return place[(place["place_id"] == programme.country) | (place["parent_id"] == programme.country)]


def known_observations(
    connection: duckdb.DuckDBPyConnection,
    periods: Sequence[str],
    columns: Sequence[str],
    chosen: Sequence[str] | None = None,
) -> tuple[pa.Table, pd.DataFrame]:
    """Observations known now, reported ones and computed ones, the entity map applied: some of their columns.

    `chosen` limits them to some indicators; an empty name stands for observations without one.
    """
    place, entity = read_table(connection, "place"), read_table(connection, "entity")
    indicator = apply_entity_map({"indicator": read_table(connection, "indicator")}, entity)["indicator"]
    where = "recorded_to IS NULL"
    if chosen is not None:
        indicator = indicator[indicator["indicator_id"].isin(list(chosen))]
        where += f" AND coalesce(indicator_id, '') IN ({quoted_list(chosen)})"
    fed_tables = [t for t, form in FEEDS.items() if indicator["derived_from"].str.startswith(form, na=False).any()]
    facts = apply_entity_map({name: known_now(connection, name) for name in fed_tables}, entity)
    computed = derive_observations(facts, indicator, place, list(periods))
    listed = ", ".join(f'"{c}"' for c in columns)
    stated = rows_of(connection, f"SELECT {listed} FROM observation WHERE {where}")
    if not entity.empty:
        one = apply_entity_map({"observation": stated.to_pandas(date_as_object=False)}, entity)["observation"]
        stated = pa.Table.from_pandas(one, schema=stated.schema, preserve_index=False)
    return stated, computed[list(columns)]


def _quarters(connection: duckdb.DuckDBPyConnection, pending: PendingChangePoints) -> list[int]:
    """Every quarter that a cell or a report can be about: those that observations speak of, and those in sight."""
    row = connection.execute(f"SELECT min(first), max(last) FROM ({KNOWN})").fetchall()[0]
    seen = [*pending.grid(), *(code for _, _, gone in pending.period_changes for code in gone)]
    numbers = [n for n in row if n is not None] + [int(c[:4]) * 4 + int(c[-1]) - 1 for c in seen]
    return list(range(min(numbers), max(numbers) + 1)) if numbers else []


def _decisions(connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame) -> pd.DataFrame:
    """The decisions known at each state of their indicator, with its known_at."""
    decisions = read_table(connection, "adjudication").merge(touched[["indicator_id", "known_at"]], on="indicator_id")
    return decisions[decisions["decided_at"] <= decisions["known_at"]]


_STATES = f"""
    FROM ({KNOWN}) o JOIN _touched t ON o.indicator_id = t.indicator_id AND o.begins <= t.known_at
      AND (o.ends IS NULL OR o.ends > t.known_at) AND o.first <= t.last + t.memory + t.reach
      AND o.last >= t.first - 2 * t.reach - t.memory
"""
"""The observations known at each state of their indicator about the quarters that the merge has to look at."""


def _blocks(connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The states in blocks of whole indicators, each of about BLOCK_ROWS observations at most, so that memory is bounded."""
    connection.register("_touched", touched)
    try:
        counts = connection.execute(f"SELECT o.indicator_id, count(*) {_STATES} GROUP BY ALL").fetchall()
    finally:
        connection.unregister("_touched")
    ids = pd.Series(touched["indicator_id"].unique())
    sizes = ids.map(dict(counts)).fillna(0).astype("int64")
    block = touched["indicator_id"].map(dict(zip(ids, block_numbers(sizes, BLOCK_ROWS), strict=True)))
    yield from (group for _, group in touched.groupby(block))


def _at_states(
    connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame, entity: pd.DataFrame
) -> pd.DataFrame | pa.Table:
    """The observations of _STATES, the entity map applied: the columns that merging reads, and known_at."""
    connection.register("_touched", touched)
    try:
        columns = ", ".join(f'o."{name}"' for name in OBSERVATION_COLUMNS)
        rows = rows_of(connection, f"SELECT {columns}, t.known_at {_STATES}")
    finally:
        connection.unregister("_touched")
    return (
        rows
        if entity.empty
        else apply_entity_map({"observation": rows.to_pandas(date_as_object=False)}, entity)["observation"]
    )


def _merge_states(
    connection: duckdb.DuckDBPyConnection,
    rows: pd.DataFrame | pa.Table,
    touched: pd.DataFrame,
    catalogue: ProgrammeCatalogue,
    indicator: pd.DataFrame,
    method: Method,
    pending: PendingChangePoints,
) -> Merged:
    """The cells of every state in the quarters in sight then, and the reports behind them; with known_at."""
    place = scored_places(read_table(connection, "place"), catalogue.programme)
    decisions, links = _decisions(connection, touched), read_declared(connection)
    grid = pending.grid()
    merged = merge_observations(rows, indicator, place, method, grid, decisions, partition_by=["known_at"], links=links)
    cells = merged.cells.merge(pending.visible(), on=["known_at", "period"])
    key = ["known_at", "indicator_id", "place_id", "period"]
    origins = cells[["known_at", "indicator_id", "place_id", "origin_period"]].set_axis(key, axis=1).drop_duplicates()
    return Merged(cells, merged.reports.merge(origins, on=key))
