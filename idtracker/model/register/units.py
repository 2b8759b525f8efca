"""Units of measurement: what a unit as written means.

The reviewed list `units.csv` comes first; what is not in it may be a physical unit that pint knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from idtracker.model.text import fold

if TYPE_CHECKING:
    from idtracker.model.register.register import Register

_ANY_COUNT = "count"  # a bare number of something; comparable with a count of anything
_WORDS = re.compile(r"[A-Za-z]{2,}(?:[ */^]+(?:[A-Za-z]{2,}|[0-9]))*")
_PHYSICAL = (
    *("time", "length", "mass", "length ** 2", "length ** 3", "length / time", "length ** 3 / time", "mass / time"),
    *("length ** 2 * mass / time ** 2", "length ** 2 * mass / time ** 3"),
)
"""Dimensions taken from pint: pint also reads `units` as micro-nits and the like."""


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
    units: dict[str, Unit] = {}
    columns = ("unit", "name", "name_ar", "dimension", "to_base")
    for *names, dimension, size in zip(*(register.units[c] for c in columns), strict=True):
        units |= {fold(n): Unit(str(dimension), float(size)) for n in names if isinstance(n, str)}
    return units


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
