"""Drift against history: a source's latest period beside its earlier ones, by volume, fill and distribution.

Thresholds stand in drift.yml. Volume is the number of rows against the median of the earlier periods; fill the share of
filled cells of a column against the share over the earlier periods; distribution the two-sample Kolmogorov-Smirnov distance
of a number's values from those of the earlier periods. Only periods as long as the latest one are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field

from idtracker.model.periods import period
from idtracker.model.tables import FACTS, OPERATIONS, PROVENANCE, ColumnSpec, columns_of, conform_types

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


def measure_drift(facts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows of the table `drift`: every comparison that could be made, `is_drift` where it exceeds its threshold.

    `facts` holds the rows known now by table. A source and table is compared where it names periods and has enough of them.
    """
    rule = thresholds()
    rows = [
        row
        for name in FACTS
        if name in facts and "period" in facts[name].columns
        for source_id, source_rows in facts[name].groupby("source_id")
        for row in _of_source(name, str(source_id), source_rows[source_rows["period"].notna()], rule)
    ]
    return conform_types(pd.DataFrame(rows), OPERATIONS["drift"])


def _of_source(table: str, source_id: str, rows: pd.DataFrame, rule: Thresholds) -> Iterator[dict[str, object]]:
    lengths = {str(code): period(str(code)).length for code in rows["period"].unique()}
    if not lengths:
        return
    latest = max(lengths, key=lambda code: (period(code).end, code))
    rows = rows[rows["period"].map(lengths) == lengths[latest]]
    sizes = rows.groupby("period").size()
    order = rows.groupby("period")["period_end"].max().sort_values().index
    if len(order) <= rule.periods:
        return
    new, old = rows[rows["period"] == latest], rows[rows["period"] != latest]
    common = {"table_name": table, "source_id": source_id, "period": latest}
    usual, now = float(sizes[order[:-1]].median()), float(sizes[latest])
    yield {**common, "measure": "volume", **_compared(usual, now, abs(now - usual) / usual, rule.volume)}
    for spec in columns_of(FACTS[table]):
        if spec.name in PROVENANCE:
            continue
        if not spec.part_of and not spec.is_required:
            before, after = float(old[spec.name].notna().mean()), float(new[spec.name].notna().mean())
            drifts = _compared(before, after, abs(after - before), rule.fill)
            yield {**common, "column_name": spec.name, "measure": "fill", **drifts}
        if spec.kind in _NUMBERS:
            yield from ({**common, **drifts} for drifts in _distribution(spec, old[spec.name], new[spec.name], rule))


def _distribution(spec: ColumnSpec, old: pd.Series, new: pd.Series, rule: Thresholds) -> Iterator[dict[str, object]]:
    before, after = old.dropna().astype("float64"), new.dropna().astype("float64")
    if min(len(before), len(after)) < rule.values:
        return
    distance = _kolmogorov_smirnov(before.to_numpy("float64"), after.to_numpy("float64"))
    drifts = _compared(float(before.median()), float(after.median()), distance, rule.distribution)
    if drifts["is_drift"]:
        from scipy.stats import ks_2samp  # takes a second to import, and a large distance is rare

        drifts["is_drift"] = float(ks_2samp(before.to_numpy(), after.to_numpy()).pvalue) < rule.p
    yield {"column_name": spec.name, "measure": "distribution", **drifts}


def _kolmogorov_smirnov(before: npt.NDArray[np.floating], after: npt.NDArray[np.floating]) -> float:
    """The largest distance between the cumulative shares of two samples (0 to 1)."""
    met = np.concatenate([before, after])
    shares = [np.searchsorted(np.sort(values), met, side="right") / len(values) for values in (before, after)]
    return float(np.abs(shares[0] - shares[1]).max())


def _compared(baseline: float, now: float, statistic: float, threshold: float) -> dict[str, object]:
    figures = {"baseline": baseline, "now": now, "statistic": round(statistic, 9), "threshold": threshold}
    return {**figures, "is_drift": statistic > threshold}
