"""Adjudications: decisions about the value of one cell, kept beside the ledger and never changed.

A later decision about the same cell takes the place of an earlier one from the moment it is made; one without a value
leaves the cell undecided again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from idtracker.ingest.decisions.signing import require_reason
from idtracker.ingest.landing.ledger import parse_instant
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import write_json
from idtracker.model.home import Settings


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
        content = asdict(self) | {"decided_at": self.decided_at.isoformat()}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def cell(self) -> tuple[str, str, str]:
        return self.indicator_id, self.place_id, self.period


class Adjudications:
    """The decisions of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, settings: Settings, until: datetime | None = None) -> None:
        self._root = settings.landing / "ledger" / "_decisions" / "cells"
        self._until = until

    def all(self) -> list[Adjudication]:
        """Every decision, in the order in which they were made."""
        found = []
        for path in sorted(self._root.glob("*.json")):
            try:
                kept = json.loads(path.read_text("utf-8"))
                made = Adjudication(**kept | {"decided_at": parse_instant(kept["decided_at"])})
            except (ValueError, TypeError, KeyError, AttributeError) as problem:
                raise IdtrackerError(
                    f"{path}: the decision is damaged ({problem}); restore it from a backup"
                ) from problem
            if self._until is None or made.decided_at <= self._until:
                found.append(made)
        return sorted(found, key=lambda a: (a.decided_at, a.adjudication_id))

    def in_force(self) -> dict[tuple[str, str, str], Adjudication]:
        """The decision in force about each decided cell."""
        latest = {made.cell: made for made in self.all()}
        return {cell: made for cell, made in latest.items() if made.value is not None}

    def add(self, made: Adjudication) -> None:
        """Keep a decision. UsageError where it names no role or no reason."""
        require_reason(made.decided_by, made.why)
        write_json(self._root / f"{made.adjudication_id}.json", asdict(made))
