"""Waivers: decisions to let held rows through until a day, kept beside the ledger and never changed.

A later waiver about the same rows takes the place of an earlier one from the moment it is given; one whose last day has
passed already ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from idtracker.ingest.decisions.signing import SignedDocuments, content_id
from idtracker.model.home import Home

FOR_GOOD = date(2199, 12, 31)
"""Last day of a waiver that has no end."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One decision. `held_id` is empty where it is about every row of the submission that the rules alone hold."""

    source_id: str
    submission_id: str
    held_id: str
    rules: tuple[str, ...]
    given_by: str
    why: str
    given_at: datetime
    until_on: date

    @property
    def waiver_id(self) -> str:
        return content_id(self)

    @property
    def about(self) -> tuple[str, ...]:
        """What it is about; a later waiver about the same takes its place."""
        return (self.held_id,) if self.held_id else (self.submission_id, *self.rules)

    @property
    def ends_at(self) -> datetime:
        """The instant from which it is no longer in force: the end of its last day, UTC."""
        return datetime.combine(self.until_on + timedelta(days=1), time(), tzinfo=UTC)

    @property
    def text(self) -> str:
        """Who, why, until when and past which rules, in one line without `;`."""
        until = "for good" if self.until_on == FOR_GOOD else f"until {self.until_on.isoformat()}"
        text = f"{self.given_by}: {self.why} ({until}, past {', '.join(self.rules)})"
        return text.replace(";", ",")


class Waivers:
    """The waivers of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        self._root = home.landing / "ledger"
        self._until = until

    def of(self, source_id: str) -> list[Waiver]:
        """Waivers of a source in the order in which they were given."""
        return self._documents(source_id).all()

    def give(self, waiver: Waiver) -> None:
        """Keep a waiver. UsageError where the one who gives it is named by a person's address."""
        self._documents(waiver.source_id).add(waiver)

    def _documents(self, source_id: str) -> SignedDocuments[Waiver]:
        return SignedDocuments(Waiver, self._root / source_id / "waivers", "given_by", "given_at", self._until)
