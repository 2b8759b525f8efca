"""What a proposal is: two identifiers, a score, and what speaks for and against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MatchKind = Literal["organisation", "activity"]
LEAST = 0.8
CERTAIN = 1.0
NEARLY = 0.999  # no sum of likenesses is as good as the same identifier


@dataclass(frozen=True, slots=True)
class Reason:
    """What one field says: likeness 0-1, the log odds it adds, in which way it is alike, and the texts compared."""

    field: str
    likeness: float
    weight: float
    way: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two identifiers that may stand for one thing, `left_id` < `right_id`; `score` is a probability, 0 to 1.

    The names are those by which each is known first; the reasons show the forms that were compared.
    """

    kind: MatchKind
    left_id: str
    right_id: str
    score: float
    why: tuple[Reason, ...]
    left_name: str
    right_name: str
    left_sources: tuple[str, ...]
    right_sources: tuple[str, ...]


def best_first(proposal: Proposal) -> tuple[float, str, str]:
    """The order of proposals: by score, then by identifiers."""
    return -proposal.score, proposal.left_id, proposal.right_id
