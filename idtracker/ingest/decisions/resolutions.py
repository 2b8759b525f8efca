"""Resolutions: decisions about what became of a question that was judged, kept beside the ledger and never changed.

A later decision about the same question takes the place of an earlier one from the moment it is made; one without an
outcome leaves the question as the reports have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from idtracker.ingest.decisions.signing import SignedDocuments, content_id
from idtracker.model.home import Home


@dataclass(frozen=True, slots=True)
class Resolution:
    """One decision: 100 or 0 for a likelihood that came about or not, else the value of the quantity; by whom and why."""

    question_id: str
    subject: str
    outcome: float | None
    resolved_on: date
    decided_by: str
    why: str
    decided_at: datetime

    @property
    def resolution_id(self) -> str:
        return content_id(self)


class Resolutions:
    """The resolutions of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        folder = home.landing / "ledger" / "_decisions" / "questions"
        self._documents = SignedDocuments(Resolution, folder, "decided_by", "decided_at", until)

    def all(self) -> list[Resolution]:
        """Every decision, in the order in which they were made."""
        return self._documents.all()

    def add(self, decision: Resolution) -> None:
        """Keep a decision. UsageError where it names no role or no reason."""
        self._documents.add(decision)
