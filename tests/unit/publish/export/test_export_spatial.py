"""GeoPackage and GeoParquet, read back by pyogrio and geopandas: places with boundaries, tables by place, the latest quarter."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from published_rows import Rows, publish_rows, row_of

from idtracker.model.config.programme import Programme
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.messages import Message
from idtracker.model.register.register import Register
from idtracker.publish import extras
from idtracker.publish.export.write_export import export_publication
from idtracker.publish.geography.gather_boundaries import Boundaries, gather_boundaries
from idtracker.publish.geography.published_boundaries import write_boundaries
from idtracker.publish.manifest import BOUNDARIES

pyogrio = pytest.importorskip("pyogrio")
geopandas = pytest.importorskip("geopandas")
Q1, Q2 = pd.Timestamp("2026-03-31"), pd.Timestamp("2026-06-30")


def score(
    place: str, period: str, end: pd.Timestamp, node: str, value: float | None, **values: object
) -> dict[str, object]:
    return row_of("score", place_id=place, period=period, period_end=end, node_code=node, score=value, **values)


ROWS: Rows = {
    "place": [
        row_of("place", place_id=p, name=f"=Name of {p}", level=level, parent_id=above)
        for p, level, above in (("JO", "country", None), ("JO-AM", "adm1", "JO"), ("JO-IR", "adm1", "JO"), ("JO-AM-SAHAB", "adm2", "JO-AM"))
    ],
    "score": [
        score("JO-AM", "2026-Q1", Q1, "INDEX", 10.0),
        score("JO-AM", "2026-Q2", Q2, "INDEX", 40.0, low=35.5, band="Weak"),
        score("JO-AM", "2026-Q2", Q2, "index", 41.0, classification="OFFICIAL-SENSITIVE", releasable_to="HMG"),
        score("JO-IR", "2026-Q2", Q2, "INDEX", None),
        score("JO", "2026-Q1", Q1, "INDEX", 99.0, releasable_to="HMG"),
        score("JO", "2026", pd.Timestamp("2026-12-31"), "INDEX", 98.0),
    ],
    "metric_value": [
        row_of("metric_value", metric_id="M1", measure="value", scope=s, period="2026-Q2", period_end=Q2, value=v, suppressed_reason=why)
        for s, v, why in (("place=JO-AM", 7.0, None), ("place=JO-IR", None, "small_count"), ("programme", 9.0, None))
    ],
    "observation": [
        row_of("observation", fact_id=f, place_id="JO-AM-SAHAB", value=v, recorded_to=to)
        for f, v, to in (("a", 1.0, Q1), ("b", 2.0, None))
    ],
    "codelist": [row_of("codelist")],
}  # fmt: skip


def publication(folder: Path, boundaries: Boundaries | None = None) -> Home:
    home = publish_rows(folder, ROWS)
    current = home.published / "hmg" / "current"
    found = boundaries or gather_boundaries(Programme(title="P", country="JO"), folder, Register.load())
    stated = {"hash": write_boundaries(current, found, [str(r["place_id"]) for r in ROWS["place"]])}
    manifest = json.loads((current / "manifest.json").read_text("utf-8"))
    (current / "manifest.json").write_text(json.dumps(manifest | {"boundaries": stated}), "utf-8")
    return home


def test_a_geopackage_has_places_tables_and_the_latest_quarter(tmp_path: Path) -> None:
    home = publication(tmp_path)
    exported = export_publication(home, tmp_path / "out", formats="gpkg")
    path = tmp_path / "out" / "places.gpkg"
    layers = dict(pyogrio.list_layers(path))
    drawn = {"places", "score_latest", "metric_value_latest", "score_map", "metric_value_map", "observation_map"}
    assert {name for name, kind in layers.items() if kind} == drawn
    assert {name for name, kind in layers.items() if not kind} == {"score", "metric_value", "observation", "about"}
    places = geopandas.read_file(path, layer="places").set_index("place_id")
    assert places.crs.to_epsg() == 4326
    assert places.geometry.isna().to_dict() == {"JO": True, "JO-AM": False, "JO-IR": False, "JO-AM-SAHAB": True}
    assert places.loc["JO-AM"].geometry.contains(geopandas.points_from_xy([35.93], [31.95])[0])
    assert places.loc["JO-AM", "name"] == "=Name of JO-AM"
    scores = geopandas.read_file(path, layer="score_map")
    assert len(scores) == 6 and scores.geometry.isna().tolist() == scores["place_id"].eq("JO").tolist()
    assert scores.geometry[2].equals(places.loc["JO-AM"].geometry)
    facts = geopandas.read_file(path, layer="observation_map")
    assert (
        facts["fact_id"].tolist() == ["b"] and facts.geometry.isna().all()
    )  # known today, and its district is not drawn
    assert [left.why.partition(":")[0] for left in exported.left_out] == [
        "51 places of level adm2 have no boundary",
        "13 places of level site have no boundary",
    ]


def test_the_latest_quarter_is_one_row_for_each_place(tmp_path: Path) -> None:
    export_publication(publication(tmp_path), tmp_path / "out", formats="gpkg", tables="score,metric_value")
    path = tmp_path / "out" / "places.gpkg"
    wide = geopandas.read_file(path, layer="score_latest").set_index("place_id")
    assert wide["period"].to_dict() == dict.fromkeys(["JO", "JO-AM", "JO-IR"], "2026-Q2")  # a year is no quarter
    assert pd.isna(wide.loc["JO", "INDEX"]) and wide.loc["JO", "releasable_to"] == "HMG"  # nothing in that quarter
    assert (wide.loc["JO-AM", "INDEX"], wide.loc["JO-AM", "INDEX_low"], wide.loc["JO-AM", "INDEX_band"]) == (
        40.0,
        35.5,
        "Weak",
    )
    assert wide.loc["JO-AM", "index~2"] == 41.0  # SQL does not tell capitals apart
    assert pd.isna(wide.loc["JO-IR", "INDEX"]) and wide.geometry.isna().to_dict() == {
        "JO": True,
        "JO-AM": False,
        "JO-IR": False,
    }
    assert wide.loc["JO-AM", ["classification", "releasable_to"]].tolist() == ["OFFICIAL-SENSITIVE", "HMG"]
    assert wide.loc["JO-IR", ["classification", "releasable_to"]].tolist() == ["OFFICIAL", "HMG;PARTNERS"]
    metrics = geopandas.read_file(path, layer="metric_value_latest").set_index("place_id")
    assert sorted(metrics.index) == ["JO-AM", "JO-IR"]
    assert metrics.loc["JO-AM", "M1.value"] == 7.0 and metrics.loc["JO-IR", "M1.value_why"] == "small_count"


def test_it_says_what_it_is_and_how_it_is_marked(tmp_path: Path) -> None:
    export_publication(publication(tmp_path), tmp_path / "out", formats="gpkg")
    with sqlite3.connect(tmp_path / "out" / "places.gpkg") as database:
        about = database.execute("SELECT name, text FROM about").fetchall()
        said = dict(database.execute("SELECT table_name, description FROM gpkg_contents"))
    assert dict(about)["notice"] == "Invented figures." and dict(about)["classification"] == "OFFICIAL-SENSITIVE"
    assert any("Natural Earth" in text for name, text in about if name == "boundaries")
    assert "2 of them have no boundary" in said["places"] and said["places"].endswith("[OFFICIAL; HMG;PARTNERS]")
    assert said["score_map"].endswith("[OFFICIAL-SENSITIVE; HMG]") and "known today" in said["observation"]
    assert "2026-Q2" in said["score_latest"]


def test_geoparquet_has_the_boundary_in_every_row(tmp_path: Path) -> None:
    export_publication(publication(tmp_path), tmp_path / "out", formats="geoparquet")
    folder = tmp_path / "out" / "geoparquet"
    assert sorted(p.stem for p in folder.iterdir()) == [
        "metric_value", "metric_value_latest", "observation", "places", "score", "score_latest",
    ]  # fmt: skip
    scores = geopandas.read_parquet(folder / "score.parquet")
    assert scores.crs == "OGC:CRS84" and scores.geometry.notna().sum() == 4
    assert scores["score"].tolist()[2:5] == [10.0, 40.0, 41.0]
    assert geopandas.read_parquet(folder / "places.parquet").geometry.notna().sum() == 2
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(folder / "score.parquet").metadata
    assert metadata[b"notice"] == b"Invented figures." and b"Natural Earth" in metadata[b"boundaries"]
    assert json.loads(metadata[b"geo"])["columns"]["geometry"]["geometry_types"] == ["Polygon"]


def test_the_same_publication_gives_the_same_bytes(tmp_path: Path) -> None:
    home = publication(tmp_path)
    one = export_publication(home, tmp_path / "one", formats="gpkg,geoparquet")
    two = export_publication(home, tmp_path / "two", formats="gpkg,geoparquet")
    assert one.files == two.files and len(one.files) == 7


def test_a_publication_without_boundaries_has_empty_geometries_and_says_so(tmp_path: Path) -> None:
    home = publish_rows(tmp_path, ROWS)
    exported = export_publication(home, tmp_path / "out", formats="gpkg", lang="ar")
    assert geopandas.read_file(tmp_path / "out" / "places.gpkg", layer="score_map").geometry.isna().all()
    assert [left.why for left in exported.left_out] == ["لا يحوي هذا الإصدار أي حدود: كل الأشكال الهندسية فارغة."]


def test_two_figures_for_one_column_are_refused(tmp_path: Path) -> None:
    twice = [score("JO-AM", "2026-Q2", Q2, "INDEX", value) for value in (1.0, 2.0)]
    home = publish_rows(tmp_path, {"place": ROWS["place"], "score": twice})
    with pytest.raises(IdtrackerError, match="two rows of INDEX for JO-AM"):
        export_publication(home, tmp_path / "out", formats="gpkg")
    assert not (tmp_path / "out").exists()


def test_points_and_polygons_share_a_layer(tmp_path: Path) -> None:
    from idtracker.publish.geography.gather_boundaries import Boundary

    square = {"type": "Polygon", "coordinates": [[[36, 32], [36.1, 32], [36.1, 32.1], [36, 32]]]}
    point = {"type": "Point", "coordinates": [36, 32]}
    found = Boundaries({"JO-AM": Boundary(square, "f"), "JO-AM-SAHAB": Boundary(point, "f")}, {"f": Message("F", "ف")})
    export_publication(publication(tmp_path, found), tmp_path / "out", formats="gpkg")
    places = geopandas.read_file(tmp_path / "out" / "places.gpkg", layer="places")
    assert sorted(places.geometry.dropna().geom_type) == ["Point", "Polygon"]


def test_boundaries_that_were_changed_are_not_exported(tmp_path: Path) -> None:
    home = publication(tmp_path)
    with (home.published / "hmg" / "current" / BOUNDARIES).open("a") as file:
        file.write(" ")
    with pytest.raises(IdtrackerError, match="boundaries are not what the manifest"):
        export_publication(home, tmp_path / "out", formats="gpkg")
    assert not (tmp_path / "out").exists()


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", missing)
    with pytest.raises(IdtrackerError, match=r"pip install 'idtracker\[geo\]'"):
        export_publication(publication(tmp_path, Boundaries()), tmp_path / "out", formats="gpkg")
    assert not (tmp_path / "out").exists()
