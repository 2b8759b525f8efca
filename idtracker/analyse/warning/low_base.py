"""Counts too small to speak of a change: the low-base guard of the ACLED change map (source: domain notes, ref33c, secondary).

If the mean of the baseline is at most 2 and the latest count at most 5, the class is "limited change" whatever the ratio:
one death after none, or three after one, says nothing about where violence is heading.
"""

from __future__ import annotations

from collections.abc import Sequence

BASELINE_AT_MOST, LATEST_AT_MOST = 2.0, 5.0


def is_limited_change(baseline: Sequence[float], latest: float) -> bool:
    """Whether a count is too small to have changed from the quarters before it (none known: the mean counts as 0)."""
    mean = sum(baseline) / len(baseline) if baseline else 0.0
    return mean <= BASELINE_AT_MOST and latest <= LATEST_AT_MOST


def counts_events(derived_from: str | None, unit: str | None) -> bool:
    """Whether an indicator counts events or what they did, by its definition or its unit."""
    return (derived_from or "").startswith("event") or (unit or "").strip().lower() in ("event", "events", "fatalities")
