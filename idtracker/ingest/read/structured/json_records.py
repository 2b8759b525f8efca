"""JSON records to tables of text cells: nested objects become dotted headings, nested lists of records tables of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from idtracker.ingest.read.bounds import check_depth, check_json
from idtracker.ingest.read.cells import clean, columns_of, frame_of, trim_heading, whole, without_marks
from idtracker.ingest.read.heading import WantedHeadings, declared_headings, name_columns
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.refusal import RefusalError, refusing, unreadable, worded
from idtracker.ingest.read.stored import (
    FIGURES,
    LINES,
    LIST,
    SEPARATORS,
    Entries,
    Figure,
    Figures,
    LinesOfEntries,
    Stored,
    codes_of,
)
from idtracker.ingest.read.structured.pages import missing_pages
from idtracker.ingest.read.text.encoding import decode
from idtracker.ingest.read.unread import ENOUGH
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings
from idtracker.model.messages import Message

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One object of a list, with the objects it stands in, nearest first."""

    content: Object
    parents: tuple[Object, ...] = ()


def read_records(content: bytes, _: str, source: Source, limits: Limits) -> Reading:
    """Every part of the source from a JSON document or from JSON lines; the sheet is the path of the records.

    Row numbers are one-based ordinals of the records of that path. Numbers stay as typed. An object in a record
    becomes headings `a.b`, a list of plain values one cell that keeps its entries apart; a list of records is left to a
    part with a path of its own, which sees the fields of the records around it under their own headings if its
    columns name them, and under `../heading` where the inner records have that heading themselves.
    """
    check_json(content, limits)
    text, findings = decode(content, source.format.encoding, source.id or source.title)
    document = parse_json(text)
    check_depth(document, limits)
    if (reason := missing_pages(document)) is not None:
        findings.add("file.incomplete", reason=reason)
    tables: dict[str, list[RawTable]] = {}
    is_blank = False
    for part in source.parts:
        path = part.layout.records
        records = _at_path(document, path) if path else _only_list(document, part, findings)
        if records is not None:
            is_blank |= bool(records)
            tables[part.id] = [_table_of(records, part, source.format.missing)]
        elif not part.optional:
            findings.add("file.sheet_missing", expected=path or worded("record_list"), found=_top_level(document))
    if is_blank and not any(len(t.cells.columns) for tables_of_part in tables.values() for t in tables_of_part):
        raise RefusalError("file.empty")
    return Reading({k: [_with_headings(t, k, source) for t in v] for k, v in tables.items()}, findings)


