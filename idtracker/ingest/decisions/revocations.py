"""Revoked acts: decisions that a withdrawal or an overruled marking holds no longer, kept beside the ledger and never changed.

Waivers and adjudications are ended by a later one about the same; these acts have no later one, so that they are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from idtracker.ingest.decisions.signing import SignedDocuments
from idtracker.model.home import Home


@dataclass(frozen=True, slots=True)
class Revocation:
    """One decision: from `given_at` on the act is as if it had not been; before, everything stays as it was known."""

    source_id: str
    act_id: str
    given_by: str
    why: str
    given_at: datetime


class Revocations:
    """The revocations of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        self._root = home.landing / "ledger"
        self._until = until

    def of(self, source_id: str) -> dict[str, Revocation]:
        """The revocations of acts of a source by the act; the first one counts."""
        return {given.act_id: given for given in reversed(self._documents(source_id).all())}

    def give(self, revocation: Revocation) -> None:
        """Keep a revocation. UsageError where it names no role or no reason."""
        self._documents(revocation.source_id).add(revocation)

    def _documents(self, source_id: str) -> SignedDocuments[Revocation]:
        return SignedDocuments(Revocation, self._root / source_id / "revocations", "given_by", "given_at", self._until)
