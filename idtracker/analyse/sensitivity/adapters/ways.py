"""How leaves of the tracker come onto their scale, as stated and as was reasonable too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from idtracker.analyse.index.leaves import scaled
from idtracker.analyse.sensitivity.problem import Numbers, Way
from idtracker.model.composite.alternative_faults import leaves_of
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.normalisation import AsItIs, OfRegister
from idtracker.model.composite.reach import reach_of
from idtracker.model.composite.words import choice_words
from idtracker.model.method import Method
from idtracker.model.methods.two_level import named_by, rules_of_choice

Onto = Callable[[Numbers], Numbers]
SCALE = (0.0, 100.0)
SAME = 1e-9
KEPT = 8
"""Samples of which the values of a leaf are remembered: samples of the global sensitivity share most of them."""
Options = tuple[str, tuple[tuple[str, IndicatorRules], ...]]
"""Name of the choice that leaves share, and their other rules with their names."""
OF_REGISTER = IndicatorRules(normalise=OfRegister(method="register"))


def options_of_tree(index: Index) -> dict[str, Options]:
    """Leaf -> what was as reasonable, as a tree declares it."""
    found: dict[str, Options] = {}
    for number, entry in enumerate(index.alternatives.normalisation):
        for leaf in leaves_of(index, entry):
            rules = tuple(
                (choice_words(c, index.rules_of(leaf).scale), index.rules_under(leaf, c)) for c in entry.choices
            )
            found[leaf] = (f"entry {number}", rules)
    return found


def options_of_method(method: Method, items: pd.DataFrame) -> dict[str, Options]:
    """The same of a two-level method, for the indicators of the items."""
    found: dict[str, Options] = {}
    for child, dimension in items[["child", "node_code"]].drop_duplicates().itertuples(index=False):
        for number, entry in enumerate(method.alternatives.normalisation):
            if named_by(entry, child, dimension):
                rules = tuple((choice_words(c, None), rules_of_choice(c)) for c in entry.choices)
                found[child] = (f"entry {number}", rules)
    return found


def tracker_ways(
    items: pd.DataFrame,
    stated: Mapping[str, IndicatorRules],
    options: Mapping[str, Options],
    why: dict[str, str],
    together: Callable[[str, IndicatorRules], Onto] | None = None,
) -> dict[str, tuple[Way, ...]]:
    """Ways of every leaf that is drawn in the unit of its values: it has a rule of its own, or alternatives.

    Where a score does not follow from its value alone, alternatives to the register cannot be told: `why` says so. `together` gives the ways
    that look at all places.
    """
    found: dict[str, tuple[Way, ...]] = {}
    for leaf, rows in items.groupby("leaf" if "leaf" in items else "child"):
        code = str(leaf)
        own, (_, others) = stated.get(code, OF_REGISTER), options.get(code, ("", ()))
        is_register = isinstance(own.normalise, OfRegister)
        if is_register and not others:
            continue
        apart = _apart(rows)
        if is_register and apart:
            why[f"normalisation of {code}"] = (
                f"its score does not follow from its value alone in {', '.join(apart[:3])}"
            )
            continue
        rules = (("as stated", own), *others)
        found[code] = tuple(
            Way(
                label,
                _onto(code, each, rows) if together is None or reach_of(each).is_local else together(code, each),
                ends_of(each),
            )
            for label, each in rules
        )
    return found


def positions(items: pd.DataFrame) -> pd.Series:
    """Scores before they were held between 0 and 100, where the value alone says them: what is drawn may lie beyond."""
    position, score = _position(items), items["score"].astype("float64")
    is_it = (position.clip(*SCALE) - score).abs() < SAME
    return position.where(is_it, score)


def _position(items: pd.DataFrame) -> pd.Series:
    low, high, value = (items[c].astype("float64") for c in ("goalpost_low", "goalpost_high", "value"))
    position = 100 * (value - low) / (high - low)
    return position.where(items["direction"].astype("float64") > 0, 100 - position)


def _apart(rows: pd.DataFrame) -> list[str]:
    """Places whose score or error does not follow from value and standard error."""
    score = rows["score"].astype("float64")
    error, unit = rows["error"].astype("float64"), rows["standard_error"].astype("float64")
    follows = (_position(rows).clip(*SCALE) - score).abs() < SAME
    length = rows["goalpost_high"].astype("float64") - rows["goalpost_low"].astype("float64")
    sure = (error.isna() & unit.isna()) | ((100 * unit / length - error).abs() <= SAME * (1 + error.abs()))
    return sorted(rows.loc[score.notna() & ~(follows & sure), "place_id"].astype(str))


def _onto(code: str, rules: IndicatorRules, rows: pd.DataFrame) -> Callable[[Numbers], Numbers]:
    if isinstance(rules.normalise, OfRegister):
        terms = rows[["goalpost_low", "goalpost_high", "direction"]].astype("float64").iloc[0]
        low, high, direction = (float(terms[name]) for name in terms.index)
        return _between(low, high, direction)
    return way_of(code, rules)


def _between(low: float, high: float, direction: float) -> Callable[[Numbers], Numbers]:
    def onto(values: Numbers) -> Numbers:
        position = 100 * (values - low) / (high - low)
        return np.clip(position if direction > 0 else 100 - position, *SCALE)

    return onto


def way_of(code: str, rules: IndicatorRules) -> Callable[[Numbers], Numbers]:
    """How values of a leaf come onto its scale by a rule that looks at no other place."""

    def onto(values: Numbers) -> Numbers:
        return scaled(code, values.reshape(-1), rules).reshape(values.shape)

    return onto


def ends_of(rules: IndicatorRules) -> tuple[float, float] | None:
    """Of a leaf that is on its scale already: the ends at which drawn values are held."""
    way = rules.normalise
    return (way.scale or rules.scale) if isinstance(way, AsItIs) else None


def remembered(make: Onto) -> Onto:
    """`make` of a sample, which is not made again while it is among the last KEPT."""
    known: dict[bytes, Numbers] = {}

    def onto(values: Numbers) -> Numbers:
        name = hashlib.sha256(values.tobytes()).digest()
        if name not in known:
            if len(known) >= KEPT:
                known.pop(next(iter(known)))
            known[name] = make(values)
        return known[name]

    return onto