def parse_json(text: str) -> Any:
    """A JSON document, else the list of its lines; numbers stay as typed. RefusalError where it is neither.

    A list of what is said of the records and of the records, `[{"page": 1}, [{}, {}]]`, as the World Bank's API has it, is
    the object `{"meta": {"page": 1}, "records": [{}, {}]}`.
    """
    with refusing("json_too_deep"):
        try:
            return _named(_load(text))
        except json.JSONDecodeError as problem:
            place = {"line": problem.lineno, "column": problem.colno}
        try:
            return [_load(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError:
            raise unreadable("json_invalid", **place) from None


def _named(document: Any) -> Any:
    """The same, where a list holds one object about the records and one list of them, or nothing in its place."""
    if isinstance(document, list) and len(document) == 2 and isinstance(document[0], dict):
        records = document[1] if document[1] is not None else []
        if isinstance(records, list) and all(isinstance(record, dict) for record in records):
            return {"meta": document[0], "records": records}
    return document


def _load(text: str) -> Any:
    return json.loads(text, parse_float=Figure, parse_int=Figure, parse_constant=str)


def _at_path(document: Any, path: str) -> list[Record] | None:
    """The records at a dotted path; a list on the way stands for each of its items. None where the path leads nowhere."""
    records: list[Record] | None = None
    steps = [s.strip() for s in path.replace("[]", "").split(".") if s.strip()]
    for value, parents in _follow(document, steps, ()):
        items = value if isinstance(value, list) else [value]
        records = (records or []) + [Record(_object(i), parents) for i in items]
    return records


def _follow(value: Any, steps: Sequence[str], parents: tuple[Object, ...]) -> Iterator[tuple[Any, tuple[Object, ...]]]:
    if not steps:
        yield value, parents
    elif isinstance(value, list):
        for item in value:
            yield from _follow(item, steps, parents)
    elif isinstance(value, dict):
        for length in range(len(steps), 0, -1):
            key = ".".join(steps[:length])
            if value.get(key) is not None:
                yield from _follow(value[key], steps[length:], (value, *parents))
                return


def _only_list(document: Any, part: Part, findings: Findings) -> list[Record] | None:
    """The top-level list, else the only list of objects anywhere, else the first one with a heading of the part.

    Further lists with nearly as many of its headings are reported.
    """
    if isinstance(document, list):
        return [Record(_object(i)) for i in document]
    found = list(_lists_of_objects(document, (), ""))
    lists = [at for at in found if at[1]]
    if not lists and len(found) == 1:
        return []  # a list of records that holds none
    if len(lists) > 1:
        wanted = WantedHeadings(part)
        matches = [wanted.matches([h for o in v[:20] for h in flatten(o)]) for _, v, _ in lists]
        fits = [(count, found) for count, found in zip(matches, lists, strict=True) if count]
        lists = [found for _, found in fits[:1]]
        for count, (path, items, _) in fits[1:]:
            if count >= ENOUGH * fits[0][0]:
                findings.add("sheet.not_read", sheet=path, count=f"{len(items):,}", reason=worded("list_not_first"))
    return [Record(_object(i), parents) for _, items, parents in lists for i in items] if lists else None


def _lists_of_objects(
    value: Any, parents: tuple[Object, ...], path: str
) -> Iterator[tuple[str, list[Any], tuple[Object, ...]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists_of_objects(inner, (value, *parents), f"{path}.{key}" if path else key)
    elif isinstance(value, list) and all(isinstance(i, dict) for i in value):
        yield path, value, parents


def _object(item: Any) -> Object:
    if not isinstance(item, dict):
        raise unreadable("plain_values")
    return item


def _table_of(records: list[Record], part: Part, missing: Sequence[str]) -> RawTable:
    flat = [flatten(r.content) for r in records]
    own = dict.fromkeys(h for cells in flat for h in cells)
    carried = [_carry(r.parents, own, declared_headings(part)) for r in records]
    names = [*own, *dict.fromkeys(h for cells in carried for h in cells)]
    rows = [[{**above, **cells}.get(n) for n in names] for above, cells in zip(carried, flat, strict=True)]
    columns = [clean(c) for c in columns_of(rows, len(names))]
    keep = [i for i, cells in enumerate(flat) if any(v and v.strip() for v in cells.values())]
    stored = [codes_of(row[place] for row in rows)[keep] for place in range(len(names))]
    columns = [without_marks(c.take(pa.array(keep, pa.int64())), missing) for c in columns]
    columns_kept, _ = name_columns(names, [c.null_count < len(c) for c in columns])
    cells = frame_of(list(columns_kept), [columns[p] for p in columns_kept.values()], len(keep))
    codes = Stored.of({name: stored[place] for name, place in columns_kept.items()})
    return RawTable(part.layout.records or "", cells, np.array(keep, dtype=np.int64) + 1, stored=codes)


def _carry(parents: tuple[Object, ...], own: dict[str, None], declared: list[str]) -> dict[str, str | None]:
    """Fields of the surrounding records that the part names; the nearest record wins."""
    carried: dict[str, str | None] = {}
    for parent in parents:
        for heading, value in flatten(parent).items():
            name = f"../{heading}" if heading in own else heading
            if name in declared:
                carried.setdefault(name, value)
    return carried


def flatten(value: Object, prefix: str = "") -> dict[str, str | None]:
    """Headings and cells of one record, without its lists of records."""
    cells: dict[str, str | None] = {}
    for key, inner in value.items():
        heading = f"{prefix}{trim_heading(whole(key))}"
        if isinstance(inner, dict):
            cells.update(flatten(inner, f"{heading}."))
        elif not (isinstance(inner, list) and any(isinstance(i, dict) for i in inner)):
            cells[heading] = _text_of(inner)
    return cells


def _text_of(value: Any) -> str | None:
    if isinstance(value, list):
        return _listed([t for t in map(_text_of, value) if t])
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _listed(entries: list[str]) -> str:
    """A list as one text that can be divided again; a list of one number is that number."""
    if all(isinstance(entry, Figure) for entry in entries):
        return entries[0] if len(entries) == 1 else Figures(SEPARATORS[FIGURES].join(entries))
    if any(SEPARATORS[LIST] in entry for entry in entries):
        return LinesOfEntries(SEPARATORS[LINES].join(" ".join(entry.split()) for entry in entries))
    return Entries(SEPARATORS[LIST].join(entries))


def _with_headings(table: RawTable, part_id: str, source: Source) -> RawTable:
    """A list without records has no headings of its own; those that the part declares stand in."""
    if len(table.cells.columns):
        return table
    part = next(p for p in source.parts if p.id == part_id)
    names = declared_headings(part)
    return RawTable(table.sheet, frame_of(names, columns_of([], len(names)), 0), table.row_numbers)


def _top_level(document: Any) -> str | Message:
    if not isinstance(document, dict):
        return worded("plain_list")
    return ", ".join(map(str, document)) or worded("nothing")
