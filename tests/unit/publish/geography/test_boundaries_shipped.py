"""The boundaries that ship: the whole of Jordan, each governorate once, cities where they are."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest

from idtracker.model.config.programme import Programme
from idtracker.model.register.register import Register
from idtracker.publish.geography.gather_boundaries import gather_boundaries
from idtracker.publish.geography.geometry import Geometry
from idtracker.publish.geography.shipped import shipped_boundaries

shapely = pytest.importorskip("shapely")
EARTH_KM = 6371.0088
JORDAN_KM2 = 89_318
"""Land and water of Jordan, Department of Statistics."""
INSIDE = {
    "JO-AM": (35.93, 31.95),
    "JO-AQ": (35.01, 29.53),
    "JO-MN": (35.444, 30.329),  # Petra
    "JO-IR": (35.85, 32.556),
    "JO-MA": (38.2, 32.5),  # Ruwaished
    "JO-KA": (35.70, 31.18),
    "JO-AZ": (36.82, 31.83),  # Azraq
    "JO-JA": (35.90, 32.28),
}


def shipped() -> dict[str, Geometry]:
    found = shipped_boundaries("JO")
    assert found is not None
    return found.geometries


def area_km2(ring: list[list[float]]) -> float:
    """Signed area of a ring on a sphere, positive counterclockwise, edges as lines of the plate carrée (Green's theorem)."""
    total = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        sines = (math.sin(math.radians(y0)) + math.sin(math.radians(y1))) / 2
        total -= math.radians(x1 - x0) * sines
    return total * EARTH_KM**2


def test_every_governorate_is_there_once_and_together_they_are_jordan() -> None:
    places = Register.load().places
    assert sorted(shipped()) == sorted(
        places.loc[places["level"].eq("adm1") & places["parent_id"].eq("JO"), "place_id"]
    )
    shapes = [shapely.geometry.shape(g) for g in shipped().values()]
    whole = shapely.union_all(shapes)
    assert all(shape.is_valid for shape in shapes)
    assert whole.geom_type == "Polygon" and not whole.interiors  # no gap between two of them
    assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, abs=1e-9)  # and no overlap
    rings = [g["coordinates"] for g in shipped().values()]
    areas = [area_km2(outer) for outer, *holes in rings]
    assert min(areas) > 300  # counterclockwise, every one
    assert sum(areas) == pytest.approx(JORDAN_KM2, rel=0.01)


@pytest.mark.parametrize("place", INSIDE)
def test_known_places_lie_where_they_are(place: str) -> None:
    point = shapely.Point(INSIDE[place])
    assert [p for p, g in shipped().items() if shapely.geometry.shape(g).contains(point)] == [place]


def test_they_are_what_a_programme_has_that_names_none(tmp_path: Path) -> None:
    found = gather_boundaries(Programme(title="P", country="JO"), tmp_path, Register.load())
    assert sorted(found.by_place) == sorted(shipped())
    (attribution,) = found.attributions.values()
    assert "Natural Earth" in attribution.en and "Natural Earth" in attribution.ar and attribution.en != attribution.ar
    register = Register.load()
    adm2 = register.places["level"].eq("adm2") & register.places["place_id"].str.startswith("JO-")
    texts = [p.text for p in found.problems]
    assert [p.rule for p in found.problems] == ["without", "without"]  # districts and camps
    assert texts[0].en.startswith(f"{adm2.sum()} places of level adm2") and adm2.sum() > 40
    assert "مكاناً" in texts[0].ar


def test_another_country_has_none_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "_reference").mkdir()
    (tmp_path / "_reference" / "places.csv").write_text(
        "place_id,name,level,parent_id\nIQ-BG,Baghdad,adm1,IQ\n", "utf-8"
    )
    found = gather_boundaries(Programme(title="P", country="IQ"), tmp_path, Register.load(tmp_path))
    assert found.by_place == {} and found.attributions == {}
    assert [p.text.en.partition(".")[0] for p in found.problems] == ["One place of level adm1 has no boundary: IQ-BG"]


def test_where_they_are_from_stands_beside_them() -> None:
    found = shipped_boundaries("JO")
    assert found is not None and found.licence == "public-domain"
    assert "naturalearthdata.com" in found.origin
