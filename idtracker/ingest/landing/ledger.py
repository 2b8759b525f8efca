"""The ledger: one small JSON document per received, refused or withdrawn file. Append-only; the truth about arrivals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from idtracker.ingest.decisions.revocations import Revocations
from idtracker.ingest.decisions.signing import require_signed
from idtracker.ingest.landing.precedence import by_precedence
from idtracker.ingest.landing.receipt import Receipt, as_clocked
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import write_json
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant

WITHDRAWN = ".withdrawn.json"
_DERIVED = ("withdrawn_at", "withdrawn_by", "withdrawn_why", "absences")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One withdrawal of a submission, and when it was revoked, if it was."""

    act_id: str
    withdrawn_at: datetime
    withdrawn_by: str
    withdrawn_why: str
    revoked_at: datetime | None = None


class Ledger:
    """Receipts of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        self._home, self._root = home, home.landing / "ledger"
        self._until = until

    def _path(self, source_id: str, submission_id: str) -> Path:
        return self._root / source_id / f"{submission_id}.json"

    def has(self, source_id: str, submission_id: str) -> bool:
        return self._path(source_id, submission_id).exists()

    def add(self, receipt: Receipt) -> None:
        """Write a receipt; a receipt that exists is left as it is."""
        path = self._path(receipt.source_id, receipt.submission_id)
        if not path.exists():
            write_json(path, {k: v for k, v in asdict(receipt).items() if k not in _DERIVED})

    def withdraw(self, source_id: str, submission_id: str, *, at: datetime, by: str, why: str) -> None:
        """Record a withdrawal; of several that are not revoked the first one counts. UsageError where it is not signed."""
        require_signed(by, why)
        if not self.has(source_id, submission_id):
            raise IdtrackerError(
                f"{source_id}: no submission {submission_id} to withdraw; `idtracker status` lists them"
            )
        earlier = Ledger(self._home).withdrawals(source_id, submission_id)
        if all(withdrawal.revoked_at is not None for withdrawal in earlier):
            at = max([at, *(w.revoked_at for w in earlier if w.revoked_at is not None)])
            document = {"withdrawn_at": at, "withdrawn_by": by, "withdrawn_why": why}
            write_json(self._withdrawn(source_id, submission_id, len(earlier)), document)

    def _withdrawn(self, source_id: str, submission_id: str, number: int) -> Path:
        """Where the withdrawal lies that has `number` before it."""
        return self._root / source_id / f"{submission_id}{f'.{number + 1}' if number else ''}{WITHDRAWN}"

    def withdrawals(self, source_id: str, submission_id: str) -> list[Withdrawal]:
        """Every withdrawal of a submission, in order."""
        known: list[Withdrawal] = []
        while (path := self._withdrawn(source_id, submission_id, len(known))).exists():
            notice = Withdrawal(act_id(source_id, path), **_load(path))
            if self._until is not None and notice.withdrawn_at > self._until:
                break
            revoked = Revocations(self._home, self._until).of(source_id).get(notice.act_id)
            ended = max(revoked.given_at, notice.withdrawn_at) if revoked else None
            known.append(replace(notice, revoked_at=ended))
        return known

    def receipts(self, source_id: str) -> list[Receipt]:
        """Receipts of a source, weakest claim first."""
        known = as_clocked(self._read(source_id))
        return by_precedence(r for r in known if self._until is None or r.received_at <= self._until)

    def _read(self, source_id: str) -> Iterator[Receipt]:
        for path in sorted((self._root / source_id).glob("*.json")):
            if not path.name.endswith(WITHDRAWN):
                yield self.receipt(source_id, path.stem)

    def receipt(self, source_id: str, submission_id: str) -> Receipt:
        """One receipt as it is written, with its withdrawals; IdtrackerError where it is damaged."""
        receipt = Receipt(**_load(self._path(source_id, submission_id)))
        withdrawals = self.withdrawals(source_id, submission_id)
        receipt = replace(
            receipt, absences=tuple((w.withdrawn_at, w.revoked_at) for w in withdrawals if w.revoked_at is not None)
        )
        for last in (w for w in withdrawals[-1:] if w.revoked_at is None):
            return replace(
                receipt,
                withdrawn_at=last.withdrawn_at,
                withdrawn_by=last.withdrawn_by,
                withdrawn_why=last.withdrawn_why,
            )
        return receipt

    def sources(self) -> list[str]:
        """Sources that ever received a file."""
        return sorted(p.name for p in self._root.glob("[!_]*") if p.is_dir())


def act_id(source_id: str, path: Path) -> str:
    """The name of a withdrawal as an act: it stands for its place in the ledger."""
    return hashlib.sha256(f"{source_id}/{path.name}".encode()).hexdigest()[:12]


def _load(path: Path) -> dict[str, Any]:
    try:
        return _parsed(path.read_bytes())
    except (ValueError, TypeError, AttributeError) as problem:
        raise IdtrackerError(f"{path}: the receipt is damaged ({problem}); restore it from a backup") from problem


@lru_cache(maxsize=1 << 14)
def _parsed(content: bytes) -> dict[str, Any]:
    """What a document of the ledger holds: each is read many times in a run, and parsed once."""
    return {k: parse_instant(v) if k.endswith("_at") and v else v for k, v in json.loads(content).items()}
