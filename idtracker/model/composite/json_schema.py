"""JSON Schema (draft 2020-12) of a method's file, so that editors complete and check it while it is written."""

from __future__ import annotations

from typing import Any

from idtracker.model.composite.definition import Index

Schema = dict[str, Any]
_NUMBER: Schema = {"type": ["number", "string"]}
SHORT: dict[str, Schema] = {
    "Rounding": {"type": "integer"},
    "Coverage": _NUMBER,
    "Denominator": {"type": "string"},
    "Missing": {"type": "string"},
    "Transform": {"type": "string"},
    "Treatment": {"type": "string"},
    "NormalisationChoice": {"type": "string"},
    "AggregationChoice": {"type": "string"},
}
"""Entries that may be one word or number instead of keys."""


def index_json_schema() -> Schema:
    """Schema of an index with every key explained; what is short for keys is allowed beside them."""
    schema = Index.model_json_schema()
    definitions = schema["$defs"]
    for name, short in SHORT.items():
        body = definitions[name]
        words = body.pop("description")
        allowed = body["properties"].get("method", {}).get("enum")
        one = short | ({"enum": allowed} if allowed else {})
        definitions[name] = {"description": words, "anyOf": [one, body]}
    return schema | {"title": "Definition of an index (a method of any depth)"}
