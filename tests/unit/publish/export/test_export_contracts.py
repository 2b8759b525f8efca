"""Croissant and open data contracts, held against what others published for them; the package and SDMX read by their clients."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from published_rows import Rows, publish_rows, row_of

from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.tables import TABLES, columns_of
from idtracker.publish.export.write_export import export_publication

SCHEMA = Path(__file__).parents[3] / "support" / "schemas" / "odcs-3.1.0.schema.json"
DUE, END = pd.Timestamp("2026-05-15"), pd.Timestamp("2026-03-31")


def obligation(source: str, due: pd.Timestamp) -> dict[str, Any]:
    return row_of("obligation", source_id=source, period="2026-Q1", period_end=END, due_on=due, is_derogated=False)


ROWS: Rows = {
    "observation": [
        row_of("observation", fact_id="a", source_id="steady", value=1.5, place_id="JO-AM", recorded_to=None),
        row_of("observation", fact_id="b", source_id="steady", value=None, place_name="=x", recorded_to=None),
        row_of("observation", fact_id="c", source_id="gone", recorded_to=END),
        row_of("observation", fact_id="d", source_id="uneven", recorded_to=None),
    ],
    "score": [
        row_of("score", place_id="JO-AM", node_code=n, period="2026-Q1", score=s, classification="OFFICIAL-SENSITIVE")
        for n, s in (("A", 12.25), ("B", None))
    ],
    "place": [row_of("place", place_id="JO-AM", name="عمّان"), row_of("place", place_id="JO")],
    "indicator": [],
    "obligation": [obligation("steady", DUE), obligation("uneven", DUE), obligation("uneven", DUE + pd.Timedelta(days=1))],
    "freshness": [row_of("freshness", source_id="steady", owner="team:statistics")],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("contracts")
    export_publication(publish_rows(out, ROWS), out / "out", formats="csv,parquet,sdmx,croissant,odcs")
    return out / "out"


def contract(folder: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((folder / "contracts" / f"{name}.odcs.yaml").read_text("utf-8"))
    return loaded


def custom(entry: dict[str, Any]) -> dict[str, Any]:
    return {p["property"]: p["value"] for p in entry["customProperties"]}


def test_every_contract_fits_the_published_schema(folder: Path) -> None:
    import jsonschema

    schema = json.loads(SCHEMA.read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    validator.check_schema(schema)
    names = sorted(p.name.partition(".")[0] for p in (folder / "contracts").iterdir())
    assert names == sorted([*ROWS, "source-steady", "source-uneven"])  # nothing is known today of a source that is gone
    assert {n: [e.message for e in validator.iter_errors(contract(folder, n))] for n in names} == {n: [] for n in names}
    broken = contract(folder, "score") | {"schema": [{"properties": [{"name": "x", "logicalType": "VARCHAR"}]}]}
    assert len(list(validator.iter_errors(broken))) >= 1  # the check can fail


def test_the_contract_of_a_table_is_its_definition_and_its_marking(folder: Path) -> None:
    document = contract(folder, "score")
    assert custom(document)["classification"] == "OFFICIAL-SENSITIVE"
    assert document["description"]["limitations"] == "Invented figures."
    (table,) = document["schema"]
    assert [p["name"] for p in table["properties"]] == [c.name for c in columns_of(TABLES["score"])]
    own = {p["name"]: p for p in table["properties"]}
    assert own["score"]["logicalType"] == "number" and own["period_end"]["logicalType"] == "date"
    assert own["place_id"]["required"] is True and own["score"]["required"] is False
    keys = {p["name"]: p["primaryKeyPosition"] for p in table["properties"] if p.get("primaryKey")}
    assert keys == {name: n for n, name in enumerate(TABLES["score"].key, 1)} and keys
    assert all(custom(p)["businessNameAr"] for p in table["properties"])


def test_the_contract_of_a_source_says_what_it_fills_and_when_it_is_due(folder: Path) -> None:
    document = contract(folder, "source-steady")
    (table,) = document["schema"]
    names = {p["name"] for p in table["properties"]}
    assert {"value", "place_id", "place_name"} <= names and "standard_error" not in names
    (latency,) = document["slaProperties"]
    assert (latency["value"], latency["unit"], latency["element"]) == (45, "d", "observation.period_end")
    assert document["support"] == [{"channel": "team:statistics", "scope": "issues"}]
    uneven = contract(folder, "source-uneven")
    assert "slaProperties" not in uneven and "support" not in uneven  # due after 45 days once and 46 days once


def test_croissant_is_read_by_its_reference_client(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    assert "context" not in caplog.text
    recommended = {w.partition('Property "')[2].partition('"')[0] for w in dataset.metadata.issues.warnings}
    assert recommended <= {
        "http://mlcommons.org/croissant/citeAs",
        "https://schema.org/license",
    }  # nobody states either
    assert {r.name for r in dataset.metadata.record_sets} == set(ROWS)
    assert "OFFICIAL-SENSITIVE" in dataset.metadata.description and "Invented figures." in dataset.metadata.description
    scores = list(dataset.records("score"))
    assert [(r["score/node_code"], r["score/score"]) for r in scores[:1]] == [(b"A", 12.25)]
    assert len(scores) == 2 and pd.isna(scores[1]["score/score"])
    assert {r["place/name"].decode() for r in dataset.records("place")} == {"عمّان", "x"}


def test_croissant_needs_something_to_describe(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="csv,croissant"):
        export_publication(publish_rows(tmp_path, {"place": []}), tmp_path / "out", formats="xlsx,croissant")


def test_the_package_is_valid_for_its_reference_client(folder: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])
    assert len(report.tasks) == len(list(folder.rglob("*.*"))) - 1 >= 22
    path = folder / "csv" / "score.csv"
    content = path.read_bytes()
    try:
        path.write_bytes(content.replace(b"12.25", b"twelve"))
        assert not frictionless.validate(str(folder / "datapackage.json")).valid  # the check can fail
    finally:
        path.write_bytes(content)


def test_sdmx_is_read_by_its_reference_client(folder: Path) -> None:
    pytest.importorskip("pysdmx")
    from pysdmx.io import read_sdmx

    (dataset,) = read_sdmx(folder / "sdmx" / "score.csv").data
    assert dataset.structure == "DataStructure=IDTRACKER:SCORE(1.0.0)"
    own = dataset.data.set_index("NODE")
    assert float(own.loc["A", "OBS_VALUE"]) == 12.25 and own["OBS_STATUS"].to_dict() == {"A": "A", "B": "Q"}
    assert own["CLASSIFICATION"].tolist() == ["OFFICIAL-SENSITIVE"] * 2


def test_the_same_publication_describes_itself_in_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    home = Home((folder.parent / "home").resolve(), folder.parent / "sources")
    export_publication(home, tmp_path / "out", formats="csv,parquet,sdmx,croissant,odcs")
    files = {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    again = {
        p.relative_to(tmp_path / "out"): p.read_bytes() for p in sorted((tmp_path / "out").rglob("*")) if p.is_file()
    }
    assert files == again and len(files) > 22
