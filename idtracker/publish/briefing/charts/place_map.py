"""The map of places by band; where no boundaries are known, the places as dots with their intervals, the highest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from idtracker.model.messages import Lang
from idtracker.publish.briefing.charts.specs import NO_BAND, Spec, band_colour, band_range, dots_with_intervals

Geometries = Mapping[str, Mapping[str, Any]]
"""GeoJSON geometry of a place (degrees, WGS 84) by its identifier."""


def map_of(
    places: Sequence[str], values: Mapping[str, Mapping[str, Any]], lang: Lang, title: str, bands: Sequence[str],
    geometries: Geometries | None = None,
) -> Spec:  # fmt: skip
    """Places coloured by the `band` of their values (name, score, low, high, band), drawn where every one has a geometry.

    A map that leaves a place out would say that it is not there: with one missing, dots are drawn instead.
    """
    if geometries and all(place in geometries for place in places):
        return _drawn(places, values, lang, bands, geometries)
    rows = [dict(values[place]) for place in places if values[place].get("score") is not None]
    rows.sort(key=lambda row: (-row["score"], row["name"]))
    return dots_with_intervals(rows, lang, title, bands)


def _drawn(
    places: Sequence[str], values: Mapping[str, Mapping[str, Any]], lang: Lang, bands: Sequence[str], geometries: Geometries
) -> Spec:  # fmt: skip
    features = [
        {
            "type": "Feature",
            "geometry": dict(geometries[place]),
            **{k: values[place].get(k) for k in ("name", "band", "score")},
        }
        for place in places
    ]
    colour = band_colour(bands, lang)
    colour = {
        "condition": {"test": "isValid(datum.band)", **{k: v for k, v in colour.items() if k != "sort"}},
        "value": NO_BAND,
    }
    return {
        "width": 480,
        "height": 460,
        "projection": {"type": "mercator"},
        "data": {"values": features, "format": {"type": "json"}},
        "mark": {"type": "geoshape", "stroke": "#ffffff", "strokeWidth": 1.2},
        "encoding": {"color": colour},
        "config": {"range": {"category": band_range(bands)}},
    }
