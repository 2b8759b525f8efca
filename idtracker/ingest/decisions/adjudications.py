"""Adjudications: decisions about the value of one cell, kept beside the ledger and never changed.

A later decision about the same cell takes the place of an earlier one from the moment it is made; one without a value
leaves the cell undecided again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from idtracker.ingest.decisions.signing import SignedDocuments, content_id
from idtracker.model.home import Home


@dataclass(frozen=True, slots=True)
class Adjudication:
    """One decision: what the value of an indicator, place and quarter is (in the indicator's unit), by whom and why."""

    indicator_id: str
    place_id: str
    period: str
    value: float | None
    standard_error: float | None
    decided_by: str
    why: str
    decided_at: datetime

    @property
    def adjudication_id(self) -> str:
        return content_id(self)

    @property
    def cell(self) -> tuple[str, str, str]:
        return self.indicator_id, self.place_id, self.period


class Adjudications:
    """The decisions of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        folder = home.landing / "ledger" / "_decisions" / "cells"
        self._documents = SignedDocuments(Adjudication, folder, "decided_by", "decided_at", until)

    def all(self) -> list[Adjudication]:
        """Every decision, in the order in which they were made."""
        return self._documents.all()

    def in_force(self) -> dict[tuple[str, str, str], Adjudication]:
        """The decision in force about each decided cell."""
        latest = {decision.cell: decision for decision in self.all()}
        return {cell: decision for cell, decision in latest.items() if decision.value is not None}

    def add(self, decision: Adjudication) -> None:
        """Keep a decision. UsageError where it names no role or no reason."""
        self._documents.add(decision)
