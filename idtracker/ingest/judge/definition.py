"""A source definition held against the canonical tables and the register."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches

from idtracker.ingest.judge.choices import codebook_of
from idtracker.model.config.handling import GROUPS, unknown_groups
from idtracker.model.config.source import Column, FieldType, Part, Source
from idtracker.model.config.yaml_lines import LinedYaml, Loc, read_lined
from idtracker.model.errors import DefinitionError
from idtracker.model.register.register import Register
from idtracker.model.tables import FACTS, ColumnSpec, companions, fields_of

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


def scope_columns(part: Part) -> tuple[str, ...]:
    """Columns in which rows agree that take each other's place: none where all of the source do, else scope or fact."""
    if part.revision == "replace_all":
        return ()
    specs = specs_of(part)
    return tuple(specs[field].name for field in scope_of(part)) or ("fact_id",)


def check_source(source: Source, register: Register, groups: Collection[str] = GROUPS) -> list[str]:
    """Problems of one definition, each naming file, line, key and what was expected. `groups` are the programme's."""
    folder = source.folder
    document = read_lined((folder / "source.yml").read_bytes()) if (folder / "source.yml").is_file() else LinedYaml()
    is_single = isinstance(document.data, dict) and "parts" not in document.data
    problems: list[tuple[Loc, str]] = []
    if source.publisher not in set(register.organisations["org_id"]):
        text = f"publisher: `{source.publisher}` is not in the register of organisations"
        near = get_close_matches(source.publisher, list(register.organisations["org_id"]), n=1, cutoff=0.8)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        problems.append((("publisher",), f"{text}{hint or '; add it to _reference/organisations.csv'}"))
    for text in unknown_groups(source.handling.releasable_to, groups, set(register.organisations["org_id"])):
        problems.append((("handling", "releasable_to"), f"handling: {text}"))
    try:
        codebook_of(source)
    except DefinitionError as problem:
        problems.append((("format", "codebook"), str(problem)))
    for place, part in enumerate(source.parts):
        root: Loc = () if is_single else ("parts", place)
        problems += [((*root, *loc), text) for loc, text in _check_part(part, register)]
    where = f"{folder.parent.name}/{source.id}/source.yml"
    return [f"{where}:{line}: {text}" for line, text in sorted((document.line_of(loc), text) for loc, text in problems)]


def _check_part(part: Part, register: Register) -> Iterator[tuple[Loc, str]]:
    at = f"part `{part.id}`"
    if part.feeds not in FACTS:
        text = f"{at}: feeds: expected a canonical table{_nearest(part.feeds, FACTS)}; got `{part.feeds}`"
        yield ("feeds",), text
        return
    known = fields_of(FACTS[part.feeds])
    schemes = set(register.codelists["scheme"])
    beside = currencies_of(part)
    for place, column in enumerate(part.columns):
        if column.field not in beside:
            kind = kinds_of(part).get(column.field, "text")
            for key, text in (*_check_column(column, known, schemes), *_check_scheme(column, kind, register)):
                yield ("columns", place, key), f"{at}: columns: field `{column.field}`{text}"
    mapped = {known[c.field].name for c in part.columns if c.field in known}
    for spec in {s.name: s for s in known.values()}.values():
        is_needed = spec.is_required and not spec.default and part.deletes is None
        if is_needed and spec.name not in mapped:
            yield ("columns",), f"{at}: columns: the required field `{spec.field}` of `{part.feeds}` has no column"
    for field in scope_of(part):
        if field not in part.key:
            yield ("key",), f"{at}: key: `{field}` bounds what a file replaces and must be part of the key"


def _check_column(column: Column, known: Mapping[str, ColumnSpec], schemes: set[str]) -> Iterator[tuple[str, str]]:
    """(key, problem) of one column."""
    spec = known.get(column.field)
    if spec is None:
        yield "field", f" is not a field of the table{_nearest(column.field, known)}"
        return
    expected = _TYPE_OF_KIND[spec.kind]
    if column.type and column.type != expected and expected != "text":
        yield "type", f": type: expected `{expected}`, got `{column.type}`"
    codelist = column.codelist or spec.codelist
    if codelist and codelist not in schemes:
        yield "codelist", f": codelist: `{codelist}` is not known{_nearest(codelist, schemes)}"


def _check_scheme(column: Column, kind: FieldType, register: Register) -> Iterator[tuple[str, str]]:
    """A scheme of codes that no crosswalk holds finds nothing; only where unknown codes are kept may it be any name."""
    crosswalks = {"place": register.place_codes, "organisation": register.organisation_aliases}
    if column.scheme is None or column.unknown == "keep" or kind not in crosswalks:
        return
    known = set(crosswalks[kind]["scheme"]) - {"name"}
    if column.scheme not in known:
        yield "scheme", f": scheme: `{column.scheme}` is not a scheme of {kind} codes{_nearest(column.scheme, known)}"


def _nearest(word: str, known: Iterable[str]) -> str:
    matches = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f". Did you mean `{matches[0]}`?" if matches else f" (one of: {', '.join(sorted(known))})"
