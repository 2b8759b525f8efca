"""Small pieces that the schemas of documents are built from: kinds of values, records, lists, counts of rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from idtracker.operate.services.run_summary import FATES

Schema = dict[str, Any]

INSTANT = "ISO 8601, UTC"
_MEANINGS = {
    "read": "rows read",
    "accepted": "rows that say something new",
    "held": "rows held back with reasons",
    "unchanged": "rows that repeat what was known on arrival",
    "superseded": "rows outdone by a later edition, or repeated in the file",
}


def text(meaning: str, **more: Any) -> Schema:
    return {"type": "string", "description": meaning, **more}


def whole(meaning: str, **more: Any) -> Schema:
    return {"type": "integer", "description": meaning, **more}


def number(meaning: str, **more: Any) -> Schema:
    return {"type": "number", "description": meaning, **more}


def flag(meaning: str) -> Schema:
    return {"type": "boolean", "description": meaning}


def moment(meaning: str) -> Schema:
    return text(f"{meaning}, {INSTANT}", pattern=r"^\d{4}-\d{2}-\d{2}")


def code_of(scheme: str, meaning: str) -> Schema:
    """A code of a bundled codelist."""
    return text(meaning, enum=_codes(scheme))


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    return {
        "description": schema["description"],
        "anyOf": [{k: v for k, v in schema.items() if k != "description"}, {"type": "null"}],
    }


def record(meaning: str, keys: Mapping[str, Schema], further: Mapping[str, Schema] | None = None) -> Schema:
    """An object with promised `keys` and `further` ones that may be absent; others may be there."""
    return {
        "type": "object",
        "description": meaning,
        "properties": {**keys, **(further or {})},
        "required": list(keys),
        "additionalProperties": True,
    }


def listing(meaning: str, items: Schema) -> Schema:
    return {"type": "array", "description": meaning, "items": items}


def rows_schema(prefix: str = "") -> dict[str, Schema]:
    """Counts of rows: read = accepted + held + unchanged + superseded."""
    return {f"{prefix}{fate}": whole(_MEANINGS[fate], minimum=0) for fate in FATES}


@cache
def _codes(scheme: str) -> list[str]:
    from idtracker.model.register.register import Register

    lists = Register.load().codelists
    return [str(code) for code in lists.loc[lists["scheme"] == scheme, "code"]]


def paths(meaning: str) -> Schema:
    return {"type": "object", "description": meaning, "additionalProperties": {"type": "string"}}
