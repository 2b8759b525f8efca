"""Facts and derived tables as they were known at an instant, each reviewed entity under one identifier."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.registry import Metric, metric_of
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import FACTS, REFERENCE
from idtracker.model.tables.vintages import KEYS, KNOWN
from idtracker.store.history.derived_vintages import read_vintages
from idtracker.store.tables import read_table

_RECORDED = ("recorded_from", "recorded_to")


class TablesAsKnown:
    """What metrics read, from a store that knows it with from when to when it was known."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, chosen: Sequence[Metric], but: Collection[str] = ()
    ) -> None:
        """`but` are tables that are not read here: what the metrics need of them is gathered elsewhere."""
        reference = {name: read_table(connection, name) for name in REFERENCE}
        self._entity = reference["entity"]
        self.reference = apply_entity_map(reference, self._entity)
        self._rows: dict[str, pd.DataFrame] = {}
        self._bounds: dict[str, tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]] = {}
        self._last: dict[str, tuple[npt.NDArray[np.bool_], pd.DataFrame]] = {}
        read = {name for m in chosen for name in m.inputs if name in FACTS or name in KEYS}
        for name in sorted(read - set(but)):
            rows = read_vintages(connection, name) if name in KEYS else read_table(connection, name)
            begins, ends = KNOWN if name in KEYS else _RECORDED
            self._bounds[name] = rows[begins].to_numpy(), rows[ends].to_numpy()
            if name in KEYS:
                self._rows[name] = rows.drop(columns=list(KNOWN))
            else:
                self._rows[name] = rows.assign(recorded_to=pd.Series(index=rows.index, dtype="datetime64[ns]"))

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
            self._last[name] = is_known, self._rows[name][is_known].reset_index(drop=True)
        return self._last[name][1]
