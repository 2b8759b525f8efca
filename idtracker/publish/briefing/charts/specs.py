"""Vega-Lite specifications of scores with their intervals: over quarters, one place beside another, and as small multiples.

Rows are plain dictionaries; a missing score is None and leaves a gap. Time runs from left to right in both languages, as
clocks of charts do everywhere; what is not time, and where the names stand, is mirrored in Arabic. Colours are told apart by
readers who see no red or green, and never say alone what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from idtracker.model.messages import Lang

Row = Mapping[str, Any]
Spec = dict[str, Any]
INK, ACCENT, SHADE = "#1b1f24", "#1d5585", "#9cc3e0"
BAND_COLOURS = ("#7f2704", "#d95f0e", "#fdb36b", "#6baed6", "#08519c")
"""From the least to the most stable: orange to blue, which differ in lightness as well."""
NO_BAND = "#b8bcc0"
_MARGIN = 3.0


def interval_over_time(rows: Sequence[Row], width: int = 760, height: int = 220) -> Spec:
    """A line through `score` by `period` within its area from `low` to `high`; without words, so that it serves every language."""
    return {
        "width": width,
        "height": height,
        "data": {"values": [dict(row) for row in rows]},
        "layer": _interval_layers(_domain(rows)),
    }


def small_multiples(
    rows: Sequence[Row], order: Sequence[str], lang: Lang, columns: int = 4, width: int = 170, height: int = 90
) -> Spec:
    """A small `interval_over_time` for each `group`, all on one scale, in reading order."""
    periods = sorted({str(row["period"]) for row in rows})
    return {
        "data": {"values": [dict(row) for row in rows]},
        "columns": columns,
        "spacing": {"row": 14, "column": 34},
        "facet": {"field": "group", "type": "nominal", "sort": _reading_order(order, columns, lang), "title": None},
        "spec": {
            "width": width,
            "height": height,
            "layer": _interval_layers(_domain(rows), labels=[periods[0], periods[-1]] if periods else []),
        },
    }


def dots_with_intervals(
    rows: Sequence[Row], lang: Lang, title: str, bands: Sequence[str], width: int = 600, step: int = 26
) -> Spec:
    """A dot for each `name` at its `score`, its interval as a bar, coloured by `band`; in the order of the rows."""
    names = [str(row["name"]) for row in rows]
    y = {
        "field": "name", "type": "nominal", "sort": names, "title": None,
        "axis": {"orient": "right" if lang == "ar" else "left", "ticks": False, "domain": False},
    }  # fmt: skip
    scale = {"domain": _domain(rows), "nice": False, "zero": False, "reverse": lang == "ar"}
    x = {"field": "score", "type": "quantitative", "title": title, "scale": scale, "axis": {"tickCount": 8}}
    bar = {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y}
    return {
        "width": width,
        "height": {"step": step},
        "data": {"values": [dict(row) for row in rows]},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "color": "#c3cad1"}, "encoding": bar},
            {
                "mark": {"type": "point", "filled": True, "size": 120, "opacity": 1, "stroke": INK, "strokeWidth": 1},
                "encoding": {"x": x, "y": y, "color": band_colour(bands, lang)},
            },
        ],
    }


def rank_shares(rows: Sequence[Row], names: Sequence[str], lang: Lang, rank: str, share: str) -> Spec:
    """How often each `name` comes at each `rank` (1 first), as tiles whose darkness is the `share` from 0 to 1."""
    is_right = lang == "ar"
    ranks = sorted({int(row["rank"]) for row in rows})
    return {
        "width": {"step": 34},
        "height": {"step": 26},
        "data": {"values": [dict(row) for row in rows]},
        "mark": {"type": "rect", "stroke": "#ffffff"},
        "encoding": {
            "x": {
                "field": "rank", "type": "ordinal", "title": rank, "axis": {"orient": "top", "labelAngle": 0},
                "sort": list(reversed(ranks)) if is_right else ranks,
            },
            "y": {
                "field": "name", "type": "nominal", "sort": list(names), "title": None,
                "axis": {"orient": "right" if is_right else "left", "ticks": False, "domain": False},
            },
            "color": {
                "field": "share", "type": "quantitative", "title": share,
                "scale": {"domain": [0, 1], "range": ["#f3f6f9", "#08306b"]},
                "legend": {"orient": "bottom", "format": ".0%", "direction": "horizontal"},
            },
        },
    }  # fmt: skip


def band_colour(bands: Sequence[str], lang: Lang) -> Spec:
    """The colour of a band, with a legend in which the bands stand from the least to the most stable."""
    return {
        "field": "band",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(bands), "range": band_range(bands)},
        "legend": {"orient": "bottom", "direction": "horizontal", "symbolStrokeColor": INK, "symbolType": "circle"},
        "sort": list(bands),
    }


def band_range(bands: Sequence[str]) -> list[str]:
    """A colour for each band, spread over those there are; grey after the last for what has none."""
    if len(bands) <= 1:
        return [BAND_COLOURS[-1]] * len(bands)
    last = len(BAND_COLOURS) - 1
    return [BAND_COLOURS[round(n * last / (len(bands) - 1))] for n in range(len(bands))]


def _interval_layers(domain: Sequence[float], labels: Sequence[str] | None = None) -> list[Spec]:
    axis: Spec = {"labelAngle": 0, "title": None, "grid": False, "labelOverlap": "greedy", "labelSeparation": 12}
    if labels is not None:
        axis |= {"values": list(labels), "labelExpr": "slice(datum.value, 2)", "labelFontSize": 11}
    x = {"field": "period", "type": "ordinal", "axis": axis, "scale": {"padding": 0.3}}
    scale = {"domain": list(domain), "nice": False, "zero": False}
    y = {"type": "quantitative", "scale": scale, "title": None, "axis": {"tickCount": 5 if labels is None else 3}}
    return [
        {
            "mark": {"type": "area", "color": SHADE, "opacity": 0.55},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "mark": {
                "type": "line", "color": ACCENT, "strokeWidth": 2,
                "point": {"filled": True, "size": 34 if labels is None else 14, "color": ACCENT},
            },
            "encoding": {"x": x, "y": {**y, "field": "score"}},
        },
    ]  # fmt: skip


def _domain(rows: Sequence[Row]) -> list[float]:
    """From a little below the lowest bound to a little above the highest, in steps of five, never beyond 0 and 100 unless rows are."""
    values = [float(row[name]) for row in rows for name in ("low", "score", "high") if row.get(name) is not None]
    if not values:
        return [0.0, 100.0]
    lowest, highest = min(values), max(values)
    low, high = 5 * ((lowest - _MARGIN) // 5), -5 * (-(highest + _MARGIN) // 5)
    return [low if lowest < 0 else max(low, 0.0), high if highest > 100 else min(high, 100.0)]


def _reading_order(order: Sequence[str], columns: int, lang: Lang) -> list[str]:
    """As they stand in a grid that is filled from the left: in Arabic the first of a row comes last, so that it is at the right."""
    if lang != "ar":
        return list(order)
    rows = [list(order[start : start + columns]) for start in range(0, len(order), columns)]
    return [name for row in rows for name in reversed(row)]
