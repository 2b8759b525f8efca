"""Waivers: decisions to let held rows through until a day, kept beside the ledger and never changed.

A later waiver about the same rows takes the place of an earlier one from the moment it is given; one whose last day has
passed already ends it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from idtracker.ingest.decisions.signing import require_reason
from idtracker.ingest.landing.ledger import parse_instant
from idtracker.model.files import write_json
from idtracker.model.home import Settings


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
        content = asdict(self) | {"given_at": self.given_at.isoformat(), "until_on": self.until_on.isoformat()}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

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
        said = f"{self.given_by}: {self.why} (until {self.until_on.isoformat()}, past {', '.join(self.rules)})"
        return said.replace(";", ",")


class Waivers:
    """The waivers of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, settings: Settings, until: datetime | None = None) -> None:
        self._root = settings.landing / "ledger"
        self._until = until

    def of(self, source_id: str) -> list[Waiver]:
        """Waivers of a source in the order in which they were given."""
        found = []
        for path in sorted((self._root / source_id / "waivers").glob("*.json")):
            kept = json.loads(path.read_text("utf-8"))
            waiver = Waiver(
                **{k: kept[k] for k in ("source_id", "submission_id", "held_id", "given_by", "why")},
                rules=tuple(kept["rules"]),
                given_at=parse_instant(kept["given_at"]),
                until_on=date.fromisoformat(kept["until_on"]),
            )
            if self._until is None or waiver.given_at <= self._until:
                found.append(waiver)
        return sorted(found, key=lambda w: (w.given_at, w.waiver_id))

    def give(self, waiver: Waiver) -> None:
        """Keep a waiver. UsageError where the one who gives it is named by a person's address."""
        require_reason(waiver.given_by, waiver.why)
        path = self._root / waiver.source_id / "waivers" / f"{waiver.waiver_id}.json"
        write_json(path, asdict(waiver) | {"rules": list(waiver.rules), "until_on": waiver.until_on.isoformat()})
