"""How a cell becomes a leaf of a tree that divides, treats outliers, fills gaps or looks at other places, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from idtracker.analyse.composite.outliers import Cut, kurtosis, skew
from idtracker.analyse.composite.stage import Numbers
from idtracker.analyse.index.across.panel import Leaf, PanelLeaf
from idtracker.analyse.index.across.scales import looks_across
from idtracker.analyse.index.across.states import Rows, States
from idtracker.analyse.index.across.units import with_panel
from idtracker.analyse.index.leaves import Leaves
from idtracker.analyse.index.tree import tree_leaves
from idtracker.explain.tables import KnownTables
from idtracker.model.composite.preparation import Treatment
from idtracker.model.composite.reach import is_of_own_cells
from idtracker.model.composite.words import normalisation_words

_NAMED = 5


def looks_further(known: KnownTables) -> bool:
    """Whether the method is a tree whose leaves are more than what a cell says by itself."""
    return known.index is not None and not is_of_own_cells(known.index)


def leaves_of(known: KnownTables, place_id: str, period: str) -> tuple[States, Leaves]:
    """The leaves of one place and quarter, with the panel that they were worked out in; the place is unit 0."""

    def make() -> tuple[States, Leaves]:
        assert known.index is not None
        wanted = pd.DataFrame({"place_id": [place_id], "period": [period]}, dtype="str")
        place = known.tables["place"]
        asked = with_panel(known.index, place, wanted, ["place_id", "period"])
        cells = known.select_any("merged_cell", "period", asked["period"].unique())
        states, _ = tree_leaves(cells, known.tables["indicator"], place, known.index, known.method, wanted)
        return states, states.leaves()

    found: tuple[States, Leaves] = known.once(("leaves", place_id, period), make)
    return found


def leaf_terms(known: KnownTables, code: str, place_id: str, period: str) -> dict[str, object]:
    """Keys of a leaf's node: `leaf_score` and `leaf_error` on the scale, `is_imputed`, and `terms`, what was done in what order."""
    states, leaves = leaves_of(known, place_id, period)
    score, error = float(leaves.values[code][0]), float(leaves.errors[code][0])
    imputed = code in leaves.imputed and bool(leaves.imputed[code][0])
    terms = [*_of_divisor(known, states, code), *_of_panel(states, leaves, code)]
    told = [f.message for f in leaves.findings if f.where == code and _is_about(f.unit, place_id, period)]
    if not np.isnan(score):
        unsure = "" if np.isnan(error) else f", standard error {error:.2f}"
        terms.append(f"{score:.2f} on the scale{unsure}")
    return {
        "leaf_score": None if np.isnan(score) else score,
        "leaf_error": None if np.isnan(error) else error,
        "is_imputed": imputed,
        "terms": [*terms, *told],
    }


def _is_about(unit: str, place_id: str, period: str) -> bool:
    return unit in ("", period, f"{place_id} in {period}")


def _of_divisor(known: KnownTables, states: States, code: str) -> Iterator[str]:
    assert known.index is not None
    rule = known.index.rules_of(code).denominator
    below = states.divisors.get(code)
    if rule is None or below is None:
        return
    value, found = float(states.raw[code][0][0]), float(below[0])
    per = "" if rule.per == 1 else f"{rule.per:,g} "
    if np.isnan(found):
        yield f"per {per}{rule.column}, which is not stated here"
    elif not np.isnan(value):
        yield f"{value:,.4g} per {per}{rule.column} ({found:,.10g})"


def _of_panel(states: States, leaves: Leaves, code: str) -> Iterator[str]:
    rules = states.index.rules_of(code)
    own = [(rows, leaf) for (name, _), (rows, leaf) in states.details.items() if name == code and 0 in rows]
    for rows, leaf in own:
        at = int(np.flatnonzero(rows == 0)[0])
        panel = states.panel_leaf(code, rules, rows)
        if code in leaves.carried and leaves.carried[code][0]:
            yield _carried(states, code)
        elif leaf.imputed[at]:
            yield _imputed(states, code, rows, leaf, at)
        if rules.treatment is not None and rules.treatment.steps:
            values = states.raw[code][0][rows]
            yield _treated(rules.treatment, leaf, panel.tested(leaf.filling.fill(values)))
        if rules.normalise is not None:
            over = _over(panel, states.raw[code][0][rows]) if looks_across(rules.normalise) else ""
            yield normalisation_words(rules.normalise, rules.scale) + over


def _over(panel: PanelLeaf, values: Numbers) -> str:
    if panel.reference is not None:
        return f" ({len(panel.reference)} values)"
    known = int((np.isfinite(values) & panel.units.members).sum())
    return f" ({known} places with a value in {panel.units.where})"


def _carried(states: States, code: str) -> str:
    origin, age = states.origins[code][0]
    quarters = "quarter" if age == 1 else "quarters"
    return (
        f"nobody reported it: the method takes that of {states.periods[origin]}, {age} {quarters} old, less sure with each; "
        "it does not count as covered"
    )


def _imputed(states: States, code: str, rows: Rows, leaf: Leaf, at: int) -> str:
    rule = states.index.rules_of(code).missing
    method = "" if rule is None else rule.method.replace("_", " ")
    names = [str(states.names[rows[n]]) for n in leaf.filling.donors.get(at, ())]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    source = f" of {', '.join(names[:_NAMED])}{more}" if names else ""
    return f"nobody reported it: the {method}{source} stands in, as sure as one place is among these; it does not count as covered"


def _treated(rule: Treatment, leaf: Leaf, tested: Numbers) -> str:
    known = tested[np.isfinite(tested)]
    figures = f"skew {skew(known):.2f}, kurtosis {kurtosis(known):.2f}"
    if rule.test is None:
        said = "outliers are always treated"
    else:
        limits = [(name, getattr(rule.test, name)) for name in ("skew", "kurtosis")]
        stated = " and ".join(f"{name} {limit:g}" for name, limit in limits if limit is not None)
        if not leaf.treated.steps:
            return f"outliers are left: {figures} pass the test ({stated})"
        said = f"outliers: {figures} do not pass the test ({stated})"
    steps = ", then ".join(step.replace("_", " ") for step in leaf.treated.steps)
    cuts = [part for part in leaf.treated.parts if isinstance(part, Cut)]
    held = f", values held from {cuts[0].low:,.4g} to {cuts[0].high:,.4g}" if cuts else ""
    passed = "" if leaf.treated.is_passed else "; it does not pass after that either"
    return f"{said}: {steps}{held}{passed}"
