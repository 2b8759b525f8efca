"""What an explanation says of a tree of any depth: which leaves a node has at one place, and its rules in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from idtracker.analyse.index.leaf_rules import scaled
from idtracker.analyse.index.score import expected_cells
from idtracker.analyse.merge.quarters import grid
from idtracker.explain.leaves import leaves_of, looks_further
from idtracker.explain.tables import KnownTables
from idtracker.model.composite.node import Coverage, NodeRules
from idtracker.model.composite.normalisation import OfRegister

_MEANS = ("arithmetic", "geometric", "harmonic", "power")


def leaves_at(known: KnownTables, codes: Sequence[str], place_id: str, period: str) -> dict[str, float | None]:
    """The leaves among `codes` that are expected at a place in a quarter, each with its value from 0 to 100 if any."""
    index = known.index
    assert index is not None
    leaves = [code for code in codes if code in index.indicators]
    if looks_further(known):
        states, made = leaves_of(known, place_id, period)
        there = [code for code in leaves if states.expected(code)[0]]
        return {c: None if np.isnan(made.values[c][0]) else float(made.values[c][0]) for c in there}
    indicator, place = known.tables["indicator"], known.tables["place"]
    items = expected_cells(
        known.select("merged_cell", place_id=place_id, period=period),
        indicator[indicator["indicator_id"].isin([index.column_of(code) for code in leaves])],
        place[place["place_id"] == place_id],
        grid([period]).assign(place_id=place_id),
        further=("value",),
    ).set_index("child")
    found: dict[str, float | None] = {}
    for code in leaves:
        name, rules = index.column_of(code), index.rules_of(code)
        if name not in items.index:
            continue
        figure = "score" if isinstance(rules.normalise, OfRegister) else "value"
        value = np.array([items.at[name, figure]], dtype=float)
        value = value if figure == "score" else scaled(code, value, rules)
        found[code] = None if np.isnan(value[0]) else float(value[0])
    return found


def coverage_words(rules: NodeRules) -> str:
    """What the method asks of a node before it has a score."""
    rule = rules.coverage or Coverage()
    of = {"weight": "", "children": " of the children", "indicators": " of the indicators below"}[rule.of]
    least = f" and {rule.at_least} of them at least" if rule.at_least > 1 else ""
    return f"the method asks for {rule.share:.0%}{of}{least}"


def aggregation_words(name: str) -> str:
    """An aggregation as a sentence names it."""
    return f"{name} mean" if name in _MEANS else name.replace("_", " ")
