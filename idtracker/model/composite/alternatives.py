"""Other choices of a method that were as reasonable: draws take each as often as the stated one.

Nothing here changes a score. One entry is one decision: everything that it names makes the same choice in a draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from idtracker.model.composite.normalisation import Normalisation
from idtracker.model.composite.preparation import Transform, Treatment
from idtracker.model.composite.values import Code, Direction, Number, Positive, Range, Strict
from idtracker.model.methods.aggregations import Aggregation

SPREAD = 0.2


class NormalisationChoice(Strict):
    """Another way onto the same scale. Whatever it does not state is as the indicator has it. A bare word means the method."""

    normalise: Normalisation | None = None
    """How the indicator comes onto the scale instead; as it does where only a transformation or treatment is another."""
    transform: Transform | None = None
    """A fixed function before it; `none` where the indicator has one and this choice shall not."""
    treatment: Treatment | None = None
    """Against outliers; `none` where the indicator has one and this choice shall not."""
    direction: Direction | None = None
    """1: more raises the index; -1: more lowers it. To be stated where the indicator leaves it to the register."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"normalise": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_what_is_other(self) -> NormalisationChoice:
        stated = self.model_fields_set
        if self.normalise is None and ("normalise" in stated or not stated & {"transform", "treatment"}):
            raise ValueError(
                "say what is other: `normalise`, or `transform` or `treatment` (`none`: without what the indicator has)"
            )
        return self


class OtherNormalisations(Strict):
    """One decision about how indicators come onto the scale."""

    of: tuple[Code, ...] = ()
    """Indicators, or nodes for every indicator below them; all indicators where nobody says."""
    choices: tuple[NormalisationChoice, ...] = Field(min_length=1)
    """What was as reasonable as what is stated."""


class AggregationChoice(Strict):
    """Another aggregation of a node, with what it needs. A bare word means the aggregation."""

    aggregation: Aggregation
    """How the children become one value instead."""
    exponent: Number | None = None
    """Exponent of `power`."""
    sign: Direction | None = None
    """Of `mazziotta_pareto`: -1 where more is better, 1 where more is worse."""
    ddof: Annotated[int, Field(ge=0, le=1)] | None = None
    """Of `mazziotta_pareto`: 0 takes the standard deviation over all children, 1 that of a sample."""
    floor: Positive | None = None
    """Children below it count as it."""
    component_scale: Range | None = None
    """Of `inform_geometric`: the scale of the children."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"aggregation": value} if isinstance(value, str) else value


class OtherAggregations(Strict):
    """One decision about how nodes are aggregated; it takes the place of the other mean that draws try unasked."""

    of: tuple[Code, ...] = ()
    """Nodes; every node where neither they nor a level are named."""
    level: Annotated[int, Field(ge=1)] | None = None
    """Every node of a level: 1 is the root."""
    choices: tuple[AggregationChoice, ...]
    """What was as reasonable as what is stated; none, where nothing else was."""


class WeightSet(Strict):
    """A set of weights that somebody else would have given."""

    label: str = Field(min_length=1)
    """Whose it is, or why."""
    weights: Mapping[Code, Mapping[Code, Annotated[Number, Field(ge=0)]]] = Field(min_length=1)
    """Node -> child -> weight, every child of the node; nodes that are not named keep what is stated."""


class OtherWeights(Strict):
    """How far weights could have been others."""

    spread: Annotated[Number, Field(ge=0, le=0.5)] = SPREAD
    """Standard deviation of a drawn weight as share of it, among children of equal weight; 0: the weights are certain."""
    sets: tuple[WeightSet, ...] = ()
    """Other sets, each as likely as the stated weights; a draw takes one set for all nodes."""


class Alternatives(Strict):
    """What was as reasonable as what the file states. It changes no score: draws of `method uncertainty` take it in turns."""

    normalisation: tuple[OtherNormalisations, ...] = ()
    """Other ways of indicators onto the scale."""
    aggregation: tuple[OtherAggregations, ...] = ()
    """Other aggregations of nodes."""
    weights: OtherWeights = OtherWeights()
    """Other weights."""
