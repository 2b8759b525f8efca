"""The page of the documents that commands print with --json."""

from __future__ import annotations

from typing import Any

from docs_builder.markdown import anchor, code, page, plain, sentence, table
from docs_builder.schemas.schemas import COMMANDS, ERROR, file_name_of, schema_of


def documents_page() -> str:
    """Markdown of documents.md: the promised keys of each document."""
    schemas = {name: schema_of(name) for name in (*COMMANDS, ERROR)}
    overview = [
        [
            f"[{code(name)}]({anchor(name)})",
            plain(s["description"]),
            f"[{file_name_of(name)}](../schema/{file_name_of(name)})",
        ]
        for name, s in schemas.items()
    ]
    return page(
        "# JSON documents",
        "With `--json` a command prints one document on stdout and nothing else; messages go to stderr. The keys named here are "
        "promised. Further keys may be added at any time, so a reader passes over those it does not know.",
        table(["command", "document", "JSON Schema (draft 2020-12)"], overview),
        *(f"## {name}\n\n{plain(s['description'])}\n\n{_keys(s)}" for name, s in schemas.items()),
    )


def _keys(schema: dict[str, Any]) -> str:
    """Every key with its place, such as `findings[].row`."""
    return table(["key", "value", "meaning"], _rows(schema, schema, ""))


def _rows(body: dict[str, Any], schema: dict[str, Any], above: str) -> list[list[str]]:
    if "$ref" in body:
        if above:
            return []
        body = schema["$defs"][body["$ref"].rsplit("/", 1)[-1]]
    rows: list[list[str]] = []
    if body.get("type") == "array":
        return _rows(body["items"], schema, f"{above}[]")
    for option in body.get("anyOf", []):
        rows += _rows(option, schema, above)
    for key, value in body.get("properties", {}).items():
        place = f"{above}.{key}" if above else key
        rows.append([code(place), _type(value), plain(sentence(value["description"]))])
        rows += _rows(value, schema, place)
    return rows


def _type(body: dict[str, Any]) -> str:
    if "anyOf" in body:
        return " or ".join(_type(option) for option in body["anyOf"])
    if "$ref" in body:
        return "the same again"
    if "enum" in body:
        return "one of " + ", ".join(code(value) for value in body["enum"])
    if "const" in body:
        return code(body["const"])
    if body.get("type") == "array":
        each = _type(body["items"])
        return "list of objects" if each == "object" else f"list of {each}"
    kind = str(body.get("type", "any value"))
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(kind, kind)
