"""The published JSON Schemas accept what the models accept, refuse what editors should mark, and explain every key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from idtracker.model.config.json_schema import (
    DIALECT,
    SCHEMA_FILES,
    programme_json_schema,
    source_json_schema,
    write_schemas,
)
from idtracker.model.config.yaml_lines import read_lined

ROOT = Path(__file__).parents[4]
SINGLE: dict[str, Any] = {
    "title": "Tax-authority capacity building",
    "publisher": "GB-GOV-11",
    "format": {"kind": "json"},
    "cadence": {"every": "quarter", "calendar": ["GB", "JO"], "since": "2023-07-01", "derogations": ["2024-Q1"]},
    "feeds": "activity",
    "key": ["reference"],
    "columns": [{"field": "reference", "heading": ["ref", "reference"]}, {"field": "period", "constant": "2026-Q1"}],
    "bounds": {"rows": [20, None], "filled": {"reference": 1}, "held_rate": 0.1},
    "grading": {"credibility": "2"},
}
INNER = {key: SINGLE[key] for key in ("feeds", "key", "columns")}
OUTER = {key: value for key, value in SINGLE.items() if key not in INNER}


def accepts(schema: dict[str, Any], document: object) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(document))


@pytest.mark.parametrize("schema", [source_json_schema(), source_json_schema({"a": ["b"]}), programme_json_schema()])
def test_schema_is_of_the_stated_dialect(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == DIALECT
    jsonschema.Draft202012Validator.check_schema(schema)
    json.dumps(schema)


def test_both_ways_of_writing_are_accepted() -> None:
    schema = source_json_schema()
    assert accepts(schema, SINGLE)
    assert accepts(schema, OUTER | {"parts": [INNER, {**INNER, "name": "second", "optional": True}]})


def changed(**keys: object) -> dict[str, object]:
    return {key: value for key, value in (SINGLE | keys).items() if value is not ...}


@pytest.mark.parametrize(
    "document",
    [
        changed(revison="upsert"),
        changed(feeds=...),
        changed(title=...),
        changed(title=""),
        changed(key=[]),
        changed(columns=[{"field": "reference", "typ": "text"}]),
        changed(columns=[{"field": "Reference"}]),
        changed(columns=[{"field": "reference", "type": "perod"}]),
        changed(format={"kind": "pdf"}),
        changed(cadence={"every": "quarter", "due_after_days": -1}),
        changed(cadence={"every": "fortnight"}),
        changed(grading={"credibility": 2}),
        changed(handling={"classification": "SECRET"}),
        changed(parts=[INNER]),
        OUTER | {"parts": []},
        OUTER | {"parts": [INNER], "ignore": ["x"]},
        OUTER | {"parts": [{"feeds": "activity"}]},
        OUTER,
        [],
    ],
)
def test_what_the_model_refuses_is_marked(document: object) -> None:
    assert not accepts(source_json_schema(), document)


def test_tables_narrow_feeds_and_fields() -> None:
    schema = source_json_schema({"activity": ["reference", "period"], "event": ["reference"]})
    assert accepts(schema, SINGLE)
    assert not accepts(schema, changed(feeds="activty"))
    assert not accepts(schema, changed(feeds="event"))
    assert accepts(schema, OUTER | {"parts": [INNER]})
    assert not accepts(schema, OUTER | {"parts": [INNER | {"feeds": "event"}]})


def definitions() -> list[Path]:
    return sorted((ROOT / "sources").glob("*/source.yml")) + sorted(
        (ROOT / "tests" / "system" / "real").glob("*/source.yml")
    )


def test_every_definition_of_the_repository_is_accepted() -> None:
    schema = source_json_schema()
    refused = {
        path: [
            e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(read_lined(path.read_bytes()).data)
        ]
        for path in definitions()
    }
    assert not {path: errors for path, errors in refused.items() if errors}


def test_programme_of_the_repository_is_accepted() -> None:
    path = ROOT / "sources" / "programme.yml"
    assert accepts(programme_json_schema(), read_lined(path.read_bytes()).data)
    assert not accepts(programme_json_schema(), {"title": "x"})
    assert not accepts(programme_json_schema(), {"title": "x", "country": "jordan"})
    assert not accepts(programme_json_schema(), {"title": "x", "country": "JO", "clok": "2026-11-15"})


def properties(schema: object) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        if "additionalProperties" in schema:
            yield from schema.get("properties", {}).items()
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


@pytest.mark.parametrize("schema", [source_json_schema(), programme_json_schema()])
def test_every_key_is_explained(schema: dict[str, Any]) -> None:
    found = list(properties(schema))
    assert len(found) > 4
    explained = {f"#/$defs/{name}" for name, body in schema["$defs"].items() if body.get("description")}
    assert [name for name, body in found if not body.get("description") and body.get("$ref") not in explained] == []


def test_schemas_are_written_beside_the_sources(tmp_path: Path) -> None:
    paths = write_schemas(tmp_path, {"activity": ["reference"]})
    assert [p.name for p in paths] == list(SCHEMA_FILES)
    assert yaml.safe_load(paths[0].read_text(encoding="utf-8")) == source_json_schema({"activity": ["reference"]})
    assert paths[1].read_text(encoding="utf-8").endswith("}\n")
