"""The map of places by band; where no boundaries are known, the places as dots with their intervals, the highest first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from idtracker.model.messages import Lang
from idtracker.publish.briefing.charts.place_names import FONT_SIZE, names_apart
from idtracker.publish.briefing.charts.specs import NO_BAND, Spec, band_colour, dots_with_intervals
from idtracker.publish.geography.geometry import Box, bounds_of
from idtracker.publish.manifest import BOUNDARIES

Geometry = Mapping[str, Any]
Geometries = Mapping[str, Geometry]
"""GeoJSON geometry of a place (degrees, WGS 84) by its identifier."""

MOST_NAMES = 40
"""On a map of more places their names would only cover each other."""
WIDTH, HEIGHT = 560, 540
"""Of a drawn map, in pixels."""


def published_boundaries(folder: Path | None, lang: Lang) -> tuple[dict[str, Geometry], list[str]]:
    """Place -> geometry as its publication has it, and what has to be printed beside a map of them; nothing where it has none."""
    path = None if folder is None else folder / BOUNDARIES
    loaded: Any = json.loads(path.read_bytes()) if path is not None and path.is_file() else {}
    features: dict[str, Geometry] = {
        str(f["properties"]["place_id"]): dict(f["geometry"]) for f in loaded.get("features", ())
    }
    return features, [str(entry[lang]) for entry in loaded.get("attributions", ())]


def map_of(
    places: Sequence[str], values: Mapping[str, Mapping[str, Any]], lang: Lang, title: str, bands: Sequence[str],
    geometries: Geometries | None = None,
) -> Spec:  # fmt: skip
    """Places coloured by the `band` of their values (name, score, low, high, band), drawn where every one has a geometry.

    A map that leaves a place out would say that it is not there: with one missing, dots are drawn instead.
    """
    if has_all(places, geometries):
        return _drawn(places, values, lang, bands, geometries or {})
    rows = [dict(values[place]) for place in places if values[place].get("score") is not None]
    rows.sort(key=lambda row: (-row["score"], row["name"]))
    return dots_with_intervals(rows, lang, title, bands)


def has_all(places: Sequence[str], geometries: Geometries | None) -> bool:
    """Whether every place can be drawn."""
    return bool(geometries) and all(place in (geometries or {}) for place in places)


def _drawn(
    places: Sequence[str], values: Mapping[str, Mapping[str, Any]], lang: Lang, bands: Sequence[str], geometries: Geometries
) -> Spec:  # fmt: skip
    features = [
        {
            "type": "Feature",
            "geometry": wound(geometries[place]),
            **{k: values[place].get(k) for k in ("name", "band", "score")},
        }
        for place in places
    ]
    colour = band_colour(bands, lang)
    legend = {**colour["legend"], "symbolType": "square"}
    colour = {"condition": {**colour, "test": "isValid(datum.band)", "legend": legend}, "value": NO_BAND}
    labels = _labels(places, values, geometries)
    where = {
        "longitude": {"field": "lon", "type": "quantitative"},
        "latitude": {"field": "lat", "type": "quantitative"},
    }
    text = {"type": "text", "fontSize": FONT_SIZE, "clip": False}
    halo = {**text, "stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.85}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "projection": {"type": "mercator"},
        "layer": [
            {
                "data": {"values": features, "format": {"type": "json"}},
                "mark": {"type": "geoshape", "stroke": "#ffffff", "strokeWidth": 1.2},
                "encoding": {"color": colour},
            },
            *(
                {"data": {"values": labels}, "mark": mark, "encoding": {**where, "text": {"field": "name"}}}
                for mark in (halo, {**text, "color": "#1b1f24"})
            ),
        ],
    }


def _labels(
    places: Sequence[str], values: Mapping[str, Mapping[str, Any]], geometries: Geometries
) -> list[dict[str, Any]]:
    """Where the name of each place stands, in degrees; none where there are too many places."""
    named = places if len(places) <= MOST_NAMES else ()
    names = {place: str(values[place].get("name") or "") for place in named}
    points = {place: label_point(geometries[place]) for place in named}
    apart = names_apart(points, names, _extent([geometries[place] for place in places]), WIDTH, HEIGHT)
    return [{"lon": lon, "lat": lat, "name": values[place].get("name")} for place, (lon, lat) in apart.items()]


def wound(geometry: Geometry) -> dict[str, Any]:
    """A polygon whose outer rings run clockwise, as drawing on a sphere wants them, and its holes the other way round."""
    kind, rings = geometry["type"], geometry.get("coordinates", ())
    if kind == "Polygon":
        return {"type": kind, "coordinates": _wound(rings)}
    if kind == "MultiPolygon":
        return {"type": kind, "coordinates": [_wound(polygon) for polygon in rings]}
    return dict(geometry)


def label_point(geometry: Geometry) -> tuple[float, float]:
    """Where the name of a place stands, in degrees: in the middle of the widest stretch at the height of the centre of its largest part.

    A place that is known by points has it at the first of them.
    """
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind in ("Point", "MultiPoint"):
        longitude, latitude, *_ = coordinates if kind == "Point" else coordinates[0]
        return longitude, latitude
    polygons = [coordinates] if kind == "Polygon" else coordinates
    largest = max(polygons, key=lambda rings: abs(_area(rings[0])))
    centre = _centre(largest[0])
    latitude = centre[1]
    crossings = sorted(
        x1 + (latitude - y1) / (y2 - y1) * (x2 - x1)
        for ring in largest
        for (x1, y1, *_), (x2, y2, *_) in pairwise(ring)
        if (y1 <= latitude) != (y2 <= latitude)
    )
    if not crossings:  # it has no height
        return centre
    west, east = max(zip(crossings[::2], crossings[1::2], strict=True), key=lambda pair: pair[1] - pair[0])
    return (west + east) / 2, latitude


def _extent(geometries: Sequence[Geometry]) -> Box:
    """The box around all geometries, in degrees."""
    west, south, east, north = zip(*filter(None, map(bounds_of, geometries)), strict=True)
    return min(west), min(south), max(east), max(north)


def _centre(ring: Sequence[Sequence[float]]) -> tuple[float, float]:
    """The centre of the area within a ring; of one without area the mean of its corners."""
    twice = _area(ring)
    if not twice:
        return sum(x for x, *_ in ring) / len(ring), sum(y for _, y, *_ in ring) / len(ring)
    parts = [(x1 + x2, y1 + y2, x1 * y2 - x2 * y1) for (x1, y1, *_), (x2, y2, *_) in pairwise(ring)]
    return sum(x * a for x, _, a in parts) / (3 * twice), sum(y * a for _, y, a in parts) / (3 * twice)


def _wound(rings: Sequence[Any]) -> list[Any]:
    return [list(ring) if (_area(ring) < 0) == (n == 0) else list(reversed(ring)) for n, ring in enumerate(rings)]


def _area(ring: Sequence[Sequence[float]]) -> float:
    """Twice the signed area in degrees squared: above nothing where the ring runs counterclockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1, *_), (x2, y2, *_) in pairwise(ring))
