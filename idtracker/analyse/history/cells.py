"""Merged cells over time: an indicator's cells are merged again whenever a report about it changes or a quarter ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb
import pandas as pd
import pyarrow as pa

from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.computed import FEEDS, KNOWN, computed_vintages
from idtracker.analyse.history.drifts import cells_of_governorates, keep_drifts, truncate_drifts
from idtracker.analyse.history.pooling import countries_of
from idtracker.analyse.history.timeline import PendingChangePoints, Timeline
from idtracker.analyse.history.touched import Touched, keys_of, states_of, touched_cells
from idtracker.analyse.merge.cells import OBSERVATION_COLUMNS, Merged, merge_observations
from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.analyse.merge.linking.declared import Declared
from idtracker.analyse.merge.linking.read import read_declared
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.method import Method
from idtracker.model.periods import quarter_number
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.steps.progress import report
from idtracker.store.connection import registered, rows_of
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.history.derived_vintages import add_vintages, truncate_after
from idtracker.store.history.undone import keep_undone
from idtracker.store.tables import known_now, quoted_list, read_table

STEP = "merged_cell"
TABLES = ("merged_cell", "cell_report")
BLOCK_ROWS = 100_000


def derive_cells(
    connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, line: Timeline, method: Method
) -> None:
    """Continue the tables `merged_cell` and `cell_report` and their vintages: the places and quarters that something touched."""
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        keep_undone(connection, "merged_cell", pending.since)
        for table in TABLES:
            truncate_after(connection, table, pending.since)
        truncate_drifts(connection, pending.since)
    if pending.at:
        entity = read_table(connection, "entity")
        indicator = apply_entity_map({"indicator": read_table(connection, "indicator")}, entity)["indicator"]
        place = scored_places(read_table(connection, "place"), catalogue.programme)
        with registered(connection, {"_computed": computed_vintages(connection, indicator, entity, pending)}):
            work = _Work(connection, entity, indicator, place, method, pending, _quarters(connection, pending))
            for number, merged in enumerate(
                work.merged(touched_cells(connection, indicator, place, method, pending)), 1
            ):
                report("block", number)
                work.keep(*merged)
    keep_change_points(connection, STEP, line.change_points)


@dataclass(frozen=True, slots=True)
class _Work:
    """What every block of states is merged with; `place` are the places of the tracker, `quarters` all that a cell may be about."""

    connection: duckdb.DuckDBPyConnection
    entity: pd.DataFrame
    indicator: pd.DataFrame
    place: pd.DataFrame
    method: Method
    pending: PendingChangePoints
    quarters: list[int]

    def merged(self, touched: Touched) -> Iterator[tuple[pd.DataFrame, Merged]]:
        """Each block of what is touched, merged: countries after the governorates that they are made from were kept."""
        links, no_place = read_declared(self.connection), self.place.iloc[:0]
        for group in _blocks(self.connection, touched.indicators):
            yield group, self._merge(group, self.place, links)
        for group in _blocks(self.connection, touched.places):
            yield group, self._merge(group, no_place)
        for group in _blocks(self.connection, touched.countries, self._parts_of(touched.countries)):
            parts = cells_of_governorates(self.connection, group, self.place)
            yield group, self._merge(group, self.place, parts=parts)

    def _parts_of(self, countries: pd.DataFrame) -> pd.Series:
        """At most how many cells of governorates each state of a country is made from."""
        governorates = countries["place_id"].map(countries_of(self.place).value_counts()).fillna(0)
        spans = countries["last"] - countries["first"] + 1 + 2 * countries["reach"] + countries["memory"]
        parts: pd.Series = governorates * spans.clip(upper=len(self.quarters))
        return parts

    def _merge(
        self,
        group: pd.DataFrame,
        place: pd.DataFrame,
        links: Declared | None = None,
        parts: pd.DataFrame | None = None,
    ) -> Merged:
        """The cells of every state in the quarters in sight then, and the reports behind them; with known_at."""
        rows, decisions = _at_states(self.connection, group, self.entity), _decisions(self.connection, group)
        merged = merge_observations(
            *(rows, self.indicator, place, self.method, self.pending.grid(), decisions),
            partition_by=["known_at"],
            links=links,
            parts=parts,
        )
        cells = merged.cells.merge(self.pending.visible(), on=["known_at", "period"])
        key = ["known_at", "indicator_id", "place_id", "period"]
        origins = cells[["known_at", "indicator_id", "place_id", "origin_period"]].set_axis(key, axis=1)
        return replace(merged, cells=cells, reports=merged.reports.merge(origins.drop_duplicates(), on=key))

    def keep(self, group: pd.DataFrame, merged: Merged) -> None:
        """Write what was merged of a block."""
        on = [*keys_of(group), "period", "known_at"]
        for table, frame in zip(TABLES, (merged.cells, merged.reports), strict=True):
            states = states_of(self.connection, group, table, self.quarters)
            add_vintages(self.connection, table, frame.merge(states, on=on), states)
            if table == "merged_cell" and self.method.uncertainty is not None:
                drifts = merged.drifts[merged.drifts["place_id"].isin(countries_of(self.place).index)]
                keep_drifts(self.connection, drifts.merge(states, on=on))


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
    among: str = "TRUE",
) -> tuple[pa.Table, pd.DataFrame]:
    """Observations known now, reported ones and computed ones, the entity map applied: some of their columns.

    `chosen` limits them to some indicators; an empty name stands for observations without one. `among` limits the reported
    ones to some rows of the table.
    """
    place, entity = read_table(connection, "place"), read_table(connection, "entity")
    indicator = apply_entity_map({"indicator": read_table(connection, "indicator")}, entity)["indicator"]
    where = f"recorded_to IS NULL AND {among}"
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
    numbers = [n for n in row if n is not None] + [quarter_number(code) for code in seen]
    return list(range(min(numbers), max(numbers) + 1)) if numbers else []


def _decisions(connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame) -> pd.DataFrame:
    """The decisions known at each state of what they are about, with its known_at."""
    keys = keys_of(touched)
    decisions = read_table(connection, "adjudication").merge(touched[[*keys, "known_at"]], on=keys)
    return decisions[decisions["decided_at"] <= decisions["known_at"]]


def _states(touched: pd.DataFrame) -> str:
    """The observations known at each state in `_touched`, about the quarters that the merge has to look at: SQL."""
    place = "AND o.place_id = t.place_id" if "place_id" in touched.columns else ""
    return f"""
    FROM ({KNOWN}) o JOIN _touched t ON o.indicator_id = t.indicator_id {place} AND o.begins <= t.known_at
      AND (o.ends IS NULL OR o.ends > t.known_at) AND o.first <= t.last + t.memory + t.reach
      AND o.last >= t.first - 2 * t.reach - t.memory
