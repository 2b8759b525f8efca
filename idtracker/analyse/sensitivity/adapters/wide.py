"""Leaves of a tree that divide, fill gaps or look at other places: their values, errors and ways, draw by draw over the whole panel.

In each draw a panel is normalised, and its outliers treated, anew. A gap takes one of the values that it was filled from; statistics of
stated quarters stay. What a value that the tree carries on may have lost is drawn in the unit of its values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from idtracker.analyse.index.across.states import Rows, States
from idtracker.analyse.index.leaves import Leaves, scaled
from idtracker.analyse.index.tree import tree_leaves
from idtracker.analyse.sensitivity.adapters.tracker import RoundTables
from idtracker.analyse.sensitivity.adapters.ways import Options, ends_of, remembered
from idtracker.analyse.sensitivity.problem import Errors, Numbers, Way
from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.preparation import Missing
from idtracker.model.composite.reach import OF_REGISTER, is_of_own_cells, is_treated_alone, reach_of
from idtracker.model.method import Method


@dataclass(slots=True)
class Wide:
    """Leaves that tracker_ways() cannot tell, in the order of the problem's places."""

    states: States
    known: Leaves
    places: tuple[str, ...]
    order: Rows
    """Unit of each place."""
    values: dict[str, Numbers] = field(default_factory=dict)
    ways: dict[str, tuple[Way, ...]] = field(default_factory=dict)
    without: dict[str, Numbers] = field(default_factory=dict)
    donors: dict[str, dict[int, Numbers]] = field(default_factory=dict)
    late_donors: dict[str, dict[int, tuple[int, ...]]] = field(default_factory=dict)
    per: dict[str, Numbers] = field(default_factory=dict)
    """Leaf -> what its errors are multiplied by, as its values are."""
    errors: dict[str, dict[str, Numbers]] = field(default_factory=dict)
    """Input -> leaf -> further errors by place."""

    def onto(self, code: str, rules: IndicatorRules) -> Callable[[Numbers], Numbers]:
        """How draws (or one) of all places come onto the scale together."""
        if reach_of(rules).is_local and (rules.missing is None or rules.missing.after != "normalisation"):
            return _alone(code, rules)
        if isinstance(rules.normalise, ways.OfRegister) and reach_of(rules).is_local:
            return _alone(code, rules)
        treats = bool(rules.treatment and rules.treatment.steps)
        found = self._panels(code, rules)
        return remembered(found) if treats else found

    def _panels(self, code: str, rules: IndicatorRules) -> Callable[[Numbers], Numbers]:
        at = {int(unit): n for n, unit in enumerate(self.order)}
        panels = []
        for _, rows in self.states.panels():
            inside = [n for n, row in enumerate(rows.tolist()) if row in at]
            panels.append((self.states.panel_leaf(code, rules, rows), inside, [at[int(rows[n])] for n in inside], rows))
        late = _late(rules.missing)
        raw = self.states.raw[code][0]

        def onto(values: Numbers) -> Numbers:
            found = np.full_like(values, np.nan)
            for leaf, inside, columns, rows in panels:
                whole = np.tile(raw[rows], (len(values), 1))
                whole[:, inside] = values[:, columns]
                placed = leaf.scaled(whole)
                filled = leaf.filled_late(placed, whole) if late else placed
                found[:, columns] = filled[:, inside]
            return found

        return onto


def wide_leaves(
    tables: RoundTables, index: Index, merging: Method, places: tuple[str, ...], period: str,
    options: Mapping[str, Options], why: dict[str, str],
) -> Wide:  # fmt: skip
    """The leaves of some places in one quarter, in their order; `why` takes what cannot be drawn."""
    wanted = pd.DataFrame({"place_id": list(places), "period": period}, dtype="str")
    states, _ = tree_leaves(tables.cells, tables.indicator, tables.place, index, merging, wanted, has_panels=True)
    found = Wide(states, states.leaves(), places, np.arange(states.count))
    for code in index.indicators:
        rules = index.rules_of(code)
        if is_treated_alone(index, code) and rules.denominator is None:
            continue
        _add(found, code, rules, options.get(code, ("", ()))[1], why, merging)
    return found


def _add(
    found: Wide, code: str, rules: IndicatorRules, others: tuple[tuple[str, IndicatorRules], ...], why: dict[str, str], merging: Method
) -> None:  # fmt: skip
    states, own = found.states, found.order
    raw, sizes = states.raw[code]
    if isinstance(rules.normalise, ways.OfRegister) and others:
        why[f"normalisation of {code}"] = "its gaps are filled, and only scores of the register are"
        others = ()
    values = raw[own].copy()
    if code in states.divisors:
        cell = states.figures[states.index.column_of(code)]["value"]
        with np.errstate(invalid="ignore", divide="ignore"):
            found.per[code] = np.nan_to_num(raw[own] / cell[own], nan=0.0, posinf=0.0, neginf=0.0)
            _add_divisor(found, code, rules, values)
    if code in found.known.imputed:
        _add_filled(found, code, rules, values, why)
        _add_carried(found, code, values, sizes, merging, why)
    found.values[code] = values
    choices = (("as stated", rules), *others)
    found.ways[code] = tuple(Way(label, found.onto(code, one), ends_of(one)) for label, one in choices)


