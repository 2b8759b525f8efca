"""What a source asks of its reporters, as a form: one table per part, one row per report line, one heading per field.

A template is written from the form, and a filled template is read by it: `as_returned` gives the source as it stands in
a template, so that shape and rules are those of the source while sheets and headings are those of the form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from idtracker.ingest.judge.definition import codelists_of, currencies_of, kinds_of, specs_of
from idtracker.ingest.read.refusal import RefusalError
from idtracker.ingest.read.workbook.stamp import members_of, stamp_of
from idtracker.model.config.source import Column, FieldType, Format, Layout, Part, Source
from idtracker.model.findings import Findings
from idtracker.model.messages import LANGS, Lang
from idtracker.model.tables import FACTS, ColumnSpec, columns_of
from idtracker.model.tables.labels import label_of, tab_of

HEADING_ROW, EXAMPLE_ROW, DATA_ROW = 4, 5, 6
_ARABIC = re.compile(r"[\u0621-\u064a]")
_PLAIN_KINDS = ("csv", "xlsx")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One field that the reporter fills. `headings` and `meanings` say what it is, by language; an empty codelist asks for none."""

    column: Column
    kind: FieldType
    headings: Mapping[str, str]
    meanings: Mapping[str, str]
    is_required: bool
    codelist: str
    minimum: float | None
    maximum: float | None

    @property
    def field(self) -> str:
        return self.column.field


@dataclass(frozen=True, slots=True)
class FormTable:
    """One part of the source as a table to fill, on a sheet whose name people understand, by language."""

    part: Part
    columns: tuple[FormColumn, ...]
    sheets: Mapping[str, str]


def form_of(source: Source) -> tuple[FormTable, ...]:
    """The form of a source; parts and columns in the order of the definition. Constants and row numbers ask nothing."""
    sheets = {lang: sheet_names([_sheet_of(part, lang) for part in source.parts]) for lang in LANGS}
    return tuple(
        FormTable(part, _columns(part, source), {lang: sheets[lang][place] for lang in LANGS})
        for place, part in enumerate(source.parts)
    )


