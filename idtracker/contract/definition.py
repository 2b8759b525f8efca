"""A source definition held against the canonical tables and the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from idtracker.catalog.source import Column, FieldType, Part, Source
from idtracker.contract.tables import FACTS, ColumnSpec, companions, fields_of
from idtracker.resolve import Register

_TYPE_OF_KIND: dict[str, FieldType] = {
    "text": "text",
    "integer": "integer",
    "number": "number",
    "money": "money",
    "date": "date",
    "instant": "date",
    "period": "period",
    "flag": "flag",
    "code": "code",
    "organisation": "organisation",
    "place": "place",
    "indicator": "indicator",
}


def specs_of(part: Part) -> dict[str, ColumnSpec]:
    """Canonical column of each field that the part maps; fields that do not exist are left out."""
    known = fields_of(FACTS[part.feeds])
    return {c.field: known[c.field] for c in part.columns if c.field in known}


def kinds_of(part: Part) -> dict[str, FieldType]:
    """Type of each mapped field: the column's own, else that of the canonical field."""
    specs = specs_of(part)
    return {c.field: c.type or _TYPE_OF_KIND[specs[c.field].kind] for c in part.columns if c.field in specs}


def codelists_of(part: Part) -> dict[str, str]:
    """Codelist of each mapped code field."""
    specs = specs_of(part)
    chosen = {c.field: c.codelist or specs[c.field].codelist for c in part.columns if c.field in specs}
    return {field: scheme for field, scheme in chosen.items() if scheme}


def currencies_of(part: Part) -> set[str]:
    """Fields such as `amount_currency` that a part may map beside an amount, where a column of the file names it."""
    money = (spec for spec in specs_of(part).values() if spec.kind == "money")
    return {beside.name for spec in money for beside in companions(FACTS[part.feeds], spec.field)}


def scope_of(part: Part) -> list[str]:
    """Fields that bound what a file of the part replaces; empty: the whole source."""
    if part.revision == "replace_period":
        return part.scope or ["period"]
    return []


def check_source(source: Source, register: Register) -> list[str]:
    """Problems of one definition, each naming the file, the key and what was expected."""
    where = f"{source.id}/source.yml"
    problems = [f"{where}: {p}" for part in source.parts for p in _check_part(part, register)]
    names = [part.id for part in source.parts]
    problems += [
        f"{where}: parts: two parts are called `{n}`; give each a `name`"
        for n in sorted({n for n in names if names.count(n) > 1})
    ]
    if source.publisher not in set(register.organisations["org_id"]):
        problems.append(
            f"{where}: publisher: `{source.publisher}` is not in the register of organisations; "
            "add it to _reference/organisations.csv"
        )
    return problems


def _check_part(part: Part, register: Register) -> Iterator[str]:
    at = f"part `{part.id}`"
    if part.feeds not in FACTS:
        yield f"{at}: feeds: expected a canonical table{_nearest(part.feeds, FACTS)}; got `{part.feeds}`"
        return
    known = fields_of(FACTS[part.feeds])
    schemes = set(register.codelists["scheme"])
    beside = currencies_of(part)
    for column in (c for c in part.columns if c.field not in beside):
        yield from _check_column(column, known, schemes, f"{at}: columns: field `{column.field}`")
    mapped = {known[c.field].name for c in part.columns if c.field in known}
    for spec in {s.name: s for s in known.values()}.values():
        if spec.is_required and not spec.default and spec.name not in mapped:
            yield f"{at}: columns: the required field `{spec.field}` of `{part.feeds}` has no column"
    for field in scope_of(part):
        if field not in part.key:
            yield f"{at}: key: `{field}` bounds what a file replaces and must be part of the key"


def _check_column(column: Column, known: dict[str, ColumnSpec], schemes: set[str], at: str) -> Iterator[str]:
    spec = known.get(column.field)
    if spec is None:
        yield f"{at} is not a field of the table{_nearest(column.field, known)}"
        return
    expected = _TYPE_OF_KIND[spec.kind]
    if column.type and column.type != expected and expected != "text":
        yield f"{at}: type: expected `{expected}`, got `{column.type}`"
    codelist = column.codelist or spec.codelist
    if codelist and codelist not in schemes:
        yield f"{at}: codelist: `{codelist}` is not known{_nearest(codelist, schemes)}"


def _nearest(word: str, known: Iterable[str]) -> str:
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f". Did you mean `{found[0]}`?" if found else f" (one of: {', '.join(sorted(known))})"
