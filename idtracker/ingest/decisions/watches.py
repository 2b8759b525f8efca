"""Watches: who follows which figure of which audience, kept beside the ledger and never changed.

A later act about the same figure, audience and subscriber takes the place of an earlier one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from idtracker.ingest.decisions.signing import SignedDocuments, content_id
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.messages import Lang

_NAME = re.compile(r"[\w][\w .-]{0,59}")


@dataclass(frozen=True, slots=True)
class WatchAct:
    """One act: a subscriber (a role or team, no person's address) follows a figure, or no longer does; `lang` of what it gets."""

    figure: str
    audience: str
    subscriber: str
    action: Literal["added", "removed"]
    lang: Lang
    why: str
    acted_at: datetime

    @property
    def watch_id(self) -> str:
        return content_id(self)

    @property
    def about(self) -> tuple[str, str, str]:
        return self.audience, self.subscriber, self.figure


class Watches:
    """The watches of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        folder = home.landing / "ledger" / "_decisions" / "watches"
        self._documents = SignedDocuments(WatchAct, folder, "subscriber", "acted_at", until)

    def acts(self) -> list[WatchAct]:
        """Every act, in the order in which they were made."""
        return self._documents.all()

    def in_force(self, audience: str | None = None) -> list[WatchAct]:
        """What is followed, of one audience if named: by audience, subscriber and figure."""
        latest = {act.about: act for act in self.acts()}
        known = [act for _, act in sorted(latest.items()) if act.action == "added"]
        return [act for act in known if audience in (None, act.audience)]

    def add(self, act: WatchAct) -> None:
        """Keep an act and seal it. UsageError where the subscriber cannot be the name of a folder, or is a person's address."""
        if not _NAME.fullmatch(act.subscriber):
            raise UsageError(
                f"--by `{act.subscriber}`: write the name of a role or team, of letters, digits, blanks, points and hyphens."
            )
        self._documents.add(act)
