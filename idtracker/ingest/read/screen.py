"""Rows that are no data of their own, and characters that nobody sees: looked for in every table, however it was sent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.read.bounds import arrow_of
from idtracker.ingest.read.cells import trim_heading
from idtracker.ingest.read.heading import fold, is_tag_row
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.total_words import LIKE_TOTAL, LONGEST, total_words
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings

Mask = npt.NDArray[np.bool_]

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
    columns = {h: arrow_of(table, h) for h in table.headings}
    repeated = repeated_headings(table, columns)
    if repeated.any():
        findings.add("row.repeated_heading", sheet=table.sheet, rows=table.row_numbers[repeated].tolist())
        table = table.taking(~repeated)
        columns = {h: arrow_of(table, h) for h in table.headings}
    _report_totals(findings, table, columns, part)
    _report_hidden(findings, table, columns)
    return table, findings


def repeated_headings(table: RawTable, columns: dict[str, pa.ChunkedArray]) -> Mask:
    """Rows whose filled cells all say what their column is called, or are all HXL tags: two of them at least.

    One is enough where only one column is filled at all, and then it must be the heading.
    """
    enough = min(2, sum(c.null_count < len(c) for c in columns.values()))
    rows = np.arange(len(table))
    names_seen, tagged = np.zeros(len(table), dtype=np.int64), np.zeros(len(table), dtype=np.int64)
    for heading, cells in columns.items():
        own = {_plain(heading), *map(_plain, heading.split(" / "))}
        likely = cells if len(rows) == len(table) else cells.take(pa.array(rows))
        fits = _may_repeat(likely, own)
        places = np.flatnonzero(fits & likely.is_valid().to_numpy())
        texts = [likely[int(i)].as_py() for i in places]
        names_seen[rows[places]] += np.array([_plain(t) in own for t in texts], dtype=bool)
        tagged[rows[places]] += np.array([is_tag_row([t]) for t in texts], dtype=bool)
        fits[places] = np.array([_plain(t) in own or is_tag_row([t]) for t in texts], dtype=bool)
        rows = rows[fits]
        if not len(rows):
            break
    result = np.zeros(len(table), dtype=bool)
    result[rows[(names_seen[rows] >= enough) | (tagged[rows] >= 2)]] = True
    return result


def _plain(heading: str) -> str:
    return " ".join(trim_heading(heading).split())


def _may_repeat(cells: pa.ChunkedArray, own: set[str]) -> Mask:
    """Over a whole column, quickly: blank, as long as the heading and beginning like it, or beginning as a tag does."""
    starts = "|".join(sorted({re.escape(h[:1]) for h in own if h} | {"#"}))
    longest = max(map(len, own), default=0) * 4 + 60
    likely = pc.and_(
        pc.match_substring_regex(cells, rf"^[\s\x{{200e}}\x{{200f}}\x{{feff}}]*({starts})"),
        pc.less(pc.binary_length(cells), longest),
    )
    return np.array(pc.fill_null(likely, True).to_numpy(), dtype=bool)


def _report_totals(findings: Findings, table: RawTable, columns: dict[str, pa.ChunkedArray], part: Part) -> None:
    known = {fold(value) for column in part.columns for value in column.map}
    rest = np.arange(len(table))
    totals: dict[tuple[str, str], list[int]] = {}
    for heading, cells in columns.items():
        here = cells if len(rest) == len(table) else cells.take(pa.array(rest))
        short = pc.less_equal(pc.binary_length(here), LONGEST * 4)
        likely = pc.and_kleene(short, pc.match_substring_regex(here, LIKE_TOTAL))
        for place in np.flatnonzero(pc.fill_null(likely, False).to_numpy()):
            text = here[int(place)].as_py()
            if _is_total(text) and fold(text) not in known:
                totals.setdefault((heading, text), []).append(int(rest[place]))
        rest = rest[~here.is_valid().to_numpy()]
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


def _report_hidden(findings: Findings, table: RawTable, columns: dict[str, pa.ChunkedArray]) -> None:
    for heading, cells in columns.items():
        if not _may_hide(cells):
            continue
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
