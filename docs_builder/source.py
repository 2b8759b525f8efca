"""Pages of source.yml and programme.yml: every key, from the JSON Schemas that editors use."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from docs_builder.definitions.source_examples import EXAMPLES, PROGRAMME
from docs_builder.markdown import anchor, code, codes, fence, page, plain, table
from idtracker.model.config import part as part_models
from idtracker.model.config import programme as programme_models
from idtracker.model.config import source as source_models
from idtracker.model.config.json_schema import programme_json_schema, source_json_schema
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.geography import boundary_files
from idtracker.model.methods import named_indices
from idtracker.model.published import audience_config

Schema = dict[str, Any]

_TITLES = {"Part": "parts", "Column": "columns", "TrackerSpan": "tracker"}
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "nothing",
}


def source_page() -> str:
    """Markdown of source-yml.md."""
    schema = source_json_schema()
    inner = [key for key in schema["properties"] if key not in Source.model_fields]
    examples = [f"### {title}\n\n{fence(text, 'yaml')}" for title, text in EXAMPLES.values()]
    return page(
        "# source.yml",
        "One folder under `sources/`, one source. The folder's name is the source's identifier: lower-case letters, digits "
        "and `_`. Every key is checked and an unknown key is refused, with file, line and the nearest known key. "
        "`idtracker sources new` drafts the file from a report; the first line lets editors complete and check it "
        "([JSON Schema](../schema/source.schema.json)).",
        "A file that feeds one table writes " + codes(inner) + " at the top level. A file that feeds several writes "
        "them in each entry of `parts`. Fields and tables are those of the [data dictionary](tables.md).",
        "## Keys",
        _keys(schema, Source),
        *_definitions(schema, source_models),
        "## Examples",
        *examples,
    )


def programme_page() -> str:
    """Markdown of programme-yml.md."""
    schema = programme_json_schema()
    return page(
        "# programme.yml",
        "One file beside the sources: what the country programme is called, where it is and which periods are scored. Without "
        "it the programme is a plain one ([JSON Schema](../schema/programme.schema.json)).",
        "## Keys",
        _keys(schema, Programme),
        *_definitions(schema, programme_models),
        "## Example",
        fence(PROGRAMME, "yaml"),
    )


_PLACES = (part_models, named_indices, audience_config, boundary_files)
"""Where the entries of a definition are written down, beside the module of the definition itself."""


def _definitions(schema: Schema, models: object) -> list[str]:
    """A section for each entry that has keys of its own, each right after the one that leads to it."""
    blocks = []
    for name, key in _reached(schema, schema).items():
        meaning = plain(schema["$defs"][name].get("description", ""))
        model = next(getattr(place, name) for place in (models, *_PLACES) if hasattr(place, name))
        blocks.append(f"## {key}\n\n{meaning}\n\n{_keys(schema, model)}")
    return blocks


def _reached(body: Schema, schema: Schema) -> dict[str, str]:
    """Definition -> the key that it stands under, depth first."""
    definitions: dict[str, str] = {}
    for key, value in body.get("properties", {}).items():
        for name in _references(value):
            if name not in definitions:
                definitions[name] = _TITLES.get(name, key)
                definitions |= {
                    k: v for k, v in _reached(schema["$defs"][name], schema).items() if k not in definitions
                }
    return definitions


def _references(body: Schema) -> list[str]:
    if "$ref" in body:
        return [_name(body)]
    nested = [*body.get("anyOf", []), *([body["items"]] if isinstance(body.get("items"), dict) else [])]
    return [name for part in nested for name in _references(part)]


def _name(body: Schema) -> str:
    return str(body["$ref"]).rsplit("/", 1)[-1]


def _keys(schema: Schema, model: type[BaseModel]) -> str:
    """The keys of a model: what may stand there, what stands there when the key is left out, what it means."""
    described = schema["$defs"].get(model.__name__, schema)["properties"]
    rows = []
    for key in model.model_fields:
        body = described[key]
        meaning = body.get("description") or schema["$defs"][_name(body)]["description"]
        rows.append([code(key), _type(body, key), _default(model, key), plain(meaning)])
    return table(["key", "value", "default", "meaning"], rows)


def _default(model: type[BaseModel], key: str) -> str:
    info = model.model_fields[key]
    if (model, key) == (Source, "parts"):  # filled from the top level where it is left out
        return ""
    if info.is_required():
        return "**required**"
    value = info.get_default(call_default_factory=True, validated_data={})
    if value is None or isinstance(value, BaseModel) or value in ("", [], {}):
        return ""
    return code(value if isinstance(value, str) else json.dumps(value))


def _type(body: Schema, key: str) -> str:
    """What may stand there, in words."""
    if "anyOf" in body:
        return " or ".join(_type(b, key) for b in body["anyOf"] if b.get("type") != "null")
    if "$ref" in body:
        title = _TITLES.get(_name(body), key)
        return f"[{title}]({anchor(title)})"
    if "enum" in body or "const" in body:
        return _choice(body.get("enum", [body.get("const")]))
    if body.get("type") == "array":
        return _list(body, key)
    if body.get("type") == "object":
        values = body.get("additionalProperties") or next(iter(body["patternProperties"].values()))
        return f"keys with values: {_type(values, key)}"
    return _scalar(body)


def _choice(values: list[object]) -> str:
    return f"one of {codes(values)}" if len(values) > 2 else " or ".join(map(code, values))


def _list(body: Schema, key: str) -> str:
    if "prefixItems" in body:
        return "two entries: " + " and ".join(
            _type(item, key) if "type" in item else f"{_type(item, key)} or nothing" for item in body["prefixItems"]
        )
    least = ", at least one" if body.get("minItems") else ""
    each = _type(body["items"], key)
    return f"list of {each.replace('number', 'numbers')}{least}"


def _scalar(body: Schema) -> str:
    words = "day" if body.get("format") == "date" else _WORDS[body["type"]]
    low, high = body.get("minimum"), body.get("maximum")
    if low is not None and high is not None:
        return f"{words}, {low:g} to {high:g}"
    if low is not None:
        return f"{words}, at least {low:g}"
    return f"{words}, one character" if body.get("maxLength") == 1 else words
