"""What is drawn from, as plain data: a tree, the values of its leaves, their errors, and the other reasonable choices.

Any method can be put so: adapters make it of the tracker's tables and of index files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from idtracker.model.composite.node import NodeRules

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

WEIGHT_SPREAD = 0.2
ERRORS = ("measurement", "disagreement", "carried")
"""Inputs that are errors of values."""
VARIANTS = ("imputation", "normalisation")
"""Inputs that are choices between several values of the leaves."""
METHOD = ("weights", "aggregation")
"""Inputs that are choices above the leaves."""
INPUTS = (*ERRORS, *VARIANTS, *METHOD)


@dataclass(frozen=True, slots=True)
class Way:
    """How drawn values of a leaf come onto the scale of its node; both are draws (or one) by places."""

    label: str
    onto: Callable[[Numbers], Numbers]
    ends: tuple[float, float] | None = None
    """Where drawn values are held before; a value that is beyond them as stated is undefined."""
    reason: str = ""
    """Why it is not defined, where the data say so."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node. `forms` are the aggregations that were reasonable, the stated one first; where it has one child, which is its value, that alone."""

    code: str
    children: tuple[str, ...]
    weights: tuple[float, ...]
    forms: tuple[str, ...]
    floors: Mapping[str, float] = field(default_factory=dict)
    """Aggregation -> children below it count as it."""
    limits: tuple[float, float] | None = None
    """Values beyond them count as the limit."""
    has_weights: bool = True
    """Whether other weights were reasonable too."""
    rules: NodeRules = field(default_factory=NodeRules)
    """What aggregations other than the two means need."""
    others: Mapping[str, NodeRules] = field(default_factory=dict)
    """Name of another aggregation -> its rules, where they are more than that name."""
    other_weights: tuple[tuple[float, ...], ...] = ()
    """Other sets of weights, as likely as the stated one; one draw chooses the set of all nodes."""
    spread: float = WEIGHT_SPREAD
    """Standard deviation of a drawn weight as share of it, for children of equal weight."""
    finish: Callable[[Numbers], Numbers] | None = None
    """What is done to the aggregated values, draws by places."""
    weigh: Callable[[Sequence[Numbers]], Numbers] | None = None
    """Weights that follow from the children (draws by places each): draws by places by children, in place of `weights`."""

    def __post_init__(self) -> None:
        if len(self.children) == 1:
            object.__setattr__(self, "forms", self.forms[:1])


@dataclass(frozen=True, slots=True)
class Errors:
    """Standard errors of one kind, places by leaves, 0 where there is none. Equal names stand for one and the same error."""

    size: Numbers
    name: npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Problem:
    """One round of one method. Places and leaves stand in the order of their codes; not-a-number is a missing value."""

    method: str
    period: str
    places: tuple[str, ...]
    leaves: tuple[str, ...]
    values: Numbers
    """Places by leaves, before limits."""
    nodes: tuple[Node, ...]
    """Children before their parents, the root last."""
    covered: Mapping[str, Flags]
    """Node -> places in which enough of it is there."""
    limits: tuple[float, float] | None = None
    """Of the leaves: values beyond them count as the limit."""
    errors: Mapping[str, tuple[Errors, ...]] = field(default_factory=dict)
    """Input -> independent parts of it, which are added."""
    variants: Mapping[str, tuple[Numbers, ...]] = field(default_factory=dict)
    """Other values of the leaves under another reasonable choice, each like `values`."""
    ways: Mapping[str, tuple[Way, ...]] = field(default_factory=dict)
    """Leaf whose values are not on the scale yet -> how they come onto it: as stated, then as was reasonable too."""
    donors: Mapping[str, Mapping[int, Numbers]] = field(default_factory=dict)
    """Leaf -> place -> values, in their order, of which each could as well stand where one was imputed."""
    late_donors: Mapping[str, Mapping[int, tuple[int, ...]]] = field(default_factory=dict)
    """Leaf that is filled on the scale -> place -> the places whose value on the scale could as well stand there."""
    shared: Mapping[str, str] = field(default_factory=dict)
    """Leaf or node -> name of the choice that it makes together with others; its own code where nobody says."""
    set_labels: tuple[str, ...] = ()
    """Names of the other sets of weights."""
    ranked_within: npt.NDArray[np.object_] | None = None
    """What each place is ranked with; all with each other where nobody says."""
    is_high_first: bool = True
    not_varied: Mapping[str, str] = field(default_factory=dict)
    """Input, or a part of one, -> why the adapter could not vary it."""

    def varied(self) -> tuple[str, ...]:
        """Inputs of which there is something to draw."""
        told = {name for name, parts in self.errors.items() if any((part.size > 0).any() for part in parts)}
        told |= {name for name, others in self.variants.items() if others}
        told |= {"imputation"} if self.donors or self.late_donors else set()
        told |= {"normalisation"} if any(len(ways) > 1 for ways in self.ways.values()) else set()
        told |= {"weights"} if any(weights_vary(node) for node in self.nodes) else set()
        told |= {"aggregation"} if any(len(set(node.forms)) > 1 for node in self.nodes) else set()
        return tuple(name for name in INPUTS if name in told)

    def why_not(self) -> dict[str, str]:
        """Input that could not be varied -> why."""
        varied = self.varied()
        told = {name: self.not_varied.get(name, _WHY[name]) for name in INPUTS if name not in varied}
        return told | {name: why for name, why in self.not_varied.items() if name not in INPUTS}


def weights_vary(node: Node) -> bool:
    """Whether there is anything to draw about a node's weights."""
    several = sum(weight > 0 for weight in node.weights) > 1
    return node.has_weights and ((several and node.spread > 0) or bool(node.other_weights))


_WHY = {
    "measurement": "no value has an error of its own",
    "disagreement": "no value rests on several reports",
    "carried": "no value is carried forward",
    "imputation": "nothing is imputed, or the method names no other way",
    "normalisation": "the method names no other normalisation",
    "weights": "no node has several children with a weight that could be another",
    "aggregation": "no node has an aggregation that has an alternative",
}
