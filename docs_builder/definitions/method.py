"""The page of the file format of an index: every key of every entry, from the JSON Schema that editors use."""

from __future__ import annotations

from typing import Any

from docs_builder.markdown import anchor, code, codes, fence, page, plain, sentence, table
from idtracker.model.composite.json_schema import SHORT
from idtracker.model.composite.load import SHIPPED
from idtracker.model.config.json_schema import method_json_schema

Schema = dict[str, Any]
EXAMPLE = "HDI"


def method_definition_page() -> str:
    """Markdown of method-yml.md."""
    schema = method_json_schema()
    definitions = {name: body for name, body in sorted(schema["$defs"].items()) if _properties(body)}
    return page(
        "# The method of an index",
        "One file, one index of any depth: its indicators and what becomes of each, a tree of nodes and what each does with its "
        "children, bands and ranks. Files in `sources/_methods/` belong to the programme; others are shipped. Every key is "
        "checked and an unknown key is refused, with file and line. Numbers may be fractions, such as `1/3` "
        "([JSON Schema](../schema/method.schema.json)).",
        "## Example",
        fence((SHIPPED / f"{EXAMPLE}.yml").read_text("utf-8"), "yaml"),
        "## The file",
        _keys(schema),
        *(
            f"## {name}\n\n{plain(body.get('description', ''))}{_short(name)}\n\n{_keys(body)}"
            for name, body in definitions.items()
        ),
    )


def _properties(body: Schema) -> Schema:
    """Keys of an entry, also where it may be one word instead."""
    found: Schema = body.get("properties") or next(
        (b["properties"] for b in body.get("anyOf", []) if "properties" in b), {}
    )
    return found


def _short(name: str) -> str:
    return " One word or number alone is short for it." if name in SHORT else ""


def _keys(body: Schema) -> str:
    inner = body if "properties" in body else next(b for b in body["anyOf"] if "properties" in b)
    required = inner.get("required", [])
    rows = [
        [
            code(key),
            _value(value),
            "**required**" if key in required else _default(value),
            plain(sentence(_meaning(value))),
        ]
        for key, value in _properties(body).items()
    ]
    return table(["key", "value", "default", "meaning"], rows)


def _meaning(value: Schema) -> str:
    return " ".join(str(value.get("description", "")).split())


def _default(value: Schema) -> str:
    default = value.get("default")
    return "" if default in (None, "", [], {}) or isinstance(default, dict) else code(str(default))


def _value(value: Schema) -> str:
    """What may stand there, in words; links lead to entries with keys of their own."""
    options = value.get("anyOf") or value.get("oneOf")
    if options:
        return " or ".join(
            dict.fromkeys(filter(None, (_value(option) for option in options if option.get("type") != "null")))
        )
    if "$ref" in value:
        name = str(value["$ref"]).rsplit("/", 1)[-1]
        return f"[{name}]({anchor(name)})"
    if "enum" in value or "const" in value:
        return codes([str(v) for v in value.get("enum", [value.get("const")])])
    if value.get("type") == "array":
        return _list(value)
    if value.get("type") == "object":
        each = value.get("additionalProperties") or next(iter(value.get("patternProperties", {"": {}}).values()))
        return f"keys with {_value(each)}" if isinstance(each, dict) else "keys"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return words.get(str(value.get("type")), "")


def _list(value: Schema) -> str:
    if "prefixItems" in value:
        return "two numbers, the lower one first"
    return f"list of {_value(value.get('items', {}))}"
