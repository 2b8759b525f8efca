"""Rows of one place after the other, read for some places at a time: what is behind every score never lies in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from idtracker.publish.briefing.source import PublishedRows
from idtracker.store.tables import quoted

PLACES_AT_ONCE = 50


class RowsByPlace:
    """The rows of a query for one place; asked in the order of `places`, each row is read once.

    `select` gets a condition on `place_id` and gives a query whose rows have that column and say their order.
    """

    def __init__(self, source: PublishedRows, places: Sequence[str], select: Callable[[str], str]) -> None:
        self._source, self._places, self._select = source, places, select
        self._positions = {place: number for number, place in enumerate(places)}
        self._block: dict[str, list[dict[str, Any]]] = {}

    def of(self, place: str) -> list[dict[str, Any]]:
        """The rows of a place, in the order of the query; a place that was not announced is read alone."""
        if place not in self._block:
            first = self._positions.get(place)
            block = [place] if first is None else self._places[first : first + PLACES_AT_ONCE]
            self._block = {one: [] for one in block}
            for row in self._source.read(self._select(f"place_id IN ({', '.join(map(quoted, block))})")):
                self._block[row["place_id"]].append(row)
        return self._block[place]
