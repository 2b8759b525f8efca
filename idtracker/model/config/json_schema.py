"""JSON Schema (draft 2020-12) of the definition files, so that editors complete and check them while they are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from idtracker.model.composite.json_schema import index_json_schema
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.framework.definition import Framework
from idtracker.model.rounds.record import RoundRecord
from idtracker.model.warnings.rule import Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_FILES = (
    "source.schema.json",
    "programme.schema.json",
    "method.schema.json",
    "warning.schema.json",
    "framework-file.schema.json",
    "round.schema.json",
)


def source_json_schema(tables: Mapping[str, Iterable[str]] | None = None) -> dict[str, Any]:
    """Schema of source.yml: one table at the top level, or several under `parts`.

    `tables` (canonical table -> fields that a source may map) lets editors complete `feeds` and `field` as well.
    """
    schema = _schema(Source, "Definition of one source (source.yml)")
    part = schema["$defs"]["Part"]
    inner = {key: value for key, value in part["properties"].items() if key not in schema["properties"]}
    schema["properties"] |= inner
    schema["required"] = [key for key in schema["required"] if key != "parts"]
    schema["if"] = {"required": ["parts"]}
    schema["then"] = {"properties": dict.fromkeys(inner, False)}
    schema["else"] = {"required": part["required"]}
    if tables:
        part["allOf"] = schema["allOf"] = [_fields_of(table, fields) for table, fields in sorted(tables.items())]
        part["properties"]["feeds"]["enum"] = sorted(tables)
    return schema


def programme_json_schema() -> dict[str, Any]:
    """Schema of programme.yml."""
    return _schema(Programme, "Definition of the country programme (programme.yml)")


def method_json_schema() -> dict[str, Any]:
    """Schema of a method of any depth, as a programme keeps it in `_methods`."""
    return {"$schema": DIALECT} | index_json_schema()


def warning_json_schema() -> dict[str, Any]:
    """Schema of a warning rule, as a programme keeps it in `_warnings`."""
    return _schema(Rule, "Definition of a warning rule")


def framework_json_schema() -> dict[str, Any]:
    """Schema of a framework, as a programme keeps it in `_framework`."""
    return _schema(Framework, "Definition of a framework: stages, questions, elements and their evidence")


def round_json_schema() -> dict[str, Any]:
    """Schema of the record of a round."""
    return _schema(RoundRecord, "Record of a round: who attended, narrative, actions")


def write_schemas(sources_dir: Path, tables: Mapping[str, Iterable[str]] | None = None) -> list[Path]:
    """Put the schemas beside the sources, where the first line of each definition points; returns their paths."""
    written = []
    schemas = (
        source_json_schema(tables),
        programme_json_schema(),
        method_json_schema(),
        warning_json_schema(),
        framework_json_schema(),
        round_json_schema(),
    )
    for name, schema in zip(SCHEMA_FILES, schemas, strict=True):
        path = sources_dir / name
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    return {"$schema": DIALECT} | model.model_json_schema() | {"title": title}


def _fields_of(table: str, fields: Iterable[str]) -> dict[str, Any]:
    """Where a part feeds this table, its columns may fill these fields."""
    column = {"properties": {"field": {"enum": sorted(fields)}}}
    return {
        "if": {"properties": {"feeds": {"const": table}}, "required": ["feeds"]},
        "then": {"properties": {"columns": {"items": column}}},
    }
