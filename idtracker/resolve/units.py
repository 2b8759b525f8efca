"""Units of measurement: what a unit as written means, and values brought into the unit of their indicator.

The reviewed list `units.csv` comes first; what is not in it may be a physical unit that pint knows. This is the one place
where a stated unit is judged; a unit that nobody stated shows only against earlier values (rule `history.unit`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.shape.text import fold

if TYPE_CHECKING:
    from idtracker.findings import Findings
    from idtracker.resolve.register import Register
    from idtracker.shape.shaped import Shaped

MEASURES = ("value", "lower", "upper", "standard_error")
MOST_SEPARATE = 20  # from here on the rows of one pair of units are told together
_ANY_COUNT = "count"  # a bare number of something; comparable with a count of anything
_WORDS = re.compile(r"[A-Za-z]{2,}(?:[ */^]+(?:[A-Za-z]{2,}|[0-9]))*")
_PHYSICAL = (
    *("time", "length", "mass", "length ** 2", "length ** 3", "length / time", "length ** 3 / time", "mass / time"),
    *("length ** 2 * mass / time ** 2", "length ** 2 * mass / time ** 3"),
)
"""Dimensions taken from pint: pint also reads `units` as micro-nits and the like."""
_DIGITS = 12  # significant, so that 0.153 of one is 15.3 % and not 15.299999999999999 %


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as so many base units of its dimension."""

    dimension: str
    to_base: float

    def is_comparable(self, other: Unit) -> bool:
        """Whether a value in one can be said in the other."""
        if self.dimension == other.dimension:
            return True
        pair = sorted((self.dimension, other.dimension), key=len)
        return pair[0] == _ANY_COUNT and pair[1].startswith(f"{_ANY_COUNT} of ")

    def factor_to(self, other: Unit) -> float:
        """What a value in this unit is multiplied by to be said in the other."""
        return self.to_base / other.to_base


@lru_cache(maxsize=8)
def _listed(register: Register) -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    columns = ("unit", "name", "name_ar", "dimension", "to_base")
    for *names, dimension, size in zip(*(register.units[c] for c in columns), strict=True):
        found |= {fold(n): Unit(str(dimension), float(size)) for n in names if isinstance(n, str)}
    return found


def unit_named(register: Register, text: str) -> Unit | None:
    """The unit that a text means, by the reviewed list, else by pint; None where neither knows it."""
    return _listed(register).get(fold(text)) or _physical(text.strip())


def are_comparable(register: Register, text: str, other: str) -> bool:
    """Whether nothing speaks against values in one unit being said in the other: also where one of them is not known."""
    one, two = unit_named(register, text), unit_named(register, other)
    return one is None or two is None or one.is_comparable(two)


@lru_cache(maxsize=1024)
def _physical(text: str) -> Unit | None:
    """A unit by pint, of a dimension and without an offset: single letters and bare numbers are too easily something else."""
    registry = _pint() if _WORDS.fullmatch(text) else None
    if registry is None:
        return None
    try:
        one, two = (registry.Quantity(n, text).to_base_units() for n in (1.0, 2.0))
    except Exception:  # pint's parser raises whatever the tokens of a stray text lead to
        return None
    if not np.isclose(two.magnitude, 2 * one.magnitude):
        return None
    dimension = re.sub(r"[\[\]]", "", str(one.dimensionality))
    return Unit(dimension, float(one.magnitude)) if dimension in _PHYSICAL else None


@cache
def _pint() -> Any:
    """pint's registry of units; None where pint is not installed, so that only the reviewed list counts."""
    try:
        import pint
    except ImportError:
        return None
    return pint.UnitRegistry()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Rows reported in one unit of an indicator kept in another."""

    rows: npt.NDArray[np.bool_]
    stated: str
    kept: str


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
        stated, kept = unit_named(register, pair.stated), unit_named(register, pair.kept)
        said = {"unit": pair.stated, "expected": pair.kept}
        if stated is None or kept is None:
            _report(shaped, findings, "unit.unknown", "unit", pair.rows, said)
        elif not stated.is_comparable(kept):
            _report(shaped, findings, "unit.other_dimension", "unit", pair.rows, said)
        elif (factor := stated.factor_to(kept)) != 1:
            is_changed = True
            before = changed["value"].copy()
            for values in changed.values():
                values[pair.rows] = [_rounded(v * factor) for v in values[pair.rows]]
            _report_converted(shaped, findings, pair, before, changed["value"])
    return frame.assign(**changed) if is_changed else frame


def _pairs(frame: pd.DataFrame, register: Register) -> list[_Pair]:
    """The different pairs of stated unit and unit of the indicator that are not written alike."""
    indicators = register.indicators
    kept = frame["indicator_id"].map(dict(zip(indicators["indicator_id"], indicators["unit"], strict=True)))
    both = pd.DataFrame({"stated": frame["unit"], "kept": kept}).reset_index(drop=True).dropna()
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
        said = {"value": f"{before[first]:.12g}", "unit": pair.stated}
        details = said | {"converted": read.iloc[first], "expected": pair.kept}
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
