"""Overruled markings: decisions that a file refused for a protective marking carries none, kept beside the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from idtracker.ingest.decisions.revocations import Revocations
from idtracker.ingest.decisions.signing import SignedDocuments, content_id
from idtracker.model.home import Home


@dataclass(frozen=True, slots=True)
class Overrule:
    """One decision about one file, which its hash names: who says that `marking` was taken for one wrongly, and why."""

    source_id: str
    sha256: str
    marking: str
    given_by: str
    why: str
    given_at: datetime

    @property
    def overrule_id(self) -> str:
        return content_id(self)


class Overrules:
    """The overruled markings of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        self._home, self._root = home, home.landing / "ledger"
        self._until = until

    def of(self, source_id: str) -> list[Overrule]:
        """Decisions about files of a source in the order in which they were made."""
        return self._documents(source_id).all()

    def in_force(self, source_id: str) -> list[Overrule]:
        """Decisions about files of a source that were not revoked."""
        revoked, known = Revocations(self._home, self._until).of(source_id), self.of(source_id)
        ended = [(d.sha256, revoked[d.overrule_id].given_at) for d in known if d.overrule_id in revoked]
        return [d for d in known if not any(sha256 == d.sha256 and at >= d.given_at for sha256, at in ended)]

    def cover(self, source_id: str, sha256: str) -> bool:
        """Whether the file of that hash may be taken in by the source, whatever was taken for a marking in it."""
        return any(decision.sha256 == sha256 for decision in self.in_force(source_id))

    def give(self, decision: Overrule) -> None:
        """Keep a decision. UsageError where the one who makes it is named by a person's address."""
        self._documents(decision.source_id).add(decision)

    def _documents(self, source_id: str) -> SignedDocuments[Overrule]:
        return SignedDocuments(Overrule, self._root / source_id / "overrules", "given_by", "given_at", self._until)
