"""Reads the CSV files of a data package by their schemas, in plain Python, and says what does not fit."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def _number(text: str) -> float:
    special = {"NaN": float("nan"), "INF": float("inf"), "-INF": float("-inf")}
    if not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|NaN|-?INF", text):
        raise ValueError(text)
    return special[text] if text in special else float(text)


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise ValueError(text)
    return int(text)


def _instant(text: str) -> datetime:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _integer,
    "number": _number,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "date": date.fromisoformat,
    "datetime": _instant,
}


def description_of(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return document


def rows_of(folder: Path, resource: dict[str, Any]) -> list[Row]:
    """Rows of a CSV resource by its schema; ValueError or KeyError where a field is not of its type."""
    fields = resource["schema"]["fields"]
    with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, strict=True)
        if next(lines) != [field["name"] for field in fields]:
            raise ValueError(f"{resource['path']}: headings")
        return [
            {
                f["name"]: None if text in resource["schema"]["missingValues"] else READERS[f["type"]](text)
                for f, text in zip(fields, line, strict=True)
            }
            for line in lines
        ]


def problems(folder: Path) -> list[str]:
    """What in a data package is not as its description says; nothing where all of it is."""
    resources = description_of(folder)["resources"]
    tables = {r["name"]: rows_of(folder, r) for r in resources if r["format"] == "csv"}
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    listed = {r["path"] for r in resources} | {"datapackage.json"}
    return [
        *(f"{name}: listed or there, not both" for name in sorted(names ^ listed)),
        *(problem for r in resources for problem in _bytes(folder, r)),
        *(problem for r in resources if r["name"] in tables for problem in _rows(r, tables)),
    ]


def _bytes(folder: Path, resource: dict[str, Any]) -> Iterator[str]:
    content = (folder / resource["path"]).read_bytes()
    if len(content) != resource["bytes"] or f"sha256:{hashlib.sha256(content).hexdigest()}" != resource["hash"]:
        yield f"{resource['path']}: other bytes"


def _rows(resource: dict[str, Any], tables: dict[str, list[Row]]) -> Iterator[str]:
    rows, schema, name = tables[resource["name"]], resource["schema"], resource["name"]
    if len(rows) != resource["rows"]:
        yield f"{name}: {len(rows)} rows"
    for field in schema["fields"]:
        for row in rows:
            if not _fits(row[field["name"]], field.get("constraints", {})):
                yield f"{name}.{field['name']}: {row[field['name']]!r}"
    for key in (schema.get("primaryKey"), *schema.get("uniqueKeys", [])):
        if key and any(n > 1 for n in Counter(tuple(row[c] for c in key) for row in rows).values()):
            yield f"{name}: {key} twice"
    if any(row[column] is None for row in rows for column in schema.get("primaryKey", [])):
        yield f"{name}: empty key"
    for foreign in schema.get("foreignKeys", []):
        (column,), reference = foreign["fields"], foreign["reference"]
        there = {row[reference["fields"][0]] for row in tables[reference["resource"]]}
        if any(row[column] is not None and row[column] not in there for row in rows):
            yield f"{name}.{column}: not in {reference['resource']}"


def _fits(value: Any, constraints: dict[str, Any]) -> bool:
    if value is None:
        return not constraints.get("required")
    return not (value < constraints.get("minimum", value) or value > constraints.get("maximum", value))
