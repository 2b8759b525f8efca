"""Leaves of many units at once: each panel is worked out by itself, and once for all moments at which it says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.composite.findings import Finding, finding
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.analyse.index.across.denominators import below_of, divided, figures_of_places
from idtracker.analyse.index.across.panel import Leaf, PanelLeaf, Units
from idtracker.analyse.index.leaves import Figures, Leaves, leaf_alone
from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.preparation import Missing
from idtracker.model.composite.reach import is_treated_alone, reach_of
from idtracker.model.method import KNOWING_NOTHING, Method

Rows = npt.NDArray[np.intp]


@dataclass
class States:
    """Units that are looked at together: `units` has place_id, period, period_end and, of a tree whose leaves are not all alone,
    the columns of panel_numbers()."""

    index: Index
    figures: Figures
    units: pd.DataFrame
    place: pd.DataFrame
    merging: Method
    count: int
    """The first of the units are those that are asked for."""
    extra: dict[str, pd.DataFrame] = field(default_factory=dict)
    """Indicator that others are divided by and that counts nowhere itself -> unit and marking of its cells."""
    raw: dict[str, tuple[Numbers, Numbers]] = field(default_factory=dict)
    """Leaf -> values per what they are divided by, and their errors; of the register scores."""
    details: dict[tuple[str, int], tuple[Rows, Leaf]] = field(default_factory=dict)
    """(leaf, panel) -> its units and what became of them."""
    divisors: dict[str, Numbers] = field(default_factory=dict)
    origins: dict[str, dict[int, tuple[int, int]]] = field(default_factory=dict)
    """Leaf -> unit whose value the tree carries on -> the unit that it comes from, and how many quarters it is old."""
    filled: dict[str, Numbers] = field(default_factory=dict)
    """Leaf -> its values, also those that the tree carries on."""
    slopes: dict[str, Numbers] = field(default_factory=dict)
    """Leaf that carries values -> points on the scale for one of its unit, by unit; not a number where no error tells."""
    _known: dict[tuple[object, ...], Leaf] = field(default_factory=dict)
    _cache: dict[object, Any] = field(default_factory=dict)

    @cached_property
    def names(self) -> npt.NDArray[np.object_]:
        """Place of each unit."""
        return self.units["place_id"].astype(str).to_numpy(dtype=object)

    @cached_property
    def periods(self) -> npt.NDArray[np.object_]:
        """Quarter of each unit."""
        return self.units["period"].astype(str).to_numpy(dtype=object)

    @cached_property
    def members(self) -> Flags:
        """Units that statistics are taken over."""
        return self.units["is_member"].to_numpy(dtype=bool)

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """What `make` gives, worked out once for each key."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def leaves(self) -> Leaves:
        """Every leaf of all units; of a leaf that looks at others only in the panels of units that are asked for."""
        found, told = Leaves({}, {}), [*self._divide()]
        for code in self.index.indicators:
            rules = self.index.rules_of(code)
            values, errors = self.raw[code]
            if is_treated_alone(self.index, code):
                cell = {"score": values, "error": errors, "value": values, "standard_error": errors}
                found.values[code], found.errors[code] = leaf_alone(code, rules, cell)
                continue
            values, errors, age = self._carried(code, values, errors, reach_of(rules).back)
            told += self._panels(code, rules, (values, errors, age), found)
        return replace(found, findings=tuple(dict.fromkeys(told)))

    def _divide(self) -> Iterator[Finding]:
        """Fill in `raw`; a value without a denominator is told."""
        rules = {code: self.index.rules_of(code) for code in self.index.indicators}
        places = figures_of_places(self.place, self.units) if any(r.denominator for r in rules.values()) else {}
        for code, rule in rules.items():
            cell = self.figures[self.index.column_of(code)]
            if isinstance(rule.normalise, ways.OfRegister):
                self.raw[code] = cell["score"], cell["error"]
                continue
            self.raw[code] = divided(cell["value"], cell["standard_error"], rule.denominator, self.figures, places)
            if rule.denominator is None:
                continue
            self.divisors[code] = below_of(rule.denominator, self.figures, places)[0]
            lost = np.isnan(self.raw[code][0]) & ~np.isnan(cell["value"])
            for row in np.flatnonzero(lost[: self.count]):
                yield finding("no-denominator", code, self.name_of(int(row)), column=rule.denominator.column)

    def name_of(self, row: int) -> str:
        """How findings name a unit."""
        return f"{self.names[row]} in {self.periods[row]}"

    def expected(self, code: str) -> Flags:
        """Units in which an indicator is expected."""
        found: Flags = self.once(
            ("expected", code), lambda: ~np.isnan(self.figures[self.index.column_of(code)]["expected"])
        )
        return found

    def _carried(self, code: str, values: Numbers, errors: Numbers, back: int) -> tuple[Numbers, Numbers, Numbers]:
        """Gaps filled with the place's own last value, at most so many quarters old, and how old it is."""
        age = np.zeros(len(values))
        if not back:
            return values, errors, age
        series, quarter = self.units["series"].to_numpy(), self.units["quarter"].to_numpy()
        at = {pair: n for n, pair in enumerate(zip(series.tolist(), quarter.tolist(), strict=True))}
        filled, sure = values.copy(), errors.copy()
        for row in np.flatnonzero(np.isnan(values) & self.expected(code)):
            for quarters in range(1, back + 1):
                origin = at.get((series[row], quarter[row] - quarters))
                if origin is not None and not np.isnan(values[origin]):
                    filled[row], sure[row], age[row] = values[origin], errors[origin], quarters
                    self.origins.setdefault(code, {})[int(row)] = origin, quarters
                    break
        return filled, sure, age

    def _panels(
        self, code: str, rules: IndicatorRules, raw: tuple[Numbers, Numbers, Numbers], found: Leaves
    ) -> list[Finding]:
        values, errors, age = raw
        self.filled[code] = values
        scores, sizes = np.full(len(values), np.nan), np.full(len(values), np.nan)
        imputed = np.zeros(len(values), dtype=bool)
        told: list[Finding] = []
        for number, rows in self.panels():
            leaf = self._leaf(code, rules, rows, values, errors)
            self.details[code, number] = rows, leaf
            scores[rows], sizes[rows], imputed[rows] = leaf.scores, leaf.errors, leaf.imputed
            told += leaf.findings
        is_carried = (age > 0) & ~np.isnan(scores)
        with np.errstate(invalid="ignore", divide="ignore"):
            self.slopes[code] = np.where(errors > 0, sizes / errors, np.nan)
        found.values[code] = scores
        found.errors[code] = np.where(is_carried, self._grown(sizes, age), sizes)
        found.imputed[code] = imputed | is_carried
        found.carried[code] = is_carried
        return told

    def _grown(self, sizes: Numbers, age: Numbers) -> Numbers:
        """Errors of values that the tree carries on: as merging lets them grow; where nothing is known, anything is possible."""
        rule = self.merging.uncertainty
        if rule is None:
            return np.full_like(sizes, KNOWING_NOTHING)
        grown = np.sqrt(sizes**2 + age * rule.assumed.drift**2)
        return np.where(np.isnan(sizes), KNOWING_NOTHING, grown)

    def panels(self) -> Iterator[tuple[int, Rows]]:
        """Panels of the units that are asked for, their units in the order of the places' codes."""
        panel = self.units["panel"].to_numpy()
        order = np.lexsort((self.names.astype(str), panel))
        numbers, starts = np.unique(panel[order], return_index=True)
        asked = set(panel[: self.count].tolist())
        for number, rows in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
            if number in asked:
                yield number, rows

    def _leaf(self, code: str, rules: IndicatorRules, rows: Rows, values: Numbers, errors: Numbers) -> Leaf:
        one = self.panel_leaf(code, rules, rows)
        near = b"" if one.others is None else one.others.tobytes()
        held = b"" if one.reference is None else one.reference.tobytes()
        parts = (values[rows], errors[rows], one.units.expected)
        key = (code, one.units.places, one.units.where, *(part.tobytes() for part in parts), near, held)
        if key not in self._known:
            self._known[key] = one.leaf(values[rows], errors[rows])
        return self._known[key]

    def panel_leaf(self, code: str, rules: IndicatorRules, rows: Rows) -> PanelLeaf:
        """A leaf with the places of one panel and whatever else it looks at."""
        names = tuple(self.names[rows].tolist())
        groups = self.once(("groups", code, names), lambda: groups_of(rules.missing, names, self.place))
        units = Units(names, str(self.periods[rows[0]]), self.members[rows], self.expected(code)[rows], groups)
        reach = reach_of(rules)
        reference = self._reference(code, rules, rows, reach.reference) if reach.reference else None
        others = None
        if reach.is_near:
            columns = [self.raw[name][0][rows] for name in self.index.indicators if name != code]
            others = np.column_stack(columns) if columns else np.empty((len(rows), 0))
        return PanelLeaf(code, rules, units, reference, others)

    def _reference(self, code: str, rules: IndicatorRules, rows: Rows, span: tuple[str, str]) -> Numbers:
        """Values of the stated quarters, in a fixed order."""
        world = int(self.units["world"].to_numpy(dtype=np.int64)[rows[0]])
        chosen = getattr(rules.normalise, "reference_units", None)

        def held() -> Numbers:
            there = (self.units["world"].to_numpy() == world) & self.members
            there &= (self.periods >= span[0]) & (self.periods <= span[1])
            at = np.flatnonzero(there & np.isin(self.names, list(chosen)) if chosen else there)
            at = at[np.lexsort((self.names[at].astype(str), self.periods[at].astype(str)))]
            values = self.raw[code][0][at]
            return np.asarray(values[~np.isnan(values)])

        found: Numbers = self.once(("reference", code, world), held)
        return found


def groups_of(rule: Missing | None, names: tuple[str, ...], place: pd.DataFrame) -> tuple[Flags, ...]:
    """Which of some places are in each group that a filling names."""
    if rule is None or not rule.method.startswith("group_"):
        return ()
    if rule.groups is not None:
        return tuple(np.isin(np.array(names, dtype=object), list(own)) for own in rule.groups.values())
    column = dict(zip(place["place_id"].astype(str), place[str(rule.group)].astype("object"), strict=True))
    stated = [column.get(name) for name in names]
    kinds = sorted({str(kind) for kind in stated if not pd.isna(kind)})
    return tuple(np.array([not pd.isna(kind) and str(kind) == one for kind in stated]) for one in kinds)
