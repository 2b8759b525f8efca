"""Markings and provenance of what is made from several rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .given import Row

TIERS = ["OFFICIAL", "OFFICIAL-SENSITIVE"]


def entries(text: str | None) -> set[str]:
    return {e.strip() for e in (text or "").split(";") if e.strip()}


def listed(found: Iterable[str]) -> str | None:
    return ";".join(sorted(set(found))) or None


def united(texts: Iterable[str | None]) -> str | None:
    return listed(e for text in texts for e in entries(text))


def shared(texts: Iterable[str | None]) -> str | None:
    """Entries that every text has."""
    lists = [entries(text) for text in texts]
    return listed(set.intersection(*lists)) if lists else None


def highest(markings: Iterable[str | None]) -> str:
    """The strictest; one that is not known counts as the strictest."""
    return max((m if m in TIERS else TIERS[-1] for m in markings), key=TIERS.index)


def marked(rows: list[Row]) -> dict[str, Any]:
    """Marking and knowledge time of what is made from rows."""
    return {
        "classification": highest(r["classification"] for r in rows),
        "handling": united(r["handling"] for r in rows),
        "releasable_to": shared(r["releasable_to"] for r in rows),
        "recorded_from": max(r["recorded_from"] for r in rows),
    }
