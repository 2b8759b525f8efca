"""Who a publication is for: what they may see, and from when. The team that runs the programme sees everything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE
from idtracker.model.marking import CLASSIFICATIONS, Marking
from idtracker.model.published.formats import PUBLISHED, FileFormat

OWNER_TITLE = "His Majesty's Government country team"


@dataclass(frozen=True, slots=True)
class Embargo:
    """Rows that an audience sees from an instant on: those that all three lists name, where a list that is empty names every row."""

    until: datetime
    sources: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    periods: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Audience:
    """The readers of one publication.

    `groups` are those of the programme that they belong to, their own first; None: they see every row, held ones too. `clearance` is the
    highest classification that they may see, `smallest_count` the fewest people that a number may tell them of, `delay` by how much they
    are behind. `tlp` is the Traffic Light Protocol 2.0 label that says what they may pass on, where the programme states one.
    `formats` are those in which the publication stands beside its tables; they change nothing of what may be seen.
    """

    id: str
    title: str
    groups: tuple[str, ...] | None = None
    clearance: str = CLASSIFICATIONS[-1]
    smallest_count: int = 0
    delay: timedelta = timedelta()
    embargoes: tuple[Embargo, ...] = field(default=())
    languages: tuple[str, ...] = ("en", "ar")
    tlp: str | None = None
    formats: tuple[FileFormat, ...] = PUBLISHED

    @property
    def is_owner(self) -> bool:
        return self.groups is None

    @property
    def sees_held_rows(self) -> bool:
        """Whether rows that wait for a correction are published for it: to the team whose reporting it is."""
        return self.is_owner

    def sees(self, marking: Marking) -> bool:
        """Whether a row of that marking may be shown: its classification is not above the clearance, and a group of theirs is named."""
        if self.groups is None:
            return True
        is_cleared = CLASSIFICATIONS.index(marking.classification) <= CLASSIFICATIONS.index(self.clearance)
        return is_cleared and not marking.groups.isdisjoint(self.groups)

    def shown(self, marking: Marking) -> Marking:
        """The marking as the audience reads it: of the groups, its own alone, the first always; whose else it may be is not said."""
        if self.groups is None:
            return marking
        return Marking(marking.classification, frozenset(self.groups[:1]) | marking.groups.intersection(self.groups))

    def embargoed(self, now: datetime) -> tuple[Embargo, ...]:
        """The embargoes that still hold; one whose instant has come does not."""
        return tuple(e for e in self.embargoes if now < e.until)

    def fingerprint(self, now: datetime) -> str:
        """Changes whenever other rows, or the same rows otherwise, may be shown."""
        content = (
            self.id,
            self.groups,
            self.clearance,
            self.smallest_count,
            self.delay,
            map(_embargo, self.embargoed(now)),
        )
        return hashlib.sha256(json.dumps([*content[:-1], list(content[-1])], default=str).encode()).hexdigest()[:12]


OWNER = Audience(DEFAULT_AUDIENCE, OWNER_TITLE)


def _embargo(one: Embargo) -> list[object]:
    return [one.until, *(sorted(names) for names in (one.sources, one.indicators, one.periods))]


def by_id(audiences: Iterable[Audience]) -> dict[str, Audience]:
    """Audiences by their identifier, the owner first."""
    return {one.id: one for one in sorted(audiences, key=lambda one: not one.is_owner)}


def audience_named(audiences: Mapping[str, Audience], audience_id: str) -> Audience:
    """The audience of that id; UsageError lists those that there are."""
    if audience_id not in audiences:
        raise UsageError(f"There is no audience `{audience_id}`. Known audiences: {', '.join(audiences)}.")
    return audiences[audience_id]
