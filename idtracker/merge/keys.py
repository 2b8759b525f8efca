"""What names a report and a cell. Further key columns stand in front: with them many merges are made at once."""

from __future__ import annotations

from collections.abc import Sequence

Also = Sequence[str]


def cell_key(also: Also) -> list[str]:
    """Columns that name a cell."""
    return [*also, "indicator_id", "place_id", "quarter"]


def report_key(also: Also) -> list[str]:
    """Columns that name a report; the origin of an organisation's own word is an empty text."""
    return [*cell_key(also), "org", "origin"]
