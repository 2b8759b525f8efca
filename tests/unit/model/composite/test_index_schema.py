"""The JSON Schema of an index accepts what the model accepts, short forms too, and explains every key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from idtracker.model.composite.definition import Index
from idtracker.model.composite.load import shipped
from idtracker.model.config.definition_file import read_definition
from idtracker.model.config.json_schema import method_json_schema

SHORT_FORMS: dict[str, Any] = {
    "method_version": "S-1",
    "title": "Short forms",
    "source": "none",
    "indicators": {
        "A": {"label": "a", "denominator": "population", "missing": "mean", "transform": "log", "treatment": "coin",
              "normalise": "rank", "weight": "1/3", "round": 1},
        "B": {"label": "b", "normalise": "none", "weight": "2/3"},
    },
    "tree": {"code": "R", "coverage": "2/3", "children": ["A", {"code": "B"}]},
}  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return method_json_schema()


def properties(schema: object) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield from schema["properties"].items()
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


def test_short_forms_and_shipped_definitions_are_accepted(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for document in (SHORT_FORMS, *(read_definition(path).data for path in shipped().values())):
        Index.model_validate(document)
        assert list(validator.iter_errors(document)) == []


def test_what_the_model_refuses_an_editor_marks(schema: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    assert not validator.is_valid(SHORT_FORMS | {"anything": 1})
    assert not validator.is_valid(SHORT_FORMS | {"tree": {"code": "R", "aggregation": "mean", "children": ["A", "B"]}})


def test_every_key_is_explained(schema: dict[str, Any]) -> None:
    explained = {f"#/$defs/{name}" for name, body in schema["$defs"].items() if body.get("description")}
    without = [n for n, body in properties(schema) if not body.get("description") and body.get("$ref") not in explained]
    assert without == []
