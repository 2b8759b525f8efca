"""Geometries of boundaries as GeoJSON has them (RFC 7946): whether one can be drawn, and its rings in the standard's order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from idtracker.publish.extras import extra_module

Geometry = dict[str, Any]
"""A GeoJSON geometry: `type` and `coordinates`, longitude before latitude, in degrees of WGS 84."""
Box = tuple[float, float, float, float]
"""West, south, east, north."""
DRAWN = ("Polygon", "MultiPolygon", "Point", "MultiPoint")
"""Types of geometry that stand for a place; a line is the border between two and no place."""


def bounds_of(geometry: Mapping[str, Any]) -> Box | None:
    """The box around a geometry; None where its coordinates are not pairs of finite numbers."""
    points = _points(geometry.get("coordinates"))
    if not points:
        return None
    return min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)


def is_in_degrees(box: Box) -> bool:
    """Whether a box lies within longitudes and latitudes."""
    west, south, east, north = box
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def do_meet(one: Box, other: Box) -> bool:
    """Whether two boxes have a point in common."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def what_is_broken(geometry: Mapping[str, Any]) -> str | None:
    """Why a geometry cannot be drawn, in the words of GEOS (`Self-intersection[35.9 31.9]`); None where it can. Needs shapely."""
    shapely = extra_module("shapely", "geo")
    try:
        shape = shapely.from_geojson(json.dumps(geometry, allow_nan=False))
    except (shapely.GEOSException, ValueError) as problem:
        return str(problem).splitlines()[0]
    if shape.is_empty:
        return "Empty geometry"
    return None if shape.is_valid else str(shapely.is_valid_reason(shape))


def oriented(geometry: Mapping[str, Any]) -> Geometry:
    """The same geometry in two dimensions, its outer rings counterclockwise and its inner ones clockwise (RFC 7946)."""
    kind, coordinates = str(geometry["type"]), geometry["coordinates"]
    if kind == "Polygon":
        coordinates = _polygon(coordinates)
    elif kind == "MultiPolygon":
        coordinates = [_polygon(part) for part in coordinates]
    else:
        coordinates = list(coordinates[:2]) if kind == "Point" else [list(point[:2]) for point in coordinates]
    return {"type": kind, "coordinates": coordinates}


def _polygon(rings: Sequence[Any]) -> list[list[list[float]]]:
    return [_ring([list(point[:2]) for point in ring], number == 0) for number, ring in enumerate(rings)]


def _ring(ring: list[list[float]], is_outer: bool) -> list[list[float]]:
    doubled_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    return ring if (doubled_area > 0) == is_outer else ring[::-1]


def _points(coordinates: object) -> list[tuple[float, float]]:
    """Every position; nothing where one of them is none."""
    if not isinstance(coordinates, list | tuple) or not coordinates:
        return []
    if not isinstance(coordinates[0], list | tuple):
        numbers = [c for c in coordinates[:2] if isinstance(c, int | float) and not isinstance(c, bool) and isfinite(c)]
        return [(float(numbers[0]), float(numbers[1]))] if len(numbers) == 2 else []
    parts = [_points(part) for part in coordinates]
    return [point for part in parts for point in part] if all(parts) else []
