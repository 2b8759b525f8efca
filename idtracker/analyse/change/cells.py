"""What moved one indicator's cell between two sides: points between its goalposts, by cause and organisation.

A value is a mean of reports, or, of a country, of the governorates' cells. What a report on both sides does is its own
change times the mean of its weights; what is left (weights, medians, what is beyond a goalpost) is that of those who came,
else of those who went, else of nobody (an empty organisation). Goalposts and population are reference data: their part is
the mean of changing them before and after the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from idtracker.analyse.change.game import METHOD, REFERENCE

Basis = Literal["PERIOD", "KNOWLEDGE"]
Moved = dict[tuple[str, str], float]
_NOTHING = 1e-11


@dataclass(frozen=True, slots=True)
class Scale:
    """Goalposts of an indicator, its direction, and what else of the register decides how reports are merged."""

    bottom: float
    width: float
    direction: int
    roll_up: str = ""
    policy: str = ""

    def position(self, value: float) -> float:
        """Place between the goalposts, 0-100, 100 is stable; beyond them below 0 or above 100."""
        share = (value - self.bottom) / self.width
        return 100 * (share if self.direction > 0 else 1 - share)


@dataclass(frozen=True, slots=True)
class Cell:
    """A merged cell: its value and score, how it was made, its reports (organisation -> value, weight), its governorates."""

    value: float
    score: float
    made: str
    is_carried: bool
    origin_period: str
    reports: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    governorates: Mapping[str, Cell] = field(default_factory=dict)

    def organisations(self) -> dict[str, float]:
        """Organisation -> share in the cell."""
        found: dict[str, float] = {}
        inner = [(org, weight) for org, (_, weight) in self.reports.items()]
        for cell in self.governorates.values():
            inner += [(org, share / len(self.governorates)) for org, share in cell.organisations().items()]
        for org, weight in inner:
            found[org] = found.get(org, 0.0) + weight
        total = sum(found.values())
        return {org: weight / total for org, weight in found.items()} if total > 0 else {}


@dataclass(frozen=True, slots=True)
class Changed:
    """What else differs between the sides: which pair they are, whether the method does, and both scales and populations."""

    basis: Basis
    has_method: bool
    scales: tuple[Scale, Scale]
    shares: tuple[Mapping[str, float], Mapping[str, float]]


def position_of(cell: Cell, scale: Scale, shares: Mapping[str, float]) -> float:
    """Where a cell stands, so that clipped to 0-100 it is its score."""
    position = _stated(cell, scale, shares)
    return position if abs(min(max(position, 0.0), 100.0) - cell.score) <= 1e-9 else cell.score


def moves_of(before: Cell, after: Cell, changed: Changed) -> Moved:
    """What moved a cell that is on both sides; adds up to the difference of its positions."""
    old, new = (position_of(c, s, p) for c, s, p in zip((before, after), changed.scales, changed.shares, strict=True))
    total = new - old
    moved: Moved = {}
    reference = _reference_part(before, after, changed)
    if abs(reference) > _NOTHING:
        moved[REFERENCE, ""] = reference
    rest = total - reference
    if abs(rest) <= _NOTHING:
        return moved if abs(total) > _NOTHING else {}
    for key, points in _of_values(before, after, changed, rest).items():
        moved[key] = moved.get(key, 0.0) + points
    return moved


def came_by(before: Cell | None, after: Cell | None, basis: Basis) -> str:
    """Why a value appears or is gone: carried forward (or too old to be), else coverage."""
    if before is None:
        return "CARRIED" if after is not None and after.is_carried else "COVERAGE"
    return "CARRIED" if before.is_carried or basis == "PERIOD" else "COVERAGE"


def _stated(cell: Cell, scale: Scale, shares: Mapping[str, float]) -> float:
    if cell.made == "NATIONAL_SUM" or (cell.governorates and cell.made == "NATIONAL_MEAN"):
        return _national(cell, scale, shares)
    return scale.position(cell.value)


def _national(cell: Cell, scale: Scale, shares: Mapping[str, float]) -> float:
    """Mean of the governorates by their part of the population; of a summed indicator the mean of their scores."""
    if not cell.governorates:
        return cell.score
    weights = _weights(cell, shares)
    is_sum = cell.made == "NATIONAL_SUM"
    places = {g: scale.position(inner.value) for g, inner in cell.governorates.items()}
    return sum(weights[g] * (min(max(p, 0.0), 100.0) if is_sum else p) for g, p in places.items())


def _weights(cell: Cell, shares: Mapping[str, float]) -> dict[str, float]:
    weights = {g: shares.get(g, 0.0) for g in cell.governorates}
    total = sum(weights.values())
    return {g: weight / total if total > 0 else 1 / len(weights) for g, weight in weights.items()}


def _reference_part(before: Cell, after: Cell, changed: Changed) -> float:
    """Mean of what other goalposts and populations do to the values before and to those after."""
    (old_scale, new_scale), (old_shares, new_shares) = changed.scales, changed.shares
    if old_scale == new_scale and old_shares == new_shares:
        return 0.0
    return (
        sum(_stated(cell, new_scale, new_shares) - _stated(cell, old_scale, old_shares) for cell in (before, after)) / 2
    )


def _of_values(before: Cell, after: Cell, changed: Changed, rest: float) -> Moved:
    """The part that values have, by cause and organisation; adds up to `rest`."""
    if before.governorates and after.governorates:
        return _of_governorates(before, after, changed, rest)
    cause = _sole_cause(before, after, changed)
    orgs_before, orgs_after = before.reports, after.reports
    if cause in (METHOD, REFERENCE):
        return {(cause, ""): rest}
    scale = changed.scales[1]
    moved: Moved = {}
    for org in sorted(set(orgs_before) & set(orgs_after)):
        (old, weight), (new, other) = orgs_before[org], orgs_after[org]
        points = (weight + other) / 2 * (scale.position(new) - scale.position(old))
        if abs(points) > _NOTHING:
            moved[cause or "REVISION", org] = points
    left = rest - sum(moved.values())
    if abs(left) > _NOTHING:
        came = sorted(set(orgs_after) - set(orgs_before)) or (sorted(after.organisations()) if not orgs_before else [])
        gone = sorted(set(orgs_before) - set(orgs_after))
        named = came or gone or (list(orgs_after) if len(orgs_after) == 1 else [""])
        which = cause or ("NEW_DATA" if came else "REVISION")
        for org in named:
            moved[which, org] = moved.get((which, org), 0.0) + left / len(named)
    return moved


def _sole_cause(before: Cell, after: Cell, changed: Changed) -> str | None:
    """The one cause of everything that moved a cell; None between two vintages, where reports may be new or revised."""
    has_same_reports = before.reports == after.reports and before.origin_period == after.origin_period
    if "ADJUDICATED" in (before.made, after.made):
        return "JUDGEMENT"
    if has_same_reports and changed.has_method:
        return METHOD
    if has_same_reports and changed.scales[0].policy != changed.scales[1].policy:
        return REFERENCE
    if after.is_carried and before.origin_period != after.origin_period:
        return "CARRIED"
    if changed.basis == "PERIOD":
        return "NEW_DATA"
    return "NEW_DATA" if before.is_carried and not after.is_carried else None


def _of_governorates(before: Cell, after: Cell, changed: Changed, rest: float) -> Moved:
    """What the governorates did, each by its own reports; those that came or went count as coverage."""
    weights = [(_weights(before, shares), _weights(after, shares)) for shares in changed.shares]
    is_sum = "NATIONAL_SUM" in (before.made, after.made)
    moved: Moved = {}
    for place in sorted(set(before.governorates) & set(after.governorates)):
        factor = sum(old[place] + new[place] for old, new in weights) / 4
        for key, points in _of_one(before.governorates[place], after.governorates[place], changed, is_sum).items():
            moved[key] = moved.get(key, 0.0) + factor * points
    left = rest - sum(moved.values())
    if abs(left) > _NOTHING:
        came = {g: after.governorates[g] for g in set(after.governorates) - set(before.governorates)}
        gone = {g: before.governorates[g] for g in set(before.governorates) - set(after.governorates)}
        orgs = sorted({org for cell in (came or gone).values() for org in cell.organisations()}) or [""]
        cause = "COVERAGE" if came or gone else REFERENCE
        for org in orgs:
            moved[cause, org] = moved.get((cause, org), 0.0) + left / len(orgs)
    return moved


def _of_one(before: Cell, after: Cell, changed: Changed, is_sum: bool) -> Moved:
    """What moved a governorate's cell under the mean of both scales; in a sum its score counts, not its position."""
    points = 0.0
    for scale in changed.scales:
        old, new = scale.position(before.value), scale.position(after.value)
        if is_sum:
            old, new = (min(max(p, 0.0), 100.0) for p in (old, new))
        points += (new - old) / 2
    return _of_values(before, after, changed, points) if abs(points) > _NOTHING else {}
