"""What a leaf must keep to score the tracker: it ends on 0 to 100, 100 is good, and its figures are in the register or in cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.preparation import Missing, Transform, Treatment
from idtracker.model.composite.reach import OF_REGISTER, reach_of

SCALE = (0.0, 100.0)
GROUPS = ("level", "parent_id")
"""Columns of the register of places that say which places are alike."""
_QUARTER = re.compile(r"\d{4}-Q[1-4]")
NO_TREATMENT = Treatment()
_OF_REGISTER_ALONE = ("denominator", "limits", "transform", "treatment", "direction", "scale", "round")


def of_leaf(index: Index, code: str, indicators: Collection[str]) -> Iterator[str]:
    """What is wrong with the rules of one leaf."""
    rules = index.rules_of(code)
    if rules.denominator is not None and rules.denominator.column not in (*OF_REGISTER, *indicators):
        near = get_close_matches(rules.denominator.column, [*OF_REGISTER, *indicators], n=1)
        hint = f"did you mean `{near[0]}`? " if near else ""
        yield (
            f"there is nothing `{rules.denominator.column}` to divide by: {hint}Use {' or '.join(OF_REGISTER)} of the "
            "register of places, or an indicator of the register"
        )
    yield from _of_filling(rules, rules.missing)
    yield from of_scale(rules)


def of_scale(rules: IndicatorRules) -> Iterator[str]:
    """What is wrong with a way onto the tracker's scale that may look at other places."""
    way = rules.normalise
    if reach_of(IndicatorRules.model_construct(normalise=way)).is_across:
        yield from _of_transform(rules.transform)
        yield from _of_statistics(way)
        yield from _of_ends(way, rules)
    elif isinstance(way, ways.Categories):
        yield "categories turn words into numbers, and cells are numbers already: use `bins` or `linear`"
    else:
        yield from of_normalisation(rules)


def of_normalisation(rules: IndicatorRules) -> Iterator[str]:
    """What is wrong with a way onto the tracker's scale by which a score follows from the cell of its own place and quarter."""
    way = rules.normalise
    yield from _of_transform(rules.transform)
    if isinstance(way, ways.OfRegister):
        changed = [name for name in _OF_REGISTER_ALONE if getattr(rules, name) not in (None, NO_TREATMENT)]
        if changed:
            yield f"`normalise: register` has its direction and goalposts from the register: remove {', '.join(changed)}"
    elif not _is_of_itself(way):
        name = way.method if way else "nothing"
        yield (
            f"{name} looks at other places, and a score follows from the cells of its own place and quarter: "
            "use `register`, or `goalposts` with stated ends"
        )
    elif not _ends_on_scale(way, rules):
        yield "it must end on the scale from 0 to 100 at both ends: say `scale: [0, 100]` and `clip: both`, or state scores inside it"


def _of_transform(fixed: Transform | None) -> Iterator[str]:
    if fixed is not None and not _is_defined_or_ends(fixed):
        yield (
            f"`transform: {fixed.method}` is not defined for every value, and an indicator may not leave a score because of what is "
            "reported: use log, log10, log1p, square_root or logit with a positive factor, or goalposts of the value itself"
        )


def _of_filling(rules: IndicatorRules, filling: Missing | None) -> Iterator[str]:
    if filling is None or filling.method == "none":
        return
    is_late = filling.after == "normalisation"
    if filling.method == "carried" and filling.periods is None:
        yield "a value may not be carried without end: say `periods`, how many quarters at most"
    if filling.method == "carried" and is_late:
        yield "a value is carried as it was reported: remove `after: normalisation`"
    if filling.method != "carried" and not is_late and isinstance(rules.normalise, ways.OfRegister):
        yield "what the register normalises is filled on the scale: say `after: normalisation`"
    if filling.group is not None and filling.group not in GROUPS:
        yield (
            f"the register of places has no column `{filling.group}` that groups them: use {' or '.join(GROUPS)}, or name the "
            "places of each group under `groups`"
        )


def _of_statistics(way: object) -> Iterator[str]:
    """Over which places and quarters."""
    if getattr(way, "within", None):
        yield "statistics are taken over the first-level divisions of a country in one quarter: remove `within`"
    for period in getattr(way, "reference_periods", None) or ():
        if not _QUARTER.fullmatch(period):
            yield f"`reference_periods` are quarters such as 2024-Q1, here {period}"


def _of_ends(way: object, rules: IndicatorRules) -> Iterator[str]:
    own = getattr(way, "scale", None)
    scale = rules.scale if rules.scale and "scale" not in getattr(way, "model_fields_set", ()) else own
    if isinstance(way, ways.ZScore):
        if way.clip is None or way.clip[0] < 0 or way.clip[1] > 100 or not 0 <= way.mean <= 100:
            yield (
                "a z-score must be put on the scale from 0 to 100: say `mean`, `sd` and `clip`, such as "
                "`{method: z_score, mean: 50, sd: 20, clip: [0, 100]}`"
            )
    elif isinstance(way, ways.FractionOfMax):
        if not 1 < way.factor <= 100:
            yield "it must end on the scale from 0 to 100: say `factor: 100`"
    elif isinstance(way, ways.DistanceToReference):
        if way.form != "ratio" or not 1 < way.factor <= 100:
            yield (
                "a distance to a reference must end on the scale from 0 to 100: say `form: ratio` and as `factor` what the reference "
                "place itself gets, such as 50"
            )
    elif isinstance(way, ways.Bins):
        if not all(0 <= score <= 100 for score in way.scores):
            yield "scores must stand between 0 and 100"
    elif scale != SCALE:
        yield "it must end on the scale from 0 to 100: say `scale: [0, 100]`"


def _is_defined_or_ends(rule: Transform) -> bool:
    """Whether a value has a transformation, or lies beyond the goalposts where it has none."""
    if rule.method == "power":
        return rule.exponent >= 0 and float(rule.exponent).is_integer()
    if rule.method in ("log", "log10", "log1p", "square_root", "logit"):
        return rule.factor > 0
    return rule.method != "reciprocal"


def _is_of_itself(way: object) -> bool:
    """Whether the value of one place does not depend on those of others."""
    if isinstance(way, ways.DistanceToTarget):
        return way.worst is not None
    if isinstance(way, ways.Bins):
        return not way.percentiles
    return isinstance(way, ways.Goalposts | ways.Linear | ways.AsItIs)


def _ends_on_scale(way: object, rules: IndicatorRules) -> bool:
    if isinstance(way, ways.Bins):
        return all(0 <= score <= 100 for score in way.scores)
    if isinstance(way, ways.Linear):
        return way.clip is not None and way.clip[0] >= 0 and way.clip[1] <= 100
    stated = getattr(way, "scale", None)
    scale = rules.scale if rules.scale and "scale" not in getattr(way, "model_fields_set", ()) else stated
    return scale == SCALE and getattr(way, "clip", "both") == "both"
