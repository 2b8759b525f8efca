"""One leaf in one panel: values of the places of a quarter onto the scale, with what fills gaps and treats outliers, and their errors.

The error of a place is what moving each place's value by one standard error changes in it, filled values included, through the whole panel; the
larger of the changes up and down counts, and changes are added in squares. A place's own value is also moved while all statistics stay, and
the larger change counts: the best of all places is no surer than one in the middle. Ends, limits and rounding are left aside,
and what a treatment did on the values as they are (its ends, its logarithm) is held. Statistics of stated quarters are held too.
A rank is a step, and a move may cross nobody: its error is the standard deviation of the rank as if values erred normally and independently.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from idtracker.analyse.composite.findings import Finding, finding
from idtracker.analyse.composite.ordering import rounded
from idtracker.analyse.composite.outliers import Treated, transform, treatment_of
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.analyse.index.across.filling import Filling, filling_of
from idtracker.analyse.index.across.ranks import rank_errors
from idtracker.analyse.index.across.scales import SPAN, Scale, looks_across, why_undefined
from idtracker.analyse.index.leaf_rules import by_stated_ends, with_ends_of_domain, without_ends
from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import IndicatorRules
from idtracker.model.composite.preparation import Missing
from idtracker.model.method import KNOWING_NOTHING

RANKED = (ways.PercentileRank, ways.Ranks)


@dataclass(frozen=True, slots=True)
class Units:
    """The places of one panel. Arrays have one entry for each of them."""

    places: tuple[str, ...]
    where: str
    """How findings name the quarter."""
    members: Flags
    """Those that statistics are taken over."""
    expected: Flags
    groups: tuple[Flags, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one leaf became in one panel."""

    scores: Numbers
    errors: Numbers
    imputed: Flags
    treated: Treated
    filling: Filling
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class PanelLeaf:
    """A leaf and the places of one panel; `reference` holds the values of stated quarters, where they make the statistics."""

    code: str
    rules: IndicatorRules
    units: Units
    reference: Numbers | None = None
    others: Numbers | None = None

    def leaf(self, values: Numbers, errors: Numbers) -> Leaf:
        """The leaf of values that stand as they were reported, with gaps; errors in their unit."""
        early, late = self._moments
        gaps = np.isnan(values) & self.units.expected
        filling = self._filling(early, values, gaps)
        filled = filling.fill(values)
        treated = self._treated(filled)
        scores = self._onto(filled, filled, treated)
        spread = filling.spread(values, errors, self.units.members)
        found = self._errors(filled, errors, filling, spread, treated)
        findings = [*self._findings(filled, scores, treated), *self._unfilled(early, filling)]
        if late is not None:
            gaps = np.isnan(scores) & np.isnan(values) & self.units.expected
            filling = self._filling(late, scores, gaps)
            own = filling.spread(scores, found, self.units.members)
            scores = np.clip(filling.fill(scores), 0.0, SPAN)
            for gap, size in own.items():
                found[gap] = KNOWING_NOTHING if np.isnan(size) else size
            findings += self._unfilled(late, filling)
        imputed = np.zeros(len(values), dtype=bool)
        imputed[list(filling.filled)] = ~np.isnan(scores[list(filling.filled)])
        scores = np.clip(rounded(scores, self.rules.round), 0.0, SPAN)
        found = np.where(np.isnan(scores), np.nan, np.minimum(found, SPAN))
        return Leaf(scores, found, imputed, treated, filling, tuple(findings))

    def scaled(self, values: Numbers) -> Numbers:
        """Draws of filled values (draws by units) on the scale; statistics and treatment are those of each draw."""
        fixed = None if self.rules.treatment and self.rules.treatment.steps else Treated()
        if fixed is not None:
            found = self._onto(values, values, fixed)
        else:
            found = np.stack([self._onto(draw, draw, self._treated(draw)) for draw in values])
        return np.clip(rounded(found, self.rules.round), 0.0, SPAN)

    def filled_late(self, scores: Numbers, values: Numbers) -> Numbers:
        """Scores of draws with gaps filled on the scale: from the places that fill them in the first of the draws."""
        gaps = np.isnan(scores[0]) & np.isnan(values[0]) & self.units.expected
        return np.clip(self._filling(self._moments[1], scores[0], gaps).fill(scores), 0.0, SPAN)

    def onto(self, values: Numbers, basis: Numbers, *, is_open: bool = False) -> Numbers:
        """Values on the scale where statistics are those of `basis`; `is_open`: also beyond its ends."""
        return self._onto(values, basis, Treated(), is_open=is_open)

    def spread_of_ranks(self, values: Numbers, errors: Numbers) -> Numbers:
        """Standard errors on a scale of ranks, from those of the values."""
        return self._rank_errors(values, errors, Treated())

    def findings(self, values: Numbers, scores: Numbers) -> list[Finding]:
        """What values without gaps and outliers leave empty."""
        return self._findings(values, scores, Treated())

    @cached_property
    def _moments(self) -> tuple[Missing | None, Missing | None]:
        rule = self.rules.missing
        return (None, rule) if rule and rule.after == "normalisation" else (rule, None)

    def _filling(self, rule: Missing | None, values: Numbers, gaps: Flags) -> Filling:
        others = np.empty((len(values), 0)) if self.others is None else self.others
        return filling_of(rule, values, gaps, self.units.members, others, self.units.groups)

    def _limited(self, values: Numbers) -> Numbers:
        limits = self.rules.limits
        return np.clip(values, limits.low, limits.high) if limits else values

    def _changed(self, values: Numbers) -> Numbers:
        """After the transformation; infinite where it is not defined for a value that lies beyond."""
        with np.errstate(all="ignore"):
            found = transform(self.rules.transform)(values)
        return with_ends_of_domain(self.rules.transform, values, np.where(np.isfinite(found), found, np.nan))

    def _basis_of(self, values: Numbers) -> Numbers:
        """Values that statistics are taken of, as they are before a treatment."""
        way = self.rules.normalise
        if isinstance(way, ways.DistanceToReference):
            at = [n for n, name in enumerate(self.units.places) if name == way.unit]
            return values[..., at] if at else np.full((*values.shape[:-1], 1), np.nan)
        chosen = getattr(way, "reference_units", None)
        rows = self.units.members
        if chosen:
            rows = rows & np.isin(np.array(self.units.places, dtype=object), list(chosen))
        return np.where(rows, values, np.nan)

    def _known(self, values: Numbers) -> Numbers:
        """The basis in the unit of transformed values: of the panel, or of the stated quarters."""
        if self.reference is not None:
            fixed = self._changed(self._limited(self.reference))
            return np.broadcast_to(fixed, (*values.shape[:-1], len(fixed)))
        return self._basis_of(self._changed(self._limited(values)))

    def _treated(self, values: Numbers) -> Treated:
        rule = self.rules.treatment
        if rule is None or not rule.steps:
            return Treated()
        known = self.tested(values)
        return treatment_of(known, rule) if len(known) else Treated()

    def tested(self, values: Numbers) -> Numbers:
        """The values that a test of outliers looks at: those of the members, or of the stated quarters."""
        known = self._known(values) if self.reference is not None else self._members_alone(values)
        return known[np.isfinite(known)]

    def _members_alone(self, values: Numbers) -> Numbers:
        return self._changed(self._limited(values))[self.units.members]

    def _onto(self, values: Numbers, basis: Numbers, treated: Treated, *, is_open: bool = False) -> Numbers:
        own = self._changed(values if is_open else self._limited(values))
        after = self._after(treated, own, cut=not is_open)
        way = self.rules.normalise
        scale = self._scale(treated)
        if way is None or isinstance(way, ways.OfRegister):
            return after
        known = self._after(treated, self._known(basis), cut=True)
        found = scale.place(after, known) if looks_across(way) else self._by_stated_ends(after, scale, is_open=is_open)
        return found if is_open else np.clip(found, 0.0, SPAN)

    def _after(self, treated: Treated, values: Numbers, *, cut: bool) -> Numbers:
        """Values after the treatment; where it is not defined they lie beyond all others on their side."""
        with np.errstate(all="ignore"):
            found = treated.apply(np.where(np.isfinite(values), values, np.nan), cut=cut)
        found = np.where(np.isinf(values), values, found)
        lost = np.isnan(found) & np.isfinite(values)
        if not lost.any():
            return found
        defined = values[np.isfinite(found)]
        middle = float(np.median(defined)) if len(defined) else np.nan
        return np.where(lost & (values < middle), -np.inf, np.where(lost & (values > middle), np.inf, found))

    def _scale(self, treated: Treated) -> Scale:
        fixed = transform(self.rules.transform)
        return Scale(self.rules.normalise, self.rules.direction or 1, lambda x: treated.function(fixed(x)))

    def _by_stated_ends(self, values: Numbers, scale: Scale, *, is_open: bool) -> Numbers:
        rules = without_ends(self.rules) if is_open else self.rules
        flat = by_stated_ends(self.code, values.reshape(-1), rules, scale.end)
        return flat.reshape(values.shape)

    def _errors(
        self, filled: Numbers, errors: Numbers, filling: Filling, spread: dict[int, float], treated: Treated
    ) -> Numbers:
        size = errors.copy()
        for gap, own in spread.items():
            size[gap] = own
        if isinstance(self.rules.normalise, RANKED):
            found = self._rank_errors(filled, size, treated)
        else:
            found = self._moved(filled, size, filling, treated)
        for gap, own in spread.items():
            found[gap] = KNOWING_NOTHING if np.isnan(own) or not found[gap] > 0 else found[gap]
        return found

    def _moved(self, filled: Numbers, size: Numbers, filling: Filling, treated: Treated) -> Numbers:
        """Changes of every place where each source of an error is moved, up and down."""
        sources = np.flatnonzero(np.isfinite(size) & np.isfinite(filled))
        middle = self._onto(filled, filled, treated, is_open=True)
        total, through = np.zeros(len(filled)), np.zeros(len(filled))
        own = np.zeros(len(filled))
        if len(sources):
            steps = np.stack([self._refilled(filled, size, filling, sources, side) for side in (1.0, -1.0)])
            with np.errstate(invalid="ignore"):
                change = np.abs(self._onto(steps, steps, treated, is_open=True) - middle)
                alone = np.stack([filled + side * np.nan_to_num(size) for side in (1.0, -1.0)])
                held = np.abs(self._onto(alone, np.stack([filled, filled]), treated, is_open=True) - middle)
            change = self._finite(change, middle).max(axis=0)
            total = (change**2).sum(axis=0)
            through[sources] = change[np.arange(len(sources)), sources]
            own = np.where(np.isfinite(size), self._finite(held, middle).max(axis=0), 0.0)
        found = np.sqrt(total - through**2 + np.fmax(through, own) ** 2)
        has = np.isfinite(size) | (total > 0)
        found = np.where(np.isinf(middle) & has, SPAN, found)
        return np.where(has & ~np.isnan(middle), found, np.nan)

    def _finite(self, change: Numbers, middle: Numbers) -> Numbers:
        """Changes that lead out of what is defined are those of the whole scale."""
        return np.where(np.isnan(middle), 0.0, np.where(np.isfinite(change), change, SPAN))

    def _refilled(
        self, filled: Numbers, size: Numbers, filling: Filling, sources: np.ndarray[tuple[int, ...], np.dtype[np.intp]], side: float
    ) -> Numbers:  # fmt: skip
        """One row for each source with its value moved and what is filled from it; a gap is moved after it is filled."""
        rows = np.tile(filled, (len(sources), 1))
        rows[np.arange(len(sources)), sources] += side * size[sources]
        is_gap = np.isin(sources, list(filling.filled))
        if filling.donors:
            rows[~is_gap] = replace(filling, stated=None).fill(rows[~is_gap])
        return rows

    def _rank_errors(self, filled: Numbers, size: Numbers, treated: Treated) -> Numbers:
        """Errors on the scale of ranks, from those of the values as they are compared."""
        x = self._after(treated, self._changed(filled), cut=False)
        with np.errstate(invalid="ignore"):
            steps = [self._after(treated, self._changed(filled + side * size), cut=False) - x for side in (1, -1)]
        wide = np.fmax(*(np.abs(step) for step in steps))
        if self.reference is not None:
            known, sure = self._known(filled), None
        else:
            known, sure = self._basis_of(x), wide
        found = rank_errors(x, wide, known, sure)
        return np.where(np.isinf(x) & np.isfinite(size), SPAN, found)

    def _findings(self, filled: Numbers, scores: Numbers, treated: Treated) -> list[Finding]:
        """What the values of this panel leave empty, or put at an end."""
        told: list[Finding] = []
        limited = self._limited(filled)
        changed = self._changed(limited)
        after = self._after(treated, changed, cut=True)
        names = ((changed, limited, _name(self.rules)), (after, changed, "its treatment"))
        for found, before, name in names:
            for n in np.flatnonzero(np.isinf(found) & np.isfinite(before)):
                unit = f"{self.units.places[n]} in {self.units.where}"
                told.append(finding("at-the-end", self.code, unit, value=float(before[n]), function=name))
        if not treated.is_passed:
            told.append(finding("test-not-passed", self.code, self.units.where))
        if looks_across(self.rules.normalise) and (np.isfinite(filled) & np.isnan(scores)).any():
            known = self._after(treated, self._known(filled), cut=True)
            told.append(why_undefined(self._scale(treated), self.code, known, self.units.where))
        return told

    def _unfilled(self, rule: Missing | None, filling: Filling) -> list[Finding]:
        left = [gap for gap in filling.gaps if gap not in filling.filled]
        name = rule.method.replace("_", " ") if rule else ""
        where = self.units.where
        return [finding("not-imputed", self.code, f"{self.units.places[n]} in {where}", function=name) for n in left]


def _name(rules: IndicatorRules) -> str:
    return rules.transform.method.replace("_", " ") if rules.transform else "its transform"
