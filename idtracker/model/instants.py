"""Instants as the store keeps them, and as the ledger does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def naive_utc(instant: object) -> pd.Timestamp:
    """An instant as the store keeps it: UTC without a zone."""
    import pandas as pd

    stamp = pd.Timestamp(instant)  # type: ignore[arg-type]
    return stamp.tz_convert("UTC").tz_localize(None) if stamp.tzinfo else stamp


def aware_utc(instant: datetime) -> datetime:
    """An instant as the ledger keeps it: with its zone, UTC; one without a zone is UTC already."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def next_second(at: datetime) -> datetime:
    """The first whole second that is not before an instant. An act keeps all of its instant: the second it is in would be before it."""
    return at if not at.microsecond else at.replace(microsecond=0) + timedelta(seconds=1)


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant; without an offset it is UTC. The result is UTC. ValueError, OverflowError where it is none."""
    return aware_utc(datetime.fromisoformat(text.replace("Z", "+00:00")))
