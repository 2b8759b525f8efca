"""Drift against history: a source's latest period beside its earlier ones, by volume, fill and distribution.

Thresholds stand in drift.yml. Volume is the number of rows against the median of the earlier periods; fill the share of
filled cells of a column against the share over the earlier periods; distribution the two-sample Kolmogorov-Smirnov distance
of a number's values from those of the earlier periods. Only periods as long as the latest one are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field

from idtracker.model.periods import period
from idtracker.model.tables import FACTS, OPERATIONS, PROVENANCE, ColumnSpec, columns_of, conform_types
from idtracker.store.tables import quoted_list

_NUMBERS = ("number", "money", "integer")


class Thresholds(BaseModel):
    """From when on a difference is drift."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    periods: int = Field(ge=2)
    volume: float = Field(gt=0)
    fill: float = Field(gt=0, le=1)
    distribution: float = Field(gt=0, le=1)
    p: float = Field(gt=0, lt=1)
    values: int = Field(ge=5)


@cache
def thresholds() -> Thresholds:
    return Thresholds.model_validate(yaml.safe_load((Path(__file__).with_name("drift.yml")).read_text("utf-8")))


def measure_drift(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> pd.DataFrame:
    """Rows of the table `drift`: every comparison that could be made, `is_drift` where it exceeds its threshold.

    Compared are the rows of the fact tables `tables` known now. A source and table is compared where it names periods and
    has enough of them. The engine counts; of the rows no more than the different values of one column come here.
    """
    rule, chosen = thresholds(), set(tables)
    rows = [
        row
        for name in FACTS
        if name in chosen and any(spec.name == "period" for spec in columns_of(FACTS[name]))
        for source_id, periods in _periods(connection, name)
        for row in _of_source(connection, name, source_id, periods, rule)
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["drift"])


def _periods(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each source with its periods: period, rows, last (the last day that one of its rows states)."""
    periods = connection.execute(
        f"""SELECT source_id, period, count(*) AS rows, max(period_end) AS last FROM "{table}"
        WHERE recorded_to IS NULL AND period IS NOT NULL AND source_id IS NOT NULL GROUP BY ALL ORDER BY source_id, period"""
    ).df()
    for source_id, own in periods.groupby("source_id"):
        yield str(source_id), own.set_index("period")


def _of_source(
    connection: duckdb.DuckDBPyConnection, table: str, source_id: str, periods: pd.DataFrame, rule: Thresholds
) -> Iterator[dict[str, object]]:
    lengths = {str(code): period(str(code)).length for code in periods.index}
    latest = max(lengths, key=lambda code: (period(code).end, code))
    alike = periods[periods.index.map(lengths) == lengths[latest]]
    sizes, order = alike["rows"], alike["last"].sort_values(kind="stable").index
    if len(order) <= rule.periods:
        return
    common = {"table_name": table, "source_id": source_id, "period": latest}
    usual, now = float(sizes[order[:-1]].median()), float(sizes[latest])
    yield {**common, "measure": "volume", **_compared(usual, now, abs(now - usual) / usual, rule.volume)}
    rows = _Rows(connection, table, source_id, latest, [str(code) for code in alike.index])
    old, new = (float(count) for count in (sizes.sum() - sizes[latest], sizes[latest]))
    for spec in columns_of(FACTS[table]):
        if spec.name in PROVENANCE:
            continue
        if not spec.part_of and not spec.is_required:
            before, after = (filled / count for filled, count in zip(rows.filled(spec), (old, new), strict=True))
            drifts = _compared(before, after, abs(after - before), rule.fill)
            yield {**common, "column_name": spec.name, "measure": "fill", **drifts}
        if spec.kind in _NUMBERS:
            yield from ({**common, **drifts} for drifts in _distribution(spec, rows, rule))


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a source known now whose periods are as long as its latest one."""

    connection: duckdb.DuckDBPyConnection
    table: str
    source_id: str
    latest: str
    periods: Sequence[str]

    def filled(self, spec: ColumnSpec) -> tuple[float, float]:
        """How many of the earlier rows state a column, and how many of the latest."""
        row = self._ask(
            f"SELECT count(*) FILTER (NOT is_new), count(*) FILTER (is_new) FROM rows WHERE {_is_stated(spec)}"
        )
        old, new = row.fetchall()[0]
        return float(old), float(new)

    def values(self, spec: ColumnSpec) -> pd.DataFrame:
        """The different values of a column in their order, each with how many earlier and latest rows have it."""
        values: pd.DataFrame = self._ask(
            f'''SELECT CAST("{spec.name}" AS DOUBLE) AS value, count(*) FILTER (NOT is_new) AS old,
            count(*) FILTER (is_new) AS new FROM rows WHERE {_is_stated(spec)} GROUP BY 1 ORDER BY 1'''
        ).df()
        return values

    def _ask(self, query: str) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(
            f'''WITH rows AS (
              SELECT *, period = ? AS is_new FROM "{self.table}"
              WHERE recorded_to IS NULL AND source_id = ? AND period IN ({quoted_list(self.periods)})
            ) {query}''',
            [self.latest, self.source_id],
        )


def _is_stated(spec: ColumnSpec) -> str:
    """A value is there, and a number is one."""
    stated = f'"{spec.name}" IS NOT NULL'
    return f'{stated} AND NOT isnan(CAST("{spec.name}" AS DOUBLE))' if spec.kind in _NUMBERS else stated


def _distribution(spec: ColumnSpec, rows: _Rows, rule: Thresholds) -> Iterator[dict[str, object]]:
    values = rows.values(spec)
    counts = [values[side].to_numpy("int64") for side in ("old", "new")]
    if min(int(count.sum()) for count in counts) < rule.values:
        return
    before, after = (np.repeat(values["value"].to_numpy("float64"), count) for count in counts)
    distance = _kolmogorov_smirnov(*counts)
    drifts = _compared(float(np.median(before)), float(np.median(after)), distance, rule.distribution)
    if drifts["is_drift"]:
        from scipy.stats import ks_2samp  # takes a second to import, and a large distance is rare

        drifts["is_drift"] = float(ks_2samp(before, after).pvalue) < rule.p
    yield {"column_name": spec.name, "measure": "distribution", **drifts}


def _kolmogorov_smirnov(before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]) -> float:
    """The largest distance between the cumulative shares of two samples (0 to 1), from how often each has each value."""
    shares = [np.cumsum(counts) / counts.sum() for counts in (before, after)]
    return float(np.abs(shares[0] - shares[1]).max())


def _compared(baseline: float, now: float, statistic: float, threshold: float) -> dict[str, object]:
    figures = {"baseline": baseline, "now": now, "statistic": round(statistic, 9), "threshold": threshold}
    return {**figures, "is_drift": statistic > threshold}
