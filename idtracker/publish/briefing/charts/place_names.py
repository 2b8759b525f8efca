"""Where the names of places stand on a map, so that none covers another: neighbours that are small would share one spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import atan, exp, log, pi, radians, tan

Point = tuple[float, float]
"""Longitude and latitude in degrees."""

FONT_SIZE = 11
_HEIGHT = FONT_SIZE + 2
_LETTER = 0.58 * FONT_SIZE  # the width of a letter on average; a name is given rather more than it takes
_ROUNDS = 200
_MAPS_END = 85.0  # degrees north and south


def names_apart(
    points: Mapping[str, Point], names: Mapping[str, str], extent: Sequence[float], width: int, height: int
) -> dict[str, Point]:
    """The points of the names, moved up or down where names would overlap, by no more than that takes.

    `extent` (west, south, east, north in degrees) is drawn in Mercator's projection on `width` by `height` pixels.
    """
    west, south, east, north = extent
    spans = radians(east - west), _mercator(north) - _mercator(south)
    if min(spans) <= 0:  # a point or a line has no scale
        return dict(points)
    scale = min(width / spans[0], height / spans[1])
    across = {place: radians(lon) * scale for place, (lon, _) in points.items()}
    up = {place: _mercator(lat) * scale for place, (_, lat) in points.items()}
    wide = {place: _LETTER * len(names.get(place) or "") for place in points}
    moved = _moved_apart(up, across, wide)
    return {
        place: (lon, _latitude(moved[place] / scale) if moved[place] != up[place] else lat)
        for place, (lon, lat) in points.items()
    }


def _moved_apart(up: Mapping[str, float], across: Mapping[str, float], wide: Mapping[str, float]) -> dict[str, float]:
    """Heights in pixels at which no two names overlap; each pair is moved apart by the same distance, the higher one up."""
    moved = dict(up)
    beside = [(a, b) for a, b in combinations(sorted(up), 2) if abs(across[a] - across[b]) < (wide[a] + wide[b]) / 2]
    for _ in range(_ROUNDS):
        close = [(a, b) for a, b in beside if abs(moved[a] - moved[b]) < _HEIGHT - 1e-6]
        for first, second in close:
            low, high = sorted((first, second), key=lambda place: (moved[place], place))
            step = max(_HEIGHT - (moved[high] - moved[low]), 0.0) / 2
            moved[low], moved[high] = moved[low] - step, moved[high] + step
        if not close:
            break
    return moved


def _mercator(latitude: float) -> float:
    """Height in radians of the equator; the poles, which have none, stand where maps end."""
    return log(tan(pi / 4 + radians(min(max(latitude, -_MAPS_END), _MAPS_END)) / 2))


def _latitude(height: float) -> float:
    return (2 * atan(exp(height)) - pi / 2) * 180 / pi
