"""Facts and derived tables as they were known at an instant, each reviewed entity under one identifier."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.registry import Metric, metric_of
from idtracker.analyse.metrics.versions import BOUNDS
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import FACTS, REFERENCE, TABLES, columns_of, frame_of_batches
from idtracker.model.tables.vintages import KEYS, versions_of_rows
from idtracker.store.connection import batches_of
from idtracker.store.tables import read_table

READS = "readership"
ACTS = {"resolution": "decided_at", READS: "known_at"}
"""Tables of acts that metrics read whole: an act counts from its own instant on, which the column says."""


class TablesAsKnown:
    """What metrics read, from a store that knows it with from when to when it was known."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        chosen: Sequence[Metric],
        but: Collection[str] = (),
        only: Mapping[str, str] | None = None,
    ) -> None:
        """`but` are tables that are not read here: what the metrics need of them is gathered elsewhere.

        `only` says in SQL which rows of a table are read, where others can change no figure.
        """
        acts = {name for m in chosen for name in m.inputs if name in ACTS}
        reference = {name: read_table(connection, name) for name in (*REFERENCE, *sorted(acts))}
        self._entity = reference["entity"]
        self.reference = apply_entity_map(reference, self._entity)
        self._rows: dict[str, pd.DataFrame] = {}
        self._bounds: dict[str, tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]] = {}
        self._last: dict[str, tuple[npt.NDArray[np.bool_], pd.DataFrame]] = {}
        for name in sorted({name for m in chosen for name in m.inputs if name in FACTS or name in KEYS} - set(but)):
            columns = {column for m in chosen for column in m.inputs.get(name, ())}
            rows, begins, ends = _read(connection, name, columns, (only or {}).get(name, "TRUE"))
            self._rows[name], self._bounds[name] = rows, (begins.to_numpy(), ends.to_numpy())
        versioned = {name for m in chosen for name in m.versions}
        self.versions = apply_entity_map(
            {name: self._rows[name].assign(**dict(zip(BOUNDS, self._bounds[name], strict=True))) for name in versioned},
            self._entity,
        )

    def facts_at(self, at: pd.Timestamp, metric_ids: Collection[str]) -> dict[str, pd.DataFrame]:
        """The rows of the inputs of some metrics that were known at an instant."""
        tables = {name for metric_id in metric_ids for name in metric_of(metric_id).inputs}
        return apply_entity_map({name: self._known(name, at) for name in self._rows if name in tables}, self._entity)

    def _known(self, name: str, at: pd.Timestamp) -> pd.DataFrame:
        """The rows of one table; the same frame as at the reading before where nothing in it has changed."""
        (begins, ends), moment = self._bounds[name], at.to_datetime64()
        is_known = (begins <= moment) & ~(ends <= moment)
        before = self._last.get(name)
        if before is None or not np.array_equal(before[0], is_known):
            known = self._rows[name]
            if not is_known.all():
                known = known.take(np.flatnonzero(is_known))
                known.index = pd.RangeIndex(len(known))
            self._last[name] = is_known, known
        return self._last[name][1]


def _read(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Collection[str], where: str
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Some columns of a table, beside those that name a row or are counted once, and from when to when each row was known."""
    stored, known = versions_of_rows(name)
    specs = columns_of(TABLES[name])
    naming = KEYS[name] if name in KEYS else [spec.name for spec in specs[:2]]
    kept = [s.name for s in specs if s.name in columns or s.name in naming or s.count_once]
    every = dict.fromkeys([*kept, *known])
    listed, by = (", ".join(f'"{column}"' for column in names) for names in (every, [*naming, known[0]]))
    query = f'SELECT {listed} FROM "{stored}" WHERE {where} ORDER BY {by}'
    frame = frame_of_batches(batches_of(connection, query), TABLES[name])
    return frame[kept], frame[known[0]], frame[known[1]]
