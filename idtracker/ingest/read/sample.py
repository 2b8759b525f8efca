"""A first look into a file that no source describes yet: its kind, its tables, their headings and first values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from idtracker.ingest.draft.draft_guess import Sample
from idtracker.ingest.draft.similarity import fold, kind_of
from idtracker.ingest.read.cells import trim_cell, trim_heading
from idtracker.ingest.read.formats.sniff import sniff
from idtracker.ingest.read.formats.table import BROKEN_ZIP, EMPTY, FORMATS, PROTECTED
from idtracker.ingest.read.heading import is_tag_row, join_rows
from idtracker.ingest.read.refusal import RefusalError
from idtracker.ingest.read.structured.hxl import normal_tag, tag_row
from idtracker.ingest.read.text.dialect import choose_delimiter
from idtracker.ingest.read.text.encoding import decode
from idtracker.model.config.source import Kind
from idtracker.model.errors import UsageError

SAMPLED_ROWS = 50
_SEARCHED_ROWS = 25
_LONGEST_HEADING = 120
_Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class FileSample:
    """What a file is, and the headings and first values of each of its tables. `encoding` is that of its text.

    `members` are the files of an archive that were looked into.
    """

    kind: Kind
    tables: list[Sample]
    encoding: str = "utf-8"
    members: tuple[str, ...] = ()


def sample_file(content: bytes, file_name: str) -> FileSample:
    """Look into a file. The content decides what it is; UsageError where nothing here can read it or it has no table."""
    try:
        sampled = sample_content(content)
    except RefusalError as refusal:
        reason = refusal.details.get("reason") or f"it is {refusal.details.get('found', 'empty')}"
        raise UsageError(f"{file_name} cannot be read: {reason}.") from None
    if not sampled.tables:
        raise UsageError(f"{file_name}: no table with headings was found in it.")
    return sampled


def sample_content(content: bytes) -> FileSample:
    """The same, known by its bytes alone. RefusalError where nothing here can read it."""
    detected = sniff(content)
    known = FORMATS[detected]
    if detected == EMPTY:
        raise RefusalError("file.empty")
    if detected in (PROTECTED, BROKEN_ZIP):
        raise RefusalError("file.unreadable", reason=f"it is {known.name.en}")
    if not known.sampler:
        raise RefusalError("file.unknown_type", found=known.name)
    return known.sample(content, detected)


def sample_delimited(content: bytes, detected: str) -> FileSample:
    """Delimited text: `hxl` where it has a row of tags."""
    from idtracker.ingest.read.text.delimited import TextGrid

    text, findings = decode(content, "utf-8", "")
    encoding = next((str(g.details["found"]) for g in findings.groups if g.rule.id == "file.encoding"), "utf-8")
    delimiter, _ = choose_delimiter(text, None, [])
    head = TextGrid(text, delimiter, _SEARCHED_ROWS + SAMPLED_ROWS).head
    return FileSample("hxl" if tag_row(head) else "csv", _tables({"": head}), encoding)


def sample_workbook(content: bytes, detected: str) -> FileSample:
    """A workbook, sheet by sheet: `hxl` where one of them has a row of tags."""
    from idtracker.ingest.read.workbook.workbook import Workbook

    book = Workbook(content, detected)
    heads = {sheet: book.grid(sheet).rows[: _SEARCHED_ROWS + SAMPLED_ROWS] for sheet in book.sheets}
    is_tagged = any(tag_row(head) for head in heads.values())
    return FileSample("hxl" if is_tagged else "xlsx", _tables(heads))


def _tables(heads: Mapping[str, _Rows]) -> list[Sample]:
    """A sample of each sheet with a table; where any sheet has HXL tags, of the tagged ones."""
    tagged = {sheet: row for sheet, head in heads.items() if (row := tag_row(head))}
    if tagged:
        return [_tagged(sheet, heads[sheet], row) for sheet, row in tagged.items()]
    samples = (_plain(sheet, head) for sheet, head in heads.items())
    return [table for table in samples if table is not None]


def _tagged(sheet: str, head: _Rows, row: int) -> Sample:
    """Columns by their tag; where tags repeat, by the heading above, which then tells them apart."""
    above = next((r for r in reversed(head[: row - 1]) if any(map(trim_heading, r))), ())
    tags = [normal_tag(c) for c in head[row - 1]]
    plain = [trim_heading(c) for c in above] + [""] * len(tags)
    names = [tag if tag and tags.count(tag) == 1 else plain[place] for place, tag in enumerate(tags)]
    return Sample(sheet, _columns(names, head[row:]))


def _plain(sheet: str, head: _Rows) -> Sample | None:
    rows = heading_rows(head)
    if not rows:
        return None
    names = join_rows([head[r - 1] for r in rows])
    columns = _columns(names, head[rows[-1] :])
    return Sample(sheet, columns, header_rows=tuple(rows) if len(rows) > 1 else ()) if columns else None


def heading_rows(head: _Rows) -> list[int]:
    """One-based rows that probably hold the headings: of the first 25 the one with most different words, and its neighbour
    where only both together tell the columns apart. Empty where no row has data below it."""
    scores = [_wordiness(row) for row in head[:_SEARCHED_ROWS]]
    candidates = [n for n, score in enumerate(scores, 1) if score and any(map(_is_filled, head[n:]))]
    if not candidates:
        return []
    best = max(candidates, key=lambda n: (scores[n - 1], -n))
    if best < len(head) and not _has_figures(head[best]) and (_repeats(head[best]) or _completes(head, best)):
        return [best, best + 1]
    if best > 1 and _wordiness(head[best - 2]) > 1 and (_repeats(head[best - 1]) or _completes(head, best - 1)):
        return [best - 1, best]
    return [best]


def _completes(head: _Rows, row: int) -> bool:
    """The row below has words where this one is blank, is blank where this one has words, and data follow."""
    upper, lower = ([bool(trim_heading(c)) for c in r] for r in head[row - 1 : row + 1])
    width = max(len(upper), len(lower))
    upper, lower = (r + [False] * (width - len(r)) for r in (upper, lower))
    pairs = set(zip(upper, lower, strict=True))
    return {(True, False), (False, True)} <= pairs and any(map(_is_filled, head[row + 1 :]))


def _wordiness(row: Sequence[str]) -> int:
    """Different cells that could be headings: words and periods, no figures, no long text."""
    cells = {fold(c) or c for c in map(trim_heading, row) if c and len(c) <= _LONGEST_HEADING}
    return 0 if is_tag_row(row) else sum(kind_of([c]) in ("text", "period") for c in cells)


def _repeats(row: Sequence[str]) -> bool:
    """Two cells or more stand in the row a second time."""
    filled = [fold(c) for c in map(trim_heading, row) if c]
    return len(filled) - len(set(filled)) >= 2


def _has_figures(row: Sequence[str]) -> bool:
    return any(kind_of([c]) not in ("text", "flag") for c in map(trim_cell, row) if c)


def _is_filled(row: Sequence[str]) -> bool:
    return any(map(trim_cell, row))


def _columns(names: Sequence[str], rows: _Rows) -> dict[str, list[str]]:
    """First values under each heading that stands once; a heading that stands twice names no column."""
    data = list(islice(filter(_is_filled, rows), SAMPLED_ROWS))
    counts = Counter(names)
    places = {n: i for i, n in enumerate(names) if n and counts[n] == 1}
    return {n: [trim_cell(row[i]) if i < len(row) else "" for row in data] for n, i in places.items()}


def sample_iati(content: bytes, _: str) -> FileSample:
    """Sections of an IATI file that hold records, without the headings that it leaves empty."""
    from idtracker.ingest.read.iati.reader import collect_sections, columns_of_section

    samples = []
    for name, rows in collect_sections(content).items():
        first = rows[:SAMPLED_ROWS]
        by_heading = zip(columns_of_section(name), zip(*first, strict=True), strict=False)
        columns = {h: [v or "" for v in values] for h, values in by_heading if any(values)}
        if columns:
            samples.append(Sample(name, columns))
    return FileSample("iati", samples)


def sample_records(content: bytes, detected: str) -> FileSample:
    """Every list of records of a JSON document by its path, with the fields of the records around it."""
    from idtracker.ingest.read.structured.json_records import Object, flatten, parse_json

    lists: dict[str, list[tuple[Object, tuple[Object, ...]]]] = {}
    for path, record, parents in _walk(parse_json(decode(content, "utf-8", "")[0]), (), ()):
        lists.setdefault(path, []).append((record, parents))
    samples = []
    for path, records in lists.items():
        rows = [flatten(record) for record, _ in records[:SAMPLED_ROWS]]
        own = dict.fromkeys(h for cells in rows for h in cells)
        for cells, (_, parents) in zip(rows, records, strict=False):
            for heading, value in (item for parent in parents for item in flatten(parent).items()):
                cells.setdefault(f"../{heading}" if heading in own else heading, value)
        later = (h for record, _ in records[SAMPLED_ROWS:] for h in flatten(record))
        headings = dict.fromkeys([*(h for cells in rows for h in cells), *later])
        if headings:
            samples.append(Sample(path, {h: [cells.get(h) or "" for cells in rows] for h in headings}))
    return FileSample("json", samples)


def _walk(value: Any, steps: tuple[str, ...], parents: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, Any, Any]]:
    """(path, record, records around it) of every list of records."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _walk(inner, (*steps, key), (value, *parents))
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for item in value:
            yield ".".join(steps), item, parents
            yield from _walk(item, steps, parents)