def _add_divisor(found: Wide, code: str, rules: IndicatorRules, values: Numbers) -> None:
    """The error of another indicator that values are divided by."""
    if rules.denominator is None or rules.denominator.column in OF_REGISTER:
        return
    cell = found.states.figures[rules.denominator.column]
    relative = np.nan_to_num(cell["standard_error"][found.order] / cell["value"][found.order])
    found.errors.setdefault(f"divided by {rules.denominator.column}", {})[code] = np.nan_to_num(values * relative)


def _add_filled(found: Wide, code: str, rules: IndicatorRules, values: Numbers, why: dict[str, str]) -> None:
    """What stands in gaps, and what could as well."""
    at = {int(unit): n for n, unit in enumerate(found.order)}
    imputed = found.known.imputed[code][found.order] & ~found.known.carried[code][found.order]
    several: dict[int, Numbers] = {}
    late: dict[int, tuple[int, ...]] = {}
    for (leaf, _), (rows, made) in found.states.details.items():
        if leaf != code:
            continue
        raw = found.states.raw[code][0][rows]
        for gap in made.filling.filled:
            place = at.get(int(rows[gap]))
            donors = made.filling.donors.get(gap, ())
            if place is None:
                continue
            if _late(rules.missing):
                late[place] = tuple(at[int(rows[d])] for d in donors if int(rows[d]) in at)
            else:
                values[place] = made.filling.fill(raw)[gap]
                several[place] = np.sort(raw[list(donors)]) if donors else np.empty(0)
    found.donors |= {code: own} if (own := {n: v for n, v in several.items() if len(v) > 1 and v[0] != v[-1]}) else {}
    found.late_donors |= {code: more} if (more := {n: d for n, d in late.items() if len(d) > 1}) else {}
    alone = [found.places[n] for n in np.flatnonzero(imputed) if n not in own and n not in more]
    if alone:
        why[f"imputation of {code}"] = f"a stated value, or one value alone, stands in for {', '.join(alone[:3])}"
    if own:
        found.without[code] = np.where(imputed, np.nan, values)


def _add_carried(found: Wide, code: str, values: Numbers, sizes: Numbers, merging: Method, why: dict[str, str]) -> None:
    """Values that the tree carries on, their errors then, and what they may have lost since."""
    carried = np.flatnonzero(found.known.carried[code][found.order])
    if not len(carried):
        return
    drift = 0.0 if merging.uncertainty is None else merging.uncertainty.assumed.drift
    lost, then = np.zeros(len(values)), np.zeros(len(values))
    for place in carried:
        origin, age = found.states.origins[code][int(found.order[place])]
        values[place], then[place] = found.states.raw[code][0][origin], np.nan_to_num(sizes[origin])
        slope = found.states.slopes[code][int(found.order[place])]
        if slope > 0:
            lost[place] = drift * np.sqrt(age) / slope
        else:
            why[f"carried {code}"] = "how far a value has moved since it was reported is not known in its unit"
    found.errors.setdefault("measurement", {})[code] = then
    found.errors.setdefault("carried", {})[code] = lost
    found.without[code] = np.where(found.known.carried[code][found.order], np.nan, found.without.get(code, values))


def further_errors(wide: Wide, leaves: tuple[str, ...], period: str) -> dict[str, tuple[Errors, ...]]:
    """The further errors as parts of their inputs, places by leaves."""
    parts: dict[str, list[Errors]] = {}
    for kind, of_leaves in wide.errors.items():
        size = np.zeros((len(wide.places), len(leaves)))
        name = np.full(size.shape, "", dtype=object)
        for code, own in of_leaves.items():
            size[:, leaves.index(code)] = own
            subject = kind if kind.startswith("divided") else f"{wide.states.index.column_of(code)}|filled"
            name[:, leaves.index(code)] = [f"{subject}|{place}|{period}" for place in wide.places]
        parts.setdefault("carried" if kind == "carried" else "measurement", []).append(Errors(size, name))
    return {name: tuple(own) for name, own in parts.items()}


def needs_panels(index: Index, options: Mapping[str, Options]) -> bool:
    """Whether a leaf, or another reasonable choice for one, looks beyond its own cell."""
    return not is_of_own_cells(index) or any(
        not reach_of(r).is_local for _, rules in options.values() for _, r in rules
    )


def _late(rule: Missing | None) -> bool:
    return rule is not None and rule.method != "none" and rule.after == "normalisation"


def _alone(code: str, rules: IndicatorRules) -> Callable[[Numbers], Numbers]:
    if isinstance(rules.normalise, ways.OfRegister):
        return lambda values: np.clip(values, 0.0, 100.0)
    return lambda values: scaled(code, values.reshape(-1), rules).reshape(values.shape)
