"""Values brought into the unit of their indicator.

This is the one place where a stated unit is judged; a unit that nobody stated shows only against earlier values (rule
`history.unit`). What a unit means stands in `model.register.units`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.shape.statements.headings import bracketed
from idtracker.model.register.units import unit_named
from idtracker.model.text import TEXT, fold

if TYPE_CHECKING:
    from idtracker.ingest.shape.shaped import Shaped
    from idtracker.model.findings import Findings
    from idtracker.model.register.register import Register

MEASURES = ("value", "lower", "upper", "standard_error")
RESULTS = ("baseline", "target", "actual")
MOST_SEPARATE = 20  # from here on the rows of one pair of units are told together
Mask = npt.NDArray[np.bool_]
_DIGITS = 12  # significant, so that 0.153 of one is 15.3 % and not 15.299999999999999 %


@dataclass(frozen=True, slots=True)
class _Pair:
    """Rows reported in one unit and kept in another."""

    rows: Mask
    stated: str
    kept: str

    def narrowed(self, rows: Mask | np.bool_) -> _Pair:
        return replace(self, rows=self.rows & rows)


def bring_to_units(
    frame: pd.DataFrame, table: str, shaped: Shaped, register: Register, findings: Findings
) -> pd.DataFrame:
    """The frame of a table with its numbers in the units in which they are kept."""
    if table == "observation":
        return _bring_to_indicator_units(frame, shaped, register, findings)
    if table == "result_value":
        return _bring_to_stated_units(frame, shaped, register, findings)
    _check_percentages(frame, shaped, findings)
    return frame


def _bring_to_indicator_units(
    frame: pd.DataFrame, shaped: Shaped, register: Register, findings: Findings
) -> pd.DataFrame:
    """The frame with `value`, its bounds and its error in the unit of the indicator; the unit as reported stays.

    A value in another unit of one dimension is converted (`unit.converted`), one of another dimension is reported as an
    error (`unit.other_dimension`), one in a unit that nobody knows is taken as it is (`unit.unknown`). A cell that names
    its own unit (`61.5%`) is in that unit, whatever the column of units says (`unit.in_cell`).
    """
    if not {"value", "indicator_id"} <= set(frame.columns):
        return frame
    indicators = register.indicators
    kept = frame["indicator_id"].map(dict(zip(indicators["indicator_id"], indicators["unit"], strict=True)))
    return _Bringing(frame, kept, MEASURES, shaped, register, findings).done()


def _bring_to_stated_units(frame: pd.DataFrame, shaped: Shaped, register: Register, findings: Findings) -> pd.DataFrame:
    """The frame of results, with values that name their own unit in that of their row where it has one."""
    kept = frame["unit"] if "unit" in frame else pd.Series(None, index=frame.index, dtype=TEXT)
    return _Bringing(frame, kept, RESULTS, shaped, register, findings).done()


def _check_percentages(frame: pd.DataFrame, shaped: Shaped, findings: Findings) -> None:
    """Percentages in numbers that are none, such as a weight, are errors; fields in per cent say so by their name."""
    for name in map(str, frame.columns):
        field = name.removesuffix("_unit")
        if field != name and field in frame and not field.endswith("_pct"):
            _report(shaped, findings, "value.percent", field, (frame[name] == "%").to_numpy(dtype=bool), {})


@lru_cache(maxsize=8)
def _listed_units(register: Register) -> frozenset[str]:
    """Names of the reviewed units, folded, but for plain counts: `(number)` in a heading says nothing of what is counted."""
    units = register.units[register.units["dimension"] != "count"]
    return frozenset(fold(str(name)) for column in ("unit", "name", "name_ar") for name in units[column].dropna())


class _Bringing:
    """The measures of a frame on their way into the units in which they are kept, one per row."""

    def __init__(
        self,
        frame: pd.DataFrame,
        kept: pd.Series,
        measures: Sequence[str],
        shaped: Shaped,
        register: Register,
        findings: Findings,
    ) -> None:
        self._frame, self._kept = frame, kept
        self._shaped, self._register, self._findings = shaped, register, findings
        self._values = {m: np.array(frame[m].astype("float64"), dtype=np.float64) for m in measures if m in frame}
        self._own = {m: units for m in self._values if (units := self._units_in_cells(m)) is not None}
        self._is_changed = False

    def done(self) -> pd.DataFrame:
        if "unit" in self._frame and "value" in self._values:
            free = {m: ~self._own[m].notna().to_numpy() if m in self._own else np.True_ for m in self._values}
            for pair in _pairs(self._frame["unit"], self._kept):
                first = pair.narrowed(free["value"])
                self._convert(first, "unit", "value", {m: pair.rows & free[m] for m in self._values})
            self._report_contradictions()
        for measure, units in self._own.items():
            for pair in _pairs(units, self._kept):
                self._convert(pair, measure, measure, {measure: pair.rows})
        return self._frame.assign(**self._values) if self._is_changed else self._frame

    def _units_in_cells(self, measure: str) -> pd.Series | None:
        """Units that the cells of a measure name themselves, else their heading in rows without a unit; None without any."""
        units = self._frame.get(f"{measure}_unit")
        if units is not None:
            known = {unit: unit_named(self._register, str(unit)) is not None for unit in units.dropna().unique()}
            units = units.where(units.map(known).fillna(False).astype(bool))
        in_headings = self._units_in_headings(measure)
        if in_headings is None:
            return units
        if "unit" in self._frame:
            in_headings = in_headings.where(self._frame["unit"].isna())
        return in_headings if units is None else units.fillna(in_headings)

    def _units_in_headings(self, measure: str) -> pd.Series | None:
        """For each row the unit that stands in brackets in the heading of a measure (`Wait (hours)`), if it is a listed one."""
        listed = _listed_units(self._register)
        headings = self._shaped.headings_of(measure)
        named = [next((text for text in bracketed(h) if fold(text) in listed), None) for h in headings]
        if not any(named):
            return None
        origin = self._shaped.origins.get(measure)
        at = np.zeros(len(self._frame), dtype=np.int64) if origin is None else origin.block
        return pd.Series(np.array([*named, None], dtype=object)[at], index=self._frame.index, dtype=TEXT)

    def _convert(self, pair: _Pair, stated_in: str, measure: str, rows: Mapping[str, Mask]) -> None:
        """Report what the pair means for `measure`, and convert the rows of each measure where that can be done."""
        stated, unit = unit_named(self._register, pair.stated), unit_named(self._register, pair.kept)
        details = {"unit": pair.stated, "expected": pair.kept}
        if stated is None or unit is None:
            _report(self._shaped, self._findings, "unit.unknown", stated_in, pair.rows, details)
        elif not stated.is_comparable(unit):
            _report(self._shaped, self._findings, "unit.other_dimension", stated_in, pair.rows, details)
        elif (factor := stated.factor_to(unit)) != 1:
            self._is_changed = True
            before = self._values[measure].copy()
            for name, here in rows.items():
                self._values[name][here] = [_rounded(v * factor) for v in self._values[name][here]]
            _report_converted(self._shaped, self._findings, pair, measure, before, self._values[measure])

    def _report_contradictions(self) -> None:
        """Cells that name another unit than the column of units does."""
        for measure, units in self._own.items():
            for pair in _pairs(units, self._frame["unit"]):
                if unit_named(self._register, pair.stated) != unit_named(self._register, pair.kept):
                    details = {"unit": pair.stated, "expected": pair.kept}
                    _report(self._shaped, self._findings, "unit.in_cell", measure, pair.rows, details)
        for measure in self._values:
            if (in_headings := self._units_in_headings(measure)) is not None:
                for pair in _pairs(in_headings, self._frame["unit"]):
                    if self._are_of_two_sizes(pair):
                        details = {"unit": pair.stated, "expected": pair.kept}
                        _report(self._shaped, self._findings, "unit.in_heading", measure, pair.rows, details)

    def _are_of_two_sizes(self, pair: _Pair) -> bool:
        """Whether the same thing is meant in units of another size; a table of many indicators has units of many things."""
        one, two = unit_named(self._register, pair.stated), unit_named(self._register, pair.kept)
        return one is not None and two is not None and one.is_comparable(two) and one.factor_to(two) != 1


def _pairs(stated: pd.Series, kept: pd.Series) -> list[_Pair]:
    """The different pairs of units that are not written alike."""
    both = pd.DataFrame({"stated": stated.array, "kept": kept.array}).dropna()
    return [
        _Pair(np.isin(np.arange(len(stated)), rows.index), str(unit), str(other))
        for (unit, other), rows in both.groupby(["stated", "kept"], sort=True)
        if fold(str(unit)) != fold(str(other))
    ]


def _report_converted(
    shaped: Shaped,
    findings: Findings,
    pair: _Pair,
    measure: str,
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
) -> None:
    places = np.flatnonzero(pair.rows & ~np.isnan(before))
    together = len(places) > MOST_SEPARATE
    read = pd.Series([None if v != v else f"{v:.12g}" for v in after], dtype="object")
    for batch in [places] if together else [places[n : n + 1] for n in range(len(places))]:
        mask = np.zeros(len(before), dtype=bool)
        mask[batch] = True
        first = batch[0]
        shown = {"value": f"{before[first]:.12g}", "unit": pair.stated}
        details = shown | {"converted": read.iloc[first], "expected": pair.kept}
        _report(shaped, findings, "unit.converted", measure, mask, details, read)


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