def _sheet_of(part: Part, lang: Lang) -> str:
    """What a sheet is called: as the source's own sheet where that is one name of the language, else as its rows are."""
    own = part.layout.sheet if isinstance(part.layout.sheet, str) else ""
    if own and own != part.feeds and not set(own) & set("*?[") and bool(_ARABIC.search(own)) == (lang == "ar"):
        return own
    return tab_of(part.feeds, lang)


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names that a workbook takes: no sign that it forbids, at most 31 characters, no two alike."""
    names: list[str] = []
    for name in wanted:
        plain = " ".join(_FORBIDDEN.sub(" ", name).strip(" '").split())
        taken = {n.casefold() for n in names}
        number = next(n for n in count(1) if _numbered(plain, n).casefold() not in taken)
        names.append(_numbered(plain, number))
    return names


def _numbered(name: str, number: int) -> str:
    mark = f" {number}" if number > 1 else ""
    return name[: _LONGEST_NAME - len(mark)].rstrip(" '") + mark


def form_version(source: Source) -> str:
    """Changes whenever the form does: fields, types, headings, bounds or codelists (12 hex digits of SHA-256)."""
    content = [
        (
            t.part.id[:_LONGEST_NAME],
            t.part.key,
            c.field,
            c.kind,
            sorted(c.headings.items()),
            c.is_required,
            c.codelist,
            c.minimum,
            c.maximum,
        )
        for t in form_of(source)
        for c in t.columns
    ]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:12]


def as_returned(source: Source) -> Source:
    """The source as it is read from a filled template: its rules, with the sheets and headings of the form."""
    parts = [_returned(table) for table in form_of(source)]
    fmt = Format(kind="xlsx", decimal=source.format.decimal, dates=source.format.dates, missing=source.format.missing)
    changed = source.model_copy(update={"parts": parts, "format": fmt})
    return changed.located(source.id, source.folder, source.fingerprint)


def as_sent(content: bytes, source: Source) -> tuple[Source, Findings]:
    """The source as the file was written for it, and what its stamp says: the form for a filled template, else as it is."""
    try:
        stamp = stamp_of(content, members_of(content)) if content.startswith(b"PK") else {}
    except RefusalError:
        stamp = {}
    if stamp.get("kind") != "template":
        return source, Findings()
    return as_returned(source), check_stamp(stamp, source)


def check_stamp(stamp: Mapping[str, str], source: Source) -> Findings:
    """What the stamp of a filled template says against the source it was sent to."""
    findings = Findings()
    if stamp.get("source", source.id) != source.id:
        findings.add("template.other_source", suggestion=stamp["source"])
    elif stamp.get("form") != form_version(source):
        findings.add("template.outdated", found=stamp.get("form", "?"), expected=form_version(source))
    return findings


def _columns(part: Part, source: Source) -> tuple[FormColumn, ...]:
    specs, kinds, codelists = specs_of(part), kinds_of(part), codelists_of(part)
    beside = {s.name: s for s in columns_of(FACTS[part.feeds]) if s.name in currencies_of(part)}
    made_headings = _made_headings(part)
    columns: list[FormColumn] = []
    for column in part.columns:
        spec = specs.get(column.field) or beside.get(column.field)
        if spec is None or column.constant is not None or column.headings[0] == "@row":
            continue
        columns.append(
            FormColumn(
                column=column,
                kind=kinds.get(column.field, "text"),
                headings=_headings(column, spec, source.format.kind in _PLAIN_KINDS, made_headings, columns),
                meanings={"en": spec.description, "ar": label_of(spec, "ar")},
                is_required=column.required or spec.is_required or column.field in part.key,
                codelist=codelists.get(column.field, ""),
                minimum=_first(column.minimum, spec.minimum, column.scale),
                maximum=_first(column.maximum, spec.maximum, column.scale),
            )
        )
    return tuple(columns)


def _first(own: float | None, canonical: float | None, scale: float | None) -> float | None:
    """A bound in the units that the reporter types."""
    bound = canonical if own is None else own
    return bound if bound is None or scale is None else bound / scale


def _made_headings(part: Part) -> set[str]:
    """Headings that only exist after columns side by side have become rows."""
    if part.unpivot is None:
        return set()
    return {part.unpivot.value, *re.compile(part.unpivot.columns).groupindex}


def _headings(
    column: Column, spec: ColumnSpec, is_plain: bool, made_headings: set[str], before: list[FormColumn]
) -> dict[str, str]:
    """The source's own heading in each language, else what the field is called; no two columns of a table are called alike."""
    own = [
        h for h in column.headings if is_plain and not h.startswith("@") and h not in made_headings and column.heading
    ]
    headings: dict[str, str] = {}
    for lang in LANGS:
        fits = [h for h in own if bool(_ARABIC.search(h)) == (lang == "ar")]
        name = fits[0] if fits else label_of(spec, lang)
        taken = {other.headings[lang].casefold() for other in before}
        number = next(n for n in count(1) if (name if n == 1 else f"{name} ({n})").casefold() not in taken)
        headings[lang] = name if number == 1 else f"{name} ({number})"
    return headings


def _returned(table: FormTable) -> Part:
    by_field = {c.column.own_field: c for c in table.columns}
    columns = [
        column.model_copy(update={"heading": list(dict.fromkeys(by_field[column.own_field].headings.values()))})
        if column.own_field in by_field
        else column
        for column in table.part.columns
    ]
    # templates of before were called by the name of the part
    sheets = list(dict.fromkeys([*table.sheets.values(), table.part.id[:_LONGEST_NAME]]))
    layout = Layout(sheet=sheets, header_rows=[HEADING_ROW], data_row=DATA_ROW)
    return table.part.model_copy(
        update={
            "columns": columns,
            "layout": layout,
            "unpivot": None,
            "optional": True,
            "ignore": [],
            "where": {},
            "deleted": None,
        }
    )
