"""The network as a picture: government on the left, everybody else on the right of an oval, lines between those that are tied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

from idtracker.publish.briefing.pages.joint_work.ties import KINDS, Picture
from idtracker.publish.briefing.pages.wording import short_name

_COLOURS = {"activity": "#00539f", "product": "#d95f0e", "rated": "#7b5ea7", "shared": "#777777"}
_DASHES = {"activity": [1, 0], "product": [6, 3], "rated": [2, 3], "shared": [1, 4]}
_ROW, _WIDTH, _EDGE = 24, 860, 2.2
_LONGEST = 34
"""Characters of a name that fit beside the oval."""
Point = tuple[float, float]
Spec = dict[str, Any]


def places_of(picture: Picture) -> dict[str, Point]:
    """Where each organisation stands: on its side of an oval in the order of the roster, evenly from top to bottom."""
    points: dict[str, Point] = {}
    for is_hmg, side in ((True, -1), (False, 1)):
        orgs = [member.org_id for member in picture.members if member.is_hmg is is_hmg]
        for n, org in enumerate(orgs):
            y = 0.0 if len(orgs) == 1 else 1 - 2 * n / (len(orgs) - 1)
            points[org] = (round(side * sqrt(1 - (0.92 * y) ** 2), 4), round(y, 4))
    return points


def network_spec(picture: Picture, name_of: Callable[[str], str], words: Mapping[str, str]) -> Spec:
    """The Vega-Lite specification. `words` has the kinds of ties, `ties`, `reports`, `came` and `missing`."""
    points = places_of(picture)
    rows = max(1, *(sum(m.is_hmg is side for m in picture.members) for side in (True, False)))
    nodes = [
        {
            "name": short_name(name_of(member.org_id), _LONGEST),
            "x": points[member.org_id][0],
            "y": points[member.org_id][1],
            "side": "left" if member.is_hmg else "right",
            "state": words["missing" if member.missing else "came"],
        }
        for member in picture.members
    ]
    lines = [
        {
            "x": points[pair.a][0], "y": points[pair.a][1], "x2": points[pair.b][0], "y2": points[pair.b][1],
            "kind": words[pair.kinds[0]],
        }
        for pair in sorted(picture.pairs, key=lambda pair: -KINDS.index(pair.kinds[0]))
    ]  # fmt: skip
    return {
        "width": _WIDTH,
        "height": max(180, _ROW * rows),
        "layer": [_lines(lines, words), _nodes(nodes, words), *(_names(nodes, side) for side in ("left", "right"))],
        "config": {"view": {"stroke": None}},
    }


def _lines(lines: list[Spec], words: Mapping[str, str]) -> Spec:
    labels = [words[kind] for kind in KINDS]
    colours, dashes = [_COLOURS[kind] for kind in KINDS], [_DASHES[kind] for kind in KINDS]
    legend = {"title": words["ties"], "orient": "bottom", "symbolType": "stroke", "labelLimit": 420, "columns": 1}
    return {
        "data": {"values": lines},
        "mark": {"type": "rule", "strokeWidth": 1.6, "opacity": 0.75},
        "encoding": _at()
        | {
            "x2": {"field": "x2"},
            "y2": {"field": "y2"},
            "color": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": labels, "range": colours},
                "legend": legend,
            },
            "strokeDash": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": labels, "range": dashes},
                "legend": legend,
            },
        },
    }


def _nodes(nodes: list[Spec], words: Mapping[str, str]) -> Spec:
    states = [words["came"], words["missing"]]
    legend = {
        "title": words["reports"],
        "orient": "bottom",
        "labelLimit": 420,
        "columns": 1,
        "symbolStrokeColor": "#333333",
    }
    return {
        "data": {"values": nodes},
        "mark": {"type": "point", "size": 110, "stroke": "#333333", "strokeWidth": 1.8, "opacity": 1},
        "encoding": _at()
        | {
            "fill": {
                "field": "state",
                "type": "nominal",
                "scale": {"domain": states, "range": ["#333333", "#ffffff"]},
                "legend": legend,
            }
        },
    }


def _names(nodes: list[Spec], side: str) -> Spec:
    return {
        "data": {"values": [node for node in nodes if node["side"] == side]},
        "mark": {
            "type": "text", "align": "right" if side == "left" else "left", "dx": -10 if side == "left" else 10,
            "baseline": "middle", "fontSize": 11, "color": "#222222",
        },
        "encoding": _at() | {"text": {"field": "name", "type": "nominal"}},
    }  # fmt: skip


def _at() -> Spec:
    """Where a mark stands, by its fields x and y; no axis is drawn."""
    return {
        "x": {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [-_EDGE, _EDGE]}},
        "y": {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [-1.05, 1.05]}},
    }
