"""The page of the documents that commands print with --json."""

from __future__ import annotations

from docs_builder.json_schemas import COMMANDS, ERROR, Schema, file_name_of, schema_of
from docs_builder.markdown import anchor, code, page, plain, sentence, table


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


def _keys(schema: Schema) -> str:
    """Every key with its place, such as `findings[].row`."""
    return table(["key", "value", "meaning"], _rows(schema, schema.get("$defs", {}), "", ()))


def _rows(body: Schema, models: Schema, above: str, within: tuple[str, ...]) -> list[list[str]]:
    """The keys of an object, and of what is in it; `within` names the models that it is a part of."""
    name = _named(body)
    if name in within:
        return []
    if name:
        return _rows(models[name], models, above, (*within, name))
    if body.get("type") == "array":
        return _rows(body["items"], models, f"{above}[]", within)
    rows: list[list[str]] = []
    for option in body.get("anyOf", []):
        rows += _rows(option, models, above, within)
    for key, value in body.get("properties", {}).items():
        place = f"{above}.{key}" if above else key
        text = value.get("description") or models[_named(value)]["description"]  # the same words stand but once
        rows.append([code(place), _type(value, models, within), plain(sentence(text))])
        rows += _rows(value, models, place, within)
    return rows


def _named(body: Schema) -> str:
    """The model that a schema refers to; empty where it stands for itself."""
    return str(body.get("$ref", "")).rsplit("/", 1)[-1]


def _type(body: Schema, models: Schema, within: tuple[str, ...]) -> str:
    if "anyOf" in body:
        return " or ".join(_type(option, models, within) for option in body["anyOf"])
    if name := _named(body):
        return "the same again" if name in within else _type(models[name], models, within)
    if "enum" in body:
        return "one of " + ", ".join(code(value) for value in body["enum"])
    if "const" in body:
        return code(body["const"])
    if body.get("type") == "array":
        each = _type(body["items"], models, within)
        return "list of objects" if each == "object" else f"list of {each}"
    kind = str(body.get("type", "any value"))
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(kind, kind)