"""


def _blocks(
    connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame, parts: pd.Series | None = None
) -> Iterator[pd.DataFrame]:
    """The states in blocks of whole indicators, each of about BLOCK_ROWS rows at most, so that memory is bounded.

    `parts` says of each state how many rows it has beside its observations.
    """
    if touched.empty:
        return
    with registered(connection, {"_touched": touched}):
        counts = connection.execute(f"SELECT o.indicator_id, count(*) {_states(touched)} GROUP BY ALL").fetchall()
    ids = pd.Series(touched["indicator_id"].unique())
    sizes = ids.map(dict(counts)).fillna(0).astype("int64")
    if parts is not None:
        sizes += ids.map(parts.groupby(touched["indicator_id"]).sum()).astype("int64")
    block = touched["indicator_id"].map(dict(zip(ids, block_numbers(sizes, BLOCK_ROWS), strict=True)))
    yield from (group for _, group in touched.groupby(block))


def _at_states(
    connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame, entity: pd.DataFrame
) -> pd.DataFrame | pa.Table:
    """The observations of _states(), the entity map applied: the columns that merging reads, and known_at."""
    with registered(connection, {"_touched": touched}):
        columns = ", ".join(f'o."{name}"' for name in OBSERVATION_COLUMNS)
        rows = rows_of(connection, f"SELECT {columns}, t.known_at {_states(touched)}")
    return (
        rows
        if entity.empty
        else apply_entity_map({"observation": rows.to_pandas(date_as_object=False)}, entity)["observation"]
    )
