"""Charts of the briefing: the same picture for the same specification, gaps where nothing is known, mirrored in Arabic."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from shapely.geometry import Point, shape

from idtracker.publish.briefing.charts import draw, specs
from idtracker.publish.briefing.charts.draw import Drawer
from idtracker.publish.briefing.charts.place_map import MOST_NAMES, label_point, map_of, wound
from idtracker.publish.briefing.charts.place_names import names_apart

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    {"period": "2026-Q1", "score": 50.0, "low": 48.0, "high": 52.0},
    {"period": "2026-Q2", "score": None, "low": None, "high": None},
    {"period": "2026-Q3", "score": 60.0, "low": 55.0, "high": 63.0},
]
BANDS = ["very fragile", "fragile", "at risk", "fairly stable", "stable"]
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]}


def places(**scores: float | None) -> dict[str, dict[str, Any]]:
    return {
        place: {"name": place, "score": s, "low": s, "high": s, "band": None if s is None else "at risk"}
        for place, s in scores.items()
    }


def test_a_picture_is_drawn_once_and_named_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    converted = draw._converted
    monkeypatch.setattr(draw, "_converted", lambda spec: asked.append(spec) or converted(spec))
    drawer, spec = Drawer(), specs.interval_over_time(ROWS)
    first, second = (drawer.svg(spec, "alt", name) for name in ("chart1", "chart2"))
    assert len(asked) == 1
    assert str(first).replace("chart1", "chart2") == str(second)
    assert str(Drawer().svg(spec, "alt", "chart1")) == str(first)
    assert "http" not in str(first).replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_words_of_a_picture_are_text_and_are_escaped() -> None:
    hostile = '</text><script>window.hostile = 1</script> "x" onload="1"'
    rows = [{"name": name, "score": 50.0, "low": 48.0, "high": 52.0, "band": "at risk"} for name in (hostile, "عمّان")]
    root = ElementTree.fromstring(str(Drawer().svg(specs.dots_with_intervals(rows, "ar", "t", BANDS), hostile, "c")))
    assert root.get("role") == "img"
    assert (root[0].tag, root[0].text, root.get("aria-labelledby")) == (f"{SVG}title", hostile, root[0].get("id"))
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "g", "path", "line", "text", "rect")
    }
    assert "عمّان" in {element.text for element in root.iter(f"{SVG}text")}


def test_a_quarter_without_a_score_is_a_gap() -> None:
    """A line through three quarters has two ends only where nothing is missing between them."""

    def pieces(rows: list[dict[str, Any]]) -> int:
        root = ElementTree.fromstring(str(Drawer().svg(specs.interval_over_time(rows), "a", "c")))
        lines = [p for p in root.iter(f"{SVG}path") if p.get("stroke") == specs.ACCENT and p.get("stroke-width") == "2"]
        assert lines
        return sum((p.get("d") or "").count("M") for p in lines if "A" not in (p.get("d") or ""))

    assert pieces(ROWS) == 2
    assert pieces([ROWS[0], {**ROWS[0], "period": "2026-Q2"}, ROWS[2]]) == 1


def test_scales_hold_every_interval_and_nothing_outside_of_the_scale() -> None:
    spec = specs.interval_over_time([{"period": "a", "score": 98.0, "low": 1.0, "high": 99.5}])
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0.0, 100.0]
    assert specs.interval_over_time(ROWS)["layer"][0]["encoding"]["y"]["scale"]["domain"] == [45.0, 70.0]
    assert specs.interval_over_time(ROWS[1:2])["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0.0, 100.0]


def test_what_is_not_time_is_mirrored_in_arabic() -> None:
    names = [f"p{n}" for n in range(5)]
    rows = [{**row, "group": name} for name in names for row in ROWS]
    english, arabic = (specs.small_multiples(rows, names, lang, columns=3) for lang in ("en", "ar"))
    assert english["facet"]["sort"] == ["p0", "p1", "p2", "p3", "p4"]
    assert arabic["facet"]["sort"] == ["p2", "p1", "p0", "p4", "p3"]
    assert english["spec"] == arabic["spec"]
    dots = [
        specs.dots_with_intervals([{"name": "a", **ROWS[0], "band": "stable"}], lang, "t", BANDS)
        for lang in ("en", "ar")
    ]
    assert [dot["layer"][1]["encoding"]["x"]["scale"]["reverse"] for dot in dots] == [False, True]
    assert [dot["layer"][1]["encoding"]["y"]["axis"]["orient"] for dot in dots] == ["left", "right"]


def test_a_map_is_drawn_only_where_no_place_is_left_out() -> None:
    values = places(A=50.0, B=None, C=60.0)
    drawn = map_of(["A", "B", "C"], values, "en", "t", BANDS, dict.fromkeys("ABC", SQUARE))
    shapes, *labels = ([row["name"] for row in layer["data"]["values"]] for layer in drawn["layer"])
    assert shapes == ["A", "B", "C"] and labels == [shapes, shapes]
    picture = str(Drawer().svg(drawn, "a", "c"))
    assert "<path" in picture and picture.count(">B</text>") == 2  # the name, and the light edge around it
    many = [f"P{n}" for n in range(MOST_NAMES + 1)]
    crowded = map_of(many, dict.fromkeys(many, values["A"]), "en", "t", BANDS, dict.fromkeys(many, SQUARE))
    assert [len(layer["data"]["values"]) for layer in crowded["layer"]] == [len(many), 0, 0]
    dots = map_of(["A", "B", "C"], values, "en", "t", BANDS, dict.fromkeys("AB", SQUARE))
    assert [row["name"] for row in dots["data"]["values"]] == ["C", "A"]  # the highest first, without what is withheld
    assert map_of(["A", "B", "C"], values, "en", "t", BANDS) == dots


def test_rings_are_wound_as_a_sphere_is_drawn() -> None:
    """A square and the hole in it, both counterclockwise, and both clockwise: the outer comes out clockwise, the hole not."""

    def turns_left(ring: list[list[float]]) -> bool:
        (x0, y0), (x1, y1), (x2, y2) = ring[:3]
        return (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1) > 0

    outer = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]]
    hole = [[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0], [1.0, 1.0]]
    for rings in ([outer, hole], [outer[::-1], hole[::-1]], [outer, hole[::-1]]):
        for geometry in ({"type": "Polygon", "coordinates": rings}, {"type": "MultiPolygon", "coordinates": [rings]}):
            made = wound(geometry)["coordinates"]
            made = made if geometry["type"] == "Polygon" else made[0]
            assert [turns_left(ring) for ring in made] == [False, True]
            assert [sorted(ring) for ring in made] == [sorted(outer), sorted(hole)]


def test_colours_of_bands_run_from_the_least_to_the_most_stable() -> None:
    assert specs.band_range(BANDS) == list(specs.BAND_COLOURS)
    assert specs.band_range(["a", "b"]) == [specs.BAND_COLOURS[0], specs.BAND_COLOURS[-1]]
    assert len(specs.band_range(["a"])) == 1
    assert specs.band_range([]) == []


@pytest.mark.parametrize(
    ("rings", "inside"),
    [
        ([[(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]], (2, 2)),
        (
            [[(0, 0), (9, 0), (9, 9), (7, 9), (7, 1), (2, 1), (2, 9), (0, 9), (0, 0)]],
            None,
        ),  # a U: its centre is outside
        ([[(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)], [(1, 1), (1, 8), (6, 8), (6, 1), (1, 1)]], None),  # around a hole
    ],
)
def test_the_name_of_a_place_stands_within_it(rings: list[list[tuple[float, float]]], inside: object) -> None:
    for geometry in (
        {"type": "Polygon", "coordinates": rings},
        {"type": "MultiPolygon", "coordinates": [[[(20, 20), (21, 20), (21, 21), (20, 20)]], rings]},
    ):
        point = label_point(geometry)
        assert shape({"type": "Polygon", "coordinates": rings}).contains(Point(point))
        assert inside is None or point == pytest.approx(inside)


def test_a_place_that_is_a_point_or_flat_has_its_name_there() -> None:
    """A camp may be known by a point alone; without the extra geo nobody looks whether a ring has an area."""
    assert label_point({"type": "Point", "coordinates": [36.3, 32.3, 700.0]}) == (36.3, 32.3)
    assert label_point({"type": "MultiPoint", "coordinates": [[36.3, 32.3], [36.6, 31.9]]}) == (36.3, 32.3)
    flat = {"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [5, 2], [1, 2]]]}
    assert label_point(flat)[1] == pytest.approx(2)
    drawn = map_of(["A", "B"], places(A=50.0, B=60.0), "en", "t", BANDS,
                   {"A": SQUARE, "B": {"type": "Point", "coordinates": [1.5, 1.5]}})  # fmt: skip
    assert str(Drawer().svg(drawn, "a", "c")).count(">B</text>") == 2


@pytest.mark.parametrize("names", [{"A": "Ajloun", "B": "Jerash"}, {"A": "عجلون", "B": "جرش"}])
def test_names_of_small_neighbours_do_not_cover_each_other(names: dict[str, str]) -> None:
    """At this scale the two names are 15 pixels apart across and 7 in height; they are drawn 13 apart, the higher one still above."""
    points = {"A": (35.76, 32.33), "B": (35.93, 32.27), "C": (37.5, 30.0)}
    extent = (34.95, 29.19, 39.29, 33.37)
    apart = names_apart(points, {**names, "C": "Ma'an"}, extent, 560, 540)
    pixels_of_a_degree = 540 / (33.37 - 29.19)
    assert (apart["A"][1] - apart["B"][1]) * pixels_of_a_degree == pytest.approx(13, abs=0.3)
    assert [lon for lon, _ in apart.values()] == [lon for lon, _ in points.values()]
    assert apart["C"] == points["C"]
    assert apart["A"][1] - points["A"][1] == pytest.approx(points["B"][1] - apart["B"][1], abs=0.001)


def test_names_that_have_room_stay_where_they_are() -> None:
    points = {"A": (35.0, 30.0), "B": (39.0, 30.0), "C": (35.0, 33.0)}
    assert names_apart(points, {"A": "one", "B": "two", "C": "three"}, (34.0, 29.0, 40.0, 34.0), 560, 540) == points
    assert names_apart({"A": (1.0, 1.0)}, {"A": "one"}, (1.0, 1.0, 1.0, 1.0), 560, 540) == {"A": (1.0, 1.0)}


def test_three_names_on_one_spot_all_find_room() -> None:
    apart = names_apart(dict.fromkeys("ABC", (36.0, 31.0)), dict.fromkeys("ABC", "name"), (34, 29, 39, 33), 560, 540)
    heights = sorted(lat for _, lat in apart.values())
    pixels_of_a_degree = 540 / 4
    assert all((b - a) * pixels_of_a_degree > 12.5 for a, b in pairwise(heights))
