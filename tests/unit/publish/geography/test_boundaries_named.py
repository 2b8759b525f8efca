"""Files of boundaries that a programme names: each fault is said in both languages, and everything else goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from idtracker.model.config.programme import Programme
from idtracker.model.register.register import Register
from idtracker.publish.geography import read_features as reading
from idtracker.publish.geography.gather_boundaries import Boundaries, boundaries_fingerprint, gather_boundaries
from idtracker.publish.geography.published_boundaries import (
    attributions_of,
    boundaries_of,
    boundary_problems_of,
    write_boundaries,
)
from idtracker.publish.manifest import BOUNDARIES

pytest.importorskip("shapely")
CAMP = {"type": "Point", "coordinates": [36.327, 32.291]}


def square(west: float, south: float, side: float = 0.1) -> dict[str, Any]:
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [west, north], [east, north], [east, south], [west, south]]],
    }


def feature(code: object, geometry: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"pcode": code}, "geometry": geometry}


def gathered(folder: Path, document: object, **entry: Any) -> Boundaries:
    (folder / "b.geojson").write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    named = {"file": "b.geojson", "code": "pcode", "attribution": "Invented", **entry}
    programme = Programme.model_validate({"title": "P", "country": "JO", "boundaries": [named]})
    return gather_boundaries(programme, folder, Register.load())


def faults(found: Boundaries) -> list[str]:
    assert all(p.text.en and p.text.ar and p.text.en != p.text.ar for p in found.problems)
    return [p.rule for p in found.problems if p.rule != "without"]


def test_a_named_file_goes_before_what_ships_and_the_rest_of_it_stands(tmp_path: Path) -> None:
    collection = {"features": [feature("JO-AM", square(35.9, 31.9)), feature("JO-MA-ZAATARI-CAMP", CAMP)]}
    found = gathered(tmp_path, collection)
    assert faults(found) == []
    assert len(found.by_place) == 13  # twelve governorates and a camp
    assert found.by_place["JO-AM"].source == "b.geojson" and found.by_place["JO-AQ"].source != "b.geojson"
    assert found.by_place["JO-MA-ZAATARI-CAMP"].geometry == CAMP
    (ring,) = found.by_place["JO-AM"].geometry["coordinates"]
    assert ring == square(35.9, 31.9)["coordinates"][0][::-1]  # it was clockwise
    assert found.attributions["b.geojson"].en == "Invented"


def test_codes_are_those_of_the_scheme_also_as_numbers(tmp_path: Path) -> None:
    collection = {"features": [feature(11, square(35.9, 31.9)), feature(21.0, square(35.8, 32.5))]}
    found = gathered(tmp_path, collection, scheme="jo-dos")
    assert faults(found) == []
    assert {p for p, b in found.by_place.items() if b.source == "b.geojson"} == {"JO-AM", "JO-IR"}


BOW_TIE = {"type": "Polygon", "coordinates": [[[36, 32], [36.1, 32.1], [36.1, 32], [36, 32.1], [36, 32]]]}
CASES = [
    (feature("JO-XX", square(36, 32)), "of_no_place"),
    (feature(None, square(36, 32)), "no_code"),
    (feature("JO-AM", None), "no_geometry"),
    (feature("JO-AM", {"type": "LineString", "coordinates": [[36, 32], [36.1, 32]]}), "wrong_kind"),
    (feature("JO-AM", BOW_TIE), "broken"),
    (feature("JO-AM", {"type": "Polygon", "coordinates": [[[36, 32], [36.1, 32], [36.1, 32.1], [36, 32.1]]]}), "broken"),
    (feature("JO-AM", {"type": "Polygon", "coordinates": [[["a", 32], [36, 32], [36, 33], ["a", 32]]]}), "broken"),
    (feature("JO-AM", {"type": "Polygon", "coordinates": []}), "broken"),
    (feature("JO-AM", {"type": "Polygon"}), "broken"),
    (feature("JO-AM", square(3_900_000, 3_700_000, 1000)), "not_in_degrees"),
    (feature("JO-AM", square(31.9, 36.9)), "elsewhere"),  # latitude before longitude
    ("no feature at all", "no_code"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "rule"), CASES)
def test_one_feature_that_is_wrong_is_said_and_left_out(tmp_path: Path, wrong: object, rule: str) -> None:
    found = gathered(tmp_path, {"features": [feature("JO-IR", square(35.8, 32.5)), wrong]})
    assert faults(found) == [rule]
    assert [p.at for p in found.problems if p.rule == rule] == ["b.geojson"]
    assert found.by_place["JO-IR"].source == "b.geojson"  # the other feature goes on
    assert len(found.by_place) == 12 and found.by_place["JO-AM"].source == "idtracker/JO.csv"


def test_a_place_that_stands_twice_is_taken_as_neither(tmp_path: Path) -> None:
    twice = [feature("JO-MA-ZAATARI-CAMP", CAMP), feature("JO-MA-ZAATARI-CAMP", square(36.3, 32.2))]
    found = gathered(tmp_path, {"features": twice})
    assert faults(found) == ["repeated"] and "JO-MA-ZAATARI-CAMP" not in found.by_place


WHOLE = [
    ("{", "not_geojson"),
    ('{"type": "Topology"}', "not_geojson"),
    ({"features": []}, "no_features"),
    ({"features": [{"properties": {"other": 1}, "geometry": CAMP}]}, "no_property"),
    ({"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::32636"}}, "features": [feature("JO-AM", CAMP)]}, "wrong_crs"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "rule"), WHOLE)
def test_a_file_that_cannot_be_used_leaves_what_ships(tmp_path: Path, document: object, rule: str) -> None:
    found = gathered(tmp_path, document)
    assert faults(found) == ["unreadable"]
    words = {"not_geojson": "GeoJSON", "no_features": "no features", "no_property": "`pcode`", "wrong_crs": "32636"}
    assert words[rule] in found.problems[0].text.en
    assert {b.source for b in found.by_place.values()} == {"idtracker/JO.csv"}


def test_a_file_that_is_not_there_a_scheme_without_codes_and_a_missing_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = {"features": [feature("JO-AM", square(35.9, 31.9))]}
    assert faults(gathered(tmp_path, collection, file="other.geojson")) == ["unreadable"]
    assert faults(gathered(tmp_path, collection, scheme="nobody")) == ["no_scheme"]
    monkeypatch.setattr(reading, "has_modules", lambda *_: False)
    found = gathered(tmp_path, collection)
    assert "idtracker[geo]" in found.problems[0].text.en and len(found.by_place) == 12


def test_a_geopackage_is_read_in_degrees_alone(tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    shape = geopandas.GeoSeries.from_wkt(["POINT (36.327 32.291)"])
    frame = geopandas.GeoDataFrame({"pcode": ["JO-MA-ZAATARI-CAMP"]}, geometry=shape, crs=4326)
    frame.to_file(tmp_path / "b.gpkg", layer="camps")
    found = gathered(tmp_path, "", file="b.gpkg")
    assert faults(found) == [] and found.by_place["JO-MA-ZAATARI-CAMP"].geometry == CAMP
    assert "camps" in gathered(tmp_path, "", file="b.gpkg", layer="x").problems[0].text.en
    frame.to_crs(32636).to_file(tmp_path / "c.gpkg")
    assert "32636" in gathered(tmp_path, "", file="c.gpkg").problems[0].text.en
    (tmp_path / "d.gpkg").write_bytes(b"no database")
    assert faults(gathered(tmp_path, "", file="d.gpkg")) == ["unreadable"]


def test_what_boundaries_follow_from_has_a_fingerprint(tmp_path: Path) -> None:
    named = {"file": "b.geojson", "attribution": "Invented"}
    plain = Programme(title="P", country="JO")
    programme = Programme.model_validate({"title": "P", "country": "JO", "boundaries": [named]})
    seen = [boundaries_fingerprint(p, tmp_path) for p in (plain, programme, Programme(title="P", country="IQ"))]
    (tmp_path / "b.geojson").write_text("{}", "utf-8")
    seen.append(boundaries_fingerprint(programme, tmp_path))
    (tmp_path / "b.geojson").write_text("{ }", "utf-8")
    seen.append(boundaries_fingerprint(programme, tmp_path))
    assert len(set(seen)) == 5 and boundaries_fingerprint(Programme(title="Q", country="JO"), tmp_path) == seen[0]


def test_a_publication_has_the_boundaries_of_its_own_places_alone(tmp_path: Path) -> None:
    found = gathered(tmp_path, {"features": [feature("JO-MA-ZAATARI-CAMP", CAMP), feature("JO-XX", CAMP)]})
    first = write_boundaries(tmp_path, found, ["JO-MA-ZAATARI-CAMP", "JO-AM", "JO-AM-SAHAB"])
    content = (tmp_path / BOUNDARIES).read_bytes()
    assert write_boundaries(tmp_path, found, {"JO-AM", "JO-AM-SAHAB", "JO-MA-ZAATARI-CAMP"}) == first
    assert (tmp_path / BOUNDARIES).read_bytes() == content
    shown = boundaries_of(tmp_path)
    assert list(shown) == ["JO-AM", "JO-MA-ZAATARI-CAMP"] and shown["JO-MA-ZAATARI-CAMP"] == CAMP
    assert attributions_of(tmp_path, "en")[0] == "Invented" and len(attributions_of(tmp_path, "ar")) == 2
    assert any("JO-XX" in text.ar for text in boundary_problems_of(tmp_path))
    write_boundaries(tmp_path, found, ["JO-AM"])
    assert len(attributions_of(tmp_path, "en")) == 1  # of what is shown
    write_boundaries(tmp_path, found, ["JO-AM"], says_problems=False)
    assert boundary_problems_of(tmp_path) == [] and b"JO-XX" not in (tmp_path / BOUNDARIES).read_bytes()
    assert boundaries_of(tmp_path / "elsewhere") == {}
