"""Every aggregation that a method may name, declared once: its words, its weights, where it may be used, what it is compared with.

Node rules, two-level methods, checks of definitions, draws, changes and explanations follow from it. The function of each one
stands in idtracker/analyse/composite/aggregation.py under the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is true of an aggregation, whoever uses it."""

    words: str
    """In plain words, as `method show` prints it."""
    is_mean: bool = False
    """Whether a sentence calls it by its name and `mean`."""
    weights: Literal["shares", "factors", "precisions", "votes", "none"] = "shares"
    """What the weights of the children are. Only shares and votes add up to 1; other sets of shares and of factors can be drawn."""
    child_count: int | None = None
    """How many children it needs, where not any number will do."""
    needs_all: bool = False
    """Whether it has no value where a child is missing, whatever the coverage."""
    is_comparable: bool = False
    """Whether it ends on the scale of the children, so that another one can be held against it."""
    is_on_the_scale: bool = False
    """Whether of values from 0 to 100, high being good, it ends on the same scale: what a tree must keep to score the tracker."""
    compared_with: str | None = None
    """The aggregation whose value stands beside its own (`score_alternative`); every one on the scale has one."""
    is_drawn: bool = False
    """Whether draws try the one it is compared with unasked, as just as reasonable."""
    is_two_level: bool = False
    """Whether a two-level method may name it. Its function must then be a mean of transformed values (`Transformed`)."""
    is_floored: bool = False
    """Whether a two-level method's `floor` holds: children below it count as it, for a mean that zero would end."""
    parts: Literal["points", "factors"] | None = None
    """How it falls into parts: points that add up to it, or factors whose product it is; None where it does not."""


AGGREGATIONS = {
    "arithmetic": Declaration(
        words="arithmetic mean", is_mean=True, is_comparable=True, is_on_the_scale=True, compared_with="geometric",
        is_drawn=True, is_two_level=True, parts="points",
    ),
    "sum": Declaration(words="sum", weights="factors"),
    "geometric": Declaration(
        words="geometric mean", is_mean=True, is_comparable=True, is_on_the_scale=True, compared_with="arithmetic",
        is_drawn=True, is_two_level=True, is_floored=True, parts="factors",
    ),
    "harmonic": Declaration(
        words="harmonic mean", is_mean=True, is_comparable=True, is_on_the_scale=True, compared_with="arithmetic"
    ),
    "power": Declaration(
        words="generalised mean", is_mean=True, is_comparable=True, is_on_the_scale=True, compared_with="arithmetic"
    ),
    "product": Declaration(words="product of powers", weights="factors", needs_all=True),
    "mazziotta_pareto": Declaration(
        words="Mazziotta-Pareto mean", is_comparable=True, is_on_the_scale=True, compared_with="arithmetic"
    ),
    "inform_geometric": Declaration(words="mean in which a bad component dominates (INFORM)", is_comparable=True),
    "minimum": Declaration(
        words="worst component: the minimum", weights="none", is_comparable=True, is_on_the_scale=True,
        compared_with="arithmetic",
    ),
    "maximum": Declaration(
        words="maximum", weights="none", is_comparable=True, is_on_the_scale=True, compared_with="arithmetic"
    ),
    "median": Declaration(
        words="median", weights="none", is_comparable=True, is_on_the_scale=True, compared_with="arithmetic"
    ),
    "copeland": Declaration(words="Copeland's score: units beaten less units lost to", weights="votes", needs_all=True),
    "principal_component": Declaration(words="first principal component", weights="none", needs_all=True),
    "unobserved_components": Declaration(words="unobserved components model", weights="precisions"),
    "ratio": Declaration(
        words="first child divided by the second", weights="none", needs_all=True, child_count=2
    ),
    "difference": Declaration(
        words="first child less the second", weights="none", needs_all=True, child_count=2
    ),
}  # fmt: skip
"""Name -> declaration, in the order in which names are listed."""

TWO_LEVEL = tuple(name for name, one in AGGREGATIONS.items() if one.is_two_level)
ON_THE_SCALE = tuple(name for name, one in AGGREGATIONS.items() if one.is_on_the_scale)
COMPARABLE = tuple(name for name, one in AGGREGATIONS.items() if one.is_comparable)
DRAWN = tuple(name for name, one in AGGREGATIONS.items() if one.is_drawn)
FLOORED = tuple(name for name, one in AGGREGATIONS.items() if one.is_floored)
NEEDS_ALL = tuple(name for name, one in AGGREGATIONS.items() if one.needs_all)
WITHOUT_WEIGHTS = tuple(name for name, one in AGGREGATIONS.items() if one.weights == "none")
"""Aggregations in which no weight counts."""
AS_STATED = tuple(name for name, one in AGGREGATIONS.items() if one.weights in ("factors", "precisions"))
"""Aggregations whose weights need no sum; without stated weights each is 1."""
WITHOUT_SETS = tuple(name for name, one in AGGREGATIONS.items() if one.weights not in ("shares", "factors"))
"""Aggregations whose weights are not drawn."""
WEIGHTED = tuple(name for name, one in AGGREGATIONS.items() if one.weights not in ("votes", "none"))
"""Aggregations in which a child without weight is as good as absent."""

if TYPE_CHECKING:
    Aggregation = str
    TwoLevelAggregation = str
else:  # the names that a definition may state
    Aggregation = Literal[tuple(AGGREGATIONS)]
    TwoLevelAggregation = Literal[TWO_LEVEL]


def declared(name: str) -> Declaration:
    """What is declared of an aggregation; ValueError where there is none of that name."""
    if name not in AGGREGATIONS:
        raise ValueError(f"there is no aggregation `{name}`: use one of {', '.join(AGGREGATIONS)}")
    return AGGREGATIONS[name]


def compared_with(name: str) -> str:
    """The aggregation that one is compared with; ValueError where it has none, as what it gives is on another scale."""
    other = declared(name).compared_with
    if other is None:
        raise ValueError(f"nothing is compared with the aggregation `{name}`, which does not stay on the scale")
    return other
