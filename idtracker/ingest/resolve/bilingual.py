"""Cells that say one thing twice: in two languages, or by name and code ('Taizz / تعز', 'المفرق (JO-MA)', '2 - Implementation')."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from idtracker.model.text import clean, fold

_BETWEEN = re.compile(
    r"\s*[/|()\[\]\n؛;]+\s*|\s+[-–—:]\s+|(?<=[A-Za-z0-9])\s+(?=[\u0600-\u06ff])|(?<=[\u0600-\u06ff])\s+(?=[A-Za-z])"
)
_LONGEST = 200
T = TypeVar("T")


def agreed(text: str, find: Callable[[str], T]) -> T | None:
    """What every side of a cell means, where it has several that differ in writing and each is known; None otherwise.

    Each side must be found by itself, exactly as a cell of its own would be: nothing is guessed from one side alone.
    """
    sides = sides_of(text)
    if len(sides) < 2:
        return None
    results = [find(side) for side in sides]
    return results[0] if results[0] and all(other == results[0] for other in results) else None


def sides_of(text: str) -> list[str]:
    """The different texts of a cell, each in its first writing."""
    if len(text) > _LONGEST:
        return []
    pieces = (clean(piece) for piece in _BETWEEN.split(text) if piece)
    return list({fold(piece): piece for piece in pieces if fold(piece)}.values())
