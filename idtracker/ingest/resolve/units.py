"""Values brought into the unit of their indicator.

This is the one place where a stated unit is judged; a unit that nobody stated shows only against earlier values (rule
`history.unit`). What a unit means stands in `model.register.units`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.model.register.units import unit_named
from idtracker.model.text import fold

if TYPE_CHECKING:
    from idtracker.ingest.shape.shaped import Shaped
    from idtracker.model.findings import Findings
    from idtracker.model.register.register import Register

MEASURES = ("value", "lower", "upper", "standard_error")
MOST_SEPARATE = 20  # from here on the rows of one pair of units are told together
_DIGITS = 12  # significant, so that 0.153 of one is 15.3 % and not 15.299999999999999 %


@dataclass(frozen=True, slots=True)
class _Pair:
    """Rows reported in one unit of an indicator kept in another."""

    rows: npt.NDArray[np.bool_]
    stated: str
    indicator_unit: str


def bring_to_indicator_units(
    frame: pd.DataFrame, shaped: Shaped, register: Register, findings: Findings
) -> pd.DataFrame:
    """The frame with `value`, its bounds and its error in the unit of the indicator; the unit as reported stays.

    A value in another unit of one dimension is converted (`unit.converted`), one of another dimension is reported as an
    error (`unit.other_dimension`), one in a unit that nobody knows is taken as it is (`unit.unknown`).
    """
    if not {"unit", "value", "indicator_id"} <= set(frame.columns):
        return frame
    changed = {name: np.array(frame[name].astype("float64"), dtype=np.float64) for name in MEASURES if name in frame}
    is_changed = False
    for pair in _pairs(frame, register):
        stated, unit = unit_named(register, pair.stated), unit_named(register, pair.indicator_unit)
        details = {"unit": pair.stated, "expected": pair.indicator_unit}
        if stated is None or unit is None:
            _report(shaped, findings, "unit.unknown", "unit", pair.rows, details)
        elif not stated.is_comparable(unit):
            _report(shaped, findings, "unit.other_dimension", "unit", pair.rows, details)
        elif (factor := stated.factor_to(unit)) != 1:
            is_changed = True
            before = changed["value"].copy()
            for values in changed.values():
                values[pair.rows] = [_rounded(v * factor) for v in values[pair.rows]]
            _report_converted(shaped, findings, pair, before, changed["value"])
    return frame.assign(**changed) if is_changed else frame


def _pairs(frame: pd.DataFrame, register: Register) -> list[_Pair]:
    """The different pairs of stated unit and unit of the indicator that are not written alike."""
    indicators = register.indicators
    units = frame["indicator_id"].map(dict(zip(indicators["indicator_id"], indicators["unit"], strict=True)))
    both = pd.DataFrame({"stated": frame["unit"], "kept": units}).reset_index(drop=True).dropna()
    return [
        _Pair(np.isin(np.arange(len(frame)), rows.index), str(stated), str(unit))
        for (stated, unit), rows in both.groupby(["stated", "kept"], sort=True)
        if fold(str(stated)) != fold(str(unit))
    ]


def _report_converted(
    shaped: Shaped, findings: Findings, pair: _Pair, before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]
) -> None:
    places = np.flatnonzero(pair.rows & ~np.isnan(before))
    together = len(places) > MOST_SEPARATE
    read = pd.Series([None if v != v else f"{v:.12g}" for v in after], dtype="object")
    for batch in [places] if together else [places[n : n + 1] for n in range(len(places))]:
        mask = np.zeros(len(before), dtype=bool)
        mask[batch] = True
        first = batch[0]
        shown = {"value": f"{before[first]:.12g}", "unit": pair.stated}
        details = shown | {"converted": read.iloc[first], "expected": pair.indicator_unit}
        _report(shaped, findings, "unit.converted", "value", mask, details, read)


def _report(
    shaped: Shaped,
    findings: Findings,
    rule_id: str,
    field: str,
    mask: npt.NDArray[np.bool_],
    details: dict[str, Any],
    suggestions: pd.Series | None = None,
) -> None:
    if mask.any():
        shaped.report(findings, rule_id, field, mask, suggestions=suggestions, details=details)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
