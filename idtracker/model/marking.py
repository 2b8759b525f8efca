"""The marking of a row: its classification and the groups that may see it; and of what is made from several rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce

CLASSIFICATIONS = ("OFFICIAL", "OFFICIAL-SENSITIVE")
"""From the lowest to the highest."""
ORIGINATOR = "ORIGINATOR"
"""Stands for whoever marked the row, in place of a group."""


@dataclass(frozen=True, slots=True)
class Marking:
    """A classification and the groups that may see what is marked; no group: nobody but whoever marked it."""

    classification: str
    groups: frozenset[str]

    @property
    def releasable_to(self) -> str | None:
        """The groups in one text, `;` between, sorted; None where there is none."""
        return ";".join(sorted(self.groups)) or None

    def with_other(self, other: Marking) -> Marking:
        """High-water mark of two classifications, and the groups of both."""
        if self == other:
            return self
        higher = max(self.classification, other.classification, key=CLASSIFICATIONS.index)
        return Marking(higher, self.groups & other.groups)

    @property
    def columns(self) -> dict[str, str | None]:
        """As the columns of a table."""
        return {"classification": self.classification, "releasable_to": self.releasable_to}


HIGHEST = Marking(CLASSIFICATIONS[-1], frozenset())
"""Of what nobody has marked yet: the highest classification, for nobody."""


@cache
def marking_of(classification: str | None, releasable_to: str | None) -> Marking:
    """The marking that two columns of a row state. A classification that is not known counts as the highest."""
    known = classification if classification in CLASSIFICATIONS else CLASSIFICATIONS[-1]
    entries = (entry.strip() for entry in (releasable_to or "").split(";"))
    return Marking(known, frozenset(entry for entry in entries if entry))


def united(markings: Iterable[Marking]) -> Marking | None:
    """High-water mark of the classifications and the groups that all share; None of nothing."""
    each = iter(markings)
    first = next(each, None)
    return None if first is None else reduce(Marking.with_other, each, first)
