"""One node of the tree, and the rules that a node, a level or the whole index may state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from idtracker.model.composite.normalisation import Normalisation
from idtracker.model.composite.preparation import Transform
from idtracker.model.composite.values import Code, Direction, Number, Positive, Range, Rounding, Share, Strict
from idtracker.model.methods.aggregations import Aggregation

Weights = Literal["add_up_to_1", "relative", "equal", "principal_component", "inverse_standard_deviation"]
FROM_DATA = ("principal_component", "inverse_standard_deviation")


class Coverage(Strict):
    """How much must be present before a node has a value. A bare number is a share of the weight."""

    share: Share = 2 / 3
    """Share that must be present."""
    of: Literal["weight", "children", "indicators"] = "weight"
    """The share is that of the children's weight, of the children, or of all indicators below the node."""
    at_least: Annotated[int, Field(ge=1)] = 1
    """So many children must be present in any case."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return value if isinstance(value, Mapping) else {"share": value}


class WorstComponent(Strict):
    """However good the others are: the node is no more than a margin better than its worst child."""

    margin: Annotated[Number, Field(ge=0)]
    """Points between the worst child and the best value that the node may have."""
    worst: Literal["low", "high"] = "low"
    """low: the lowest child is the worst; high: the highest, as in an index of risk."""


class NodeRules(Strict):
    """What a node does with its children. What it does not state it takes from its level, then from `defaults`."""

    aggregation: Aggregation | None = None
    """How the children become one value; arithmetic where nobody says."""
    exponent: Number | None = None
    """Exponent of `power`: 1 is the arithmetic mean, -1 the harmonic one."""
    sign: Direction | None = None
    """Of `mazziotta_pareto`: -1 (default) where more is better, so that imbalance costs points; 1 where more is worse."""
    ddof: Literal[0, 1] | None = None
    """Of `mazziotta_pareto`: 0 (default) takes the standard deviation over all children, 1 that of a sample."""
    weights: Weights | None = None
    """add_up_to_1 (default): stated weights must; relative: any sum; equal; or from the data by the method named."""
    floor: Positive | None = None
    """Children below it count as it, for means that zero would end."""
    component_scale: Range | None = None
    """Of `inform_geometric`: the scale of the children, [0, 10] where nobody says; its upper end is the bad one."""
    worst_component: WorstComponent | None = None
    """Holds the value near the worst child."""
    coverage: Coverage | None = None
    """How much must be present; 2/3 of the weight where nobody says."""
    transform: Transform | None = None
    """A fixed function of the node's value, such as a square root, before it is normalised."""
    normalise: Normalisation | None = None
    """What is done to the node's own value, such as min_max over the units or 1 - x."""
    direction: Direction | None = None
    """-1 where more of the node's raw value is worse: `normalise` turns it round."""
    round: Rounding | None = None
    """Rounding of the node's value, before its parent reads it."""


def _named(value: Any) -> Any:
    """A bare word among children is the code of an indicator, or of a node under `nodes`."""
    return {"code": value} if isinstance(value, str) else value


class Node(NodeRules):
    """A node with its children; among children also the mere code of one, or its code and weight."""

    code: Code
    """Short name: the heading of its column in the result."""
    label: str = ""
    """Name for readers."""
    note: str = ""
    """What else a reader should know."""
    weight: Annotated[Number, Field(ge=0)] | None = None
    """Its weight in its parent."""
    children: tuple[Child, ...] | None = None
    """Nodes, or codes of indicators."""

    @property
    def is_reference(self) -> bool:
        """Whether it only names an indicator, or a node that is defined elsewhere."""
        return self.children is None


Child = Annotated[Node, BeforeValidator(_named, json_schema_input_type=Node | str)]
Node.model_rebuild()
