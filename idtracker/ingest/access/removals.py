"""Days of the log of access that were removed: who did it and why is an act on the record, sealed before a line goes.

The act names each day with what the document that closed it says: number of lines, last link, SHA-256. A day whose lines are gone
without such an act is missing, however old it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from idtracker.ingest.access.log import FOLDER as ACCESS
from idtracker.ingest.access.log import AccessLog
from idtracker.ingest.decisions.signing import SignedDocuments, content_id
from idtracker.model.errors import UsageError
from idtracker.model.home import Home

FOLDER = "removals"


@dataclass(frozen=True, slots=True)
class AccessRemoval:
    """One act: days (`day`, `lines`, `link`, `sha256`) removed by a role for a reason; each was kept for `kept_days` at least."""

    days: tuple[Mapping[str, Any], ...]
    kept_days: int
    given_by: str
    why: str
    given_at: datetime

    @property
    def act_id(self) -> str:
        return content_id(self)

    @property
    def lines(self) -> int:
        """How many lines were removed."""
        return sum(int(day["lines"]) for day in self.days)

    def may_remove(self, closing: Mapping[str, Any]) -> bool:
        """Whether the day that a document closed is one of these, as it was closed, and was old enough."""
        day = described_day(closing)
        return day in [dict(one) for one in self.days] and _oldest(self.given_at, self.kept_days) > str(day["day"])


class AccessRemovals:
    """The removals of one home, as they stood at `until` or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        folder = home.landing / "ledger" / ACCESS / FOLDER
        self._documents = SignedDocuments(AccessRemoval, folder, "given_by", "given_at", until)

    def acts(self) -> list[AccessRemoval]:
        """Every act in the order in which they were made. IdtrackerError where one is damaged."""
        return self._documents.all()

    def give(self, act: AccessRemoval) -> None:
        """Keep an act and seal it. UsageError where it is not signed."""
        self._documents.add(act)


def remove_days(home: Home, before: date, kept_days: int, *, by: str, why: str, at: datetime) -> AccessRemoval:
    """Remove the closed days before one: the act, which is sealed first, so that an interruption leaves lines rather than none said.

    UsageError, and nothing is removed, where `before` is nearer than `kept_days`, no closed day is before it, a day before it is still
    open, or one of them is not as it was closed.
    """
    oldest = _oldest(at, kept_days)
    if before.isoformat() > oldest:
        raise UsageError(
            f"Lines of the log of access are kept for {kept_days} days (`audit_days` in programme.yml): "
            f"nothing from {oldest} on may be removed yet."
        )
    log = AccessLog(home)
    with log.turn():
        days = [path for path in log.files() if path.stem < before.isoformat()]
        if not days:
            raise UsageError(f"The log of access has no day before {before}.")
        still_open = [path.stem for path in days if log.closing_of(path.stem) is None]
        if still_open:
            raise UsageError(
                f"{still_open[0]} is still open: it is closed by the first access of a later day. Name that day or an earlier one."
            )
        faults = [f"{name}: {fault}" for name, fault in log.faults() if name in {path.name for path in days}]
        if faults:
            raise UsageError(
                f"{faults[0]}. What is not as it was closed is not removed; `idtracker verify` tells more."
            )
        closings = [log.closing_of(path.stem) or {} for path in days]
        act = AccessRemoval(tuple(map(described_day, closings)), kept_days, by, why, at)
        AccessRemovals(home).give(act)
        for path in days:
            path.unlink()
    return act


def missing_days(home: Home) -> tuple[list[str], list[str]]:
    """Days whose lines are gone: those that an act names, and those that none does. IdtrackerError where an act is damaged."""
    log, acts = AccessLog(home), AccessRemovals(home).acts()
    gone = {day: log.closing_of(day) or {} for day in log.removed()}
    named = [day for day, closing in gone.items() if any(act.may_remove(closing) for act in acts)]
    return named, [day for day in gone if day not in named]


def described_day(closing: Mapping[str, Any]) -> dict[str, Any]:
    """What an act says of a day, from the document that closed it."""
    return {name: closing.get(name) for name in ("day", "lines", "link", "sha256")}


def _oldest(at: datetime, kept_days: int) -> str:
    """The first day that must still be there."""
    return f"{at.astimezone(UTC) - timedelta(days=kept_days):%Y-%m-%d}"
