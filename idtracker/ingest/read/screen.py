"""Rows that are no data of their own, and characters that nobody sees: looked for in every table, however it was sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.read.bounds import arrow_of, different_of
from idtracker.ingest.read.cells import trim_heading
from idtracker.ingest.read.heading import fold, is_tag_row
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.total_words import LIKE_TOTAL, LONGEST, total_words
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings
from idtracker.model.packed.array import packing_of
from idtracker.model.packed.packings import CodedTexts
from idtracker.model.text import chunks

Mask = npt.NDArray[np.bool_]
Texts: TypeAlias = pa.Array | pa.ChunkedArray

_HARMLESS_AT_ENDS = "\u200e\u200f\u061c\u200c\u200d\ufeff"
_HIDDEN = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_HIDDEN_PYTHON = re.compile(_HIDDEN)
_WINDOW = 1 << 22
_MOST_NAMED = 5
_SUSPECT = np.zeros(256, dtype=bool)
_SUSPECT[[*set(range(32)) - {9, 10, 13}, 0x7F, *b"\xc2\xd8\xe2\xef"]] = True


def screen(reading: Reading, source: Source) -> Reading:
    """The reading without repeated heading rows; totals (held) and hidden characters are reported.

    A first filled cell such as `Total` or `المجموع` makes a row a total, unless the `map` of a column knows the value.
    """
    parts = {part.id: part for part in source.parts}
    findings = Findings(reading.findings.groups)
    tables: dict[str, list[RawTable]] = {}
    seen: set[tuple[str, int, str]] = set()
    for part_id, tables_of_part in reading.tables.items():
        for table in tables_of_part:
            screened, more = _screen_table(table, parts[part_id])
            tables.setdefault(part_id, []).append(screened)
            for group in more.groups:
                key = (group.rule.id + group.column, hash(tuple(group.rows)), group.sheet)
                if key not in seen:
                    findings.groups.append(group)
                seen.add(key)
    return replace(reading, tables={**reading.tables, **tables}, findings=findings)


def _screen_table(table: RawTable, part: Part) -> tuple[RawTable, Findings]:
    findings = Findings()
    if not len(table) or not len(table.cells.columns):
        return table, findings
    repeated = repeated_headings(table)
    if repeated.any():
        findings.add("row.repeated_heading", sheet=table.sheet, rows=table.row_numbers[repeated].tolist())
        table = table.taking(~repeated)
    _report_totals(findings, table, part)
    _report_hidden(findings, table)
    return table, findings


def repeated_headings(table: RawTable) -> Mask:
    """Rows whose filled cells all say what their column is called, or are all HXL tags: two of them at least.

    One is enough where only one column is filled at all, and then it must be the heading.
    """
    enough = min(2, sum(not table.cells[h].array.isna().all() for h in table.headings))
    rows = np.arange(len(table))
    names_seen, tagged = np.zeros(len(table), dtype=np.int64), np.zeros(len(table), dtype=np.int64)
    for heading in table.headings:
        fits, is_name, is_tag = _of_rows(table.cells[heading], rows, partial(_repeats, heading))
        names_seen[rows] += is_name
        tagged[rows] += is_tag
        rows = rows[fits]
        if not len(rows):
            break
    result = np.zeros(len(table), dtype=bool)
    result[rows[(names_seen[rows] >= enough) | (tagged[rows] >= 2)]] = True
    return result


def _of_rows(cells: pd.Series, rows: npt.NDArray[np.intp], test: Callable[[Texts], Mask]) -> Mask:
    """What a test says of the texts of these rows; it sees each different text once where they are coded."""
    packing = packing_of(cells)
    if isinstance(packing, CodedTexts):
        return test(pa.concat_arrays([packing.different, pa.nulls(1, pa.large_string())]))[..., packing.codes[rows]]
    texts = chunks(cells)
    return test(texts if len(rows) == len(texts) else texts.take(pa.array(rows)))


def _repeats(heading: str, texts: Texts) -> Mask:
    """Three masks of the cells of a column: those that say what it is called, are tags, or are empty; the first; the second."""
    own = {_plain(heading), *map(_plain, heading.split(" / "))}
    masks = np.zeros((3, len(texts)), dtype=bool)
    masks[0] = _may_repeat(texts, own)
    for place in np.flatnonzero(masks[0] & np.asarray(texts.is_valid())).tolist():
        text = texts[place].as_py()
        masks[1:, place] = _plain(text) in own, is_tag_row([text])
        masks[0, place] = masks[1:, place].any()
    return masks


def _plain(heading: str) -> str:
    return " ".join(trim_heading(heading).split())


def _may_repeat(cells: Texts, own: set[str]) -> Mask:
    """Over a whole column, quickly: blank, as long as the heading and beginning like it, or beginning as a tag does."""
    starts = "|".join(sorted({re.escape(h[:1]) for h in own if h} | {"#"}))
    longest = max(map(len, own), default=0) * 4 + 60
    likely = pc.and_(
        pc.match_substring_regex(cells, rf"^[\s\x{{200e}}\x{{200f}}\x{{feff}}]*({starts})"),
        pc.less(pc.binary_length(cells), longest),
    )
    return _mask(likely, missing=True)


def _may_total(cells: Texts) -> Mask:
    short = pc.less_equal(pc.binary_length(cells), LONGEST * 4)
    return _mask(pc.and_kleene(short, pc.match_substring_regex(cells, LIKE_TOTAL)), missing=False)


def _mask(likely: Texts, *, missing: bool) -> Mask:
    return np.asarray(pc.fill_null(likely, missing), dtype=bool)


def _report_totals(findings: Findings, table: RawTable, part: Part) -> None:
    known = {fold(value) for column in part.columns for value in column.map}
    rest = np.arange(len(table))
    totals: dict[tuple[str, str], list[int]] = {}
    for heading in table.headings:
        cells = table.cells[heading]
        for row in rest[_of_rows(cells, rest, _may_total)].tolist():
            text = str(cells.iat[row])
            if _is_total(text) and fold(text) not in known:
                totals.setdefault((heading, text), []).append(row)
        rest = rest[cells.array.isna()[rest]]
        if not len(rest):
            break
    for (heading, text), rows in totals.items():
        findings.add(
            "row.total",
            sheet=table.sheet,
            column=heading,
            position=table.positions.get(heading),
            rows=table.row_numbers[rows].tolist(),
            values=[text] * len(rows),
            value=text,
        )


def _is_total(text: str) -> bool:
    words = total_words(text)
    return words is not None and words.form == "alone"


def _report_hidden(findings: Findings, table: RawTable) -> None:
    for heading in table.headings:
        if not _may_hide(different_of(table, heading)):
            continue
        cells = arrow_of(table, heading)
        rows = np.flatnonzero(pc.fill_null(pc.match_substring_regex(cells, _HIDDEN), False).to_numpy())
        texts = {int(r): cells[int(r)].as_py() for r in rows}
        marks = {r: set(_HIDDEN_PYTHON.findall(t.strip(_HARMLESS_AT_ENDS))) for r, t in texts.items()}
        places = [r for r, numbers in marks.items() if numbers]
        if places:
            names = [_name_of(mark) for mark in sorted(set().union(*marks.values()))]
            findings.add(
                "row.control_characters",
                sheet=table.sheet,
                column=heading,
                position=table.positions.get(heading),
                rows=table.row_numbers[places].tolist(),
                values=[texts[r] for r in places],
                found=", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else ""),
            )


def _may_hide(cells: pa.ChunkedArray) -> bool:
    """Whether the bytes of a column hold any that a hidden character could be made of."""
    for chunk in cells.chunks:
        values = chunk.buffers()[2]
        if values is None:
            continue
        offsets = np.frombuffer(
            chunk.buffers()[1], dtype=np.int64 if pa.types.is_large_string(chunk.type) else np.int32
        )
        start, end = offsets[chunk.offset], offsets[chunk.offset + len(chunk)]
        data = np.frombuffer(values, dtype=np.uint8)[start:end]
        if any(_SUSPECT[data[at : at + _WINDOW]].any() for at in range(0, len(data), _WINDOW)):
            return True
    return False


def _name_of(mark: str) -> str:
    name = unicodedata.name(mark, "control character").lower()
    return f"U+{ord(mark):04X} {name}"
