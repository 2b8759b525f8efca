"""Things that belong together through pairs: organisations that follow one another, identifiers judged the same."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from idtracker.model.frames import records


def successor_chains(organisation: pd.DataFrame) -> dict[str, str]:
    """Organisation -> the smallest of those that it follows or is followed by, near or far."""
    joined = [(a, b) for a, b in records(organisation, "org_id", "successor_org_id") if b]
    return connected_components(joined)


def connected_components(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Member -> smallest member of its group, where each pair stands in one group."""
    above: dict[str, str] = {}

    def top(member: str) -> str:
        while above.setdefault(member, member) != member:
            member = above[member]
        return member

    for left, right in pairs:
        low, high = sorted((top(left), top(right)))
        above[high] = low
    return {member: top(member) for member in sorted(above)}
