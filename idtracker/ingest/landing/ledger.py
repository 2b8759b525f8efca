"""The ledger: one small JSON document per received, refused or withdrawn file. Append-only; the truth about arrivals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from idtracker.ingest.landing.precedence import by_precedence
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import write_json
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc


class Ledger:
    """Receipts of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        self._root = home.landing / "ledger"
        self._until = until

    def _path(self, source_id: str, submission_id: str, kind: str = "") -> Path:
        return self._root / source_id / f"{submission_id}{kind}.json"

    def has(self, source_id: str, submission_id: str) -> bool:
        return self._path(source_id, submission_id).exists()

    def add(self, receipt: Receipt) -> None:
        """Write a receipt; a receipt that exists is left as it is."""
        path = self._path(receipt.source_id, receipt.submission_id)
        if not path.exists():
            write_json(path, {k: v for k, v in asdict(receipt).items() if not k.startswith("withdrawn")})

    def withdraw(self, source_id: str, submission_id: str, *, at: datetime, by: str, why: str) -> None:
        """Record a withdrawal; the first one counts."""
        if not self.has(source_id, submission_id):
            raise IdtrackerError(
                f"{source_id}: no submission {submission_id} to withdraw; `idtracker status` lists them"
            )
        path = self._path(source_id, submission_id, ".withdrawn")
        if not path.exists():
            write_json(path, {"withdrawn_at": at, "withdrawn_by": by, "withdrawn_why": why})

    def receipts(self, source_id: str) -> list[Receipt]:
        """Receipts of a source, weakest claim first."""
        return by_precedence(self._read(source_id))

    def _read(self, source_id: str) -> Iterator[Receipt]:
        for path in sorted((self._root / source_id).glob("*.json")):
            if path.name.endswith(".withdrawn.json"):
                continue
            receipt = self.receipt(source_id, path.stem)
            if self._until is None or receipt.received_at <= self._until:
                yield receipt

    def receipt(self, source_id: str, submission_id: str) -> Receipt:
        """One receipt, with its withdrawal; IdtrackerError where it is damaged."""
        receipt = Receipt(**_load(self._path(source_id, submission_id)))
        withdrawn = self._path(source_id, submission_id, ".withdrawn")
        if withdrawn.exists():
            notice = _load(withdrawn)
            if self._until is None or notice["withdrawn_at"] <= self._until:
                return replace(receipt, **notice)
        return receipt

    def sources(self) -> list[str]:
        """Sources that ever received a file."""
        return sorted(p.name for p in self._root.glob("[!_]*") if p.is_dir())


def _load(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
        return {k: parse_instant(v) if k.endswith("_at") and v else v for k, v in document.items()}
    except (ValueError, TypeError, AttributeError) as problem:
        raise IdtrackerError(f"{path}: the receipt is damaged ({problem}); restore it from a backup") from problem


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant; without an offset it is UTC. The result is UTC."""
    return aware_utc(datetime.fromisoformat(text.replace("Z", "+00:00")))
