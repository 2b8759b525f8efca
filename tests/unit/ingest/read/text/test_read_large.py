"""A large file that is in order is read from its bytes as it would be from its text; any other from its text."""

from __future__ import annotations

import pytest

from idtracker.ingest.read.reading import read
from idtracker.ingest.read.text import delimited, large
from idtracker.model.config.limits import Limits
from idtracker.model.packed import packings
from idtracker.model.packed.array import packing_of

ROWS = "".join(f"{n},Amman عمان {n % 3},  x \r\n" for n in range(400))
ORDINARY = {
    "plain": f"id,a,b\r\n{ROWS}",
    "no line end": f"id,a,b\n{ROWS.rstrip()}",
    "a banner": f"Figures of the year\n\nid,a,b\n{ROWS}",
    "quotation marks": f'id,a,b\n{ROWS}9,"two, and\nlines",\n"10","said ""so""",\n',
    "blank rows": f"id,a,b\n{ROWS},,\n7,y,\n",
    "lines of carriage returns": f"id,a,b\r{ROWS}",
    "a total": f"id,a,b\n{ROWS}Total,9,\n",
}
OUT_OF_THE_ORDINARY = {
    "a quotation mark that stays open": f'id,a,b\n{ROWS}7,"open,\n8,9,\n',
    "a quotation mark that swallows lines": f'id,a,b\n{ROWS}7,"open,1\n8,9,1\n10,"two,1\n11,2,1\n',
    "rows too long": f"id,a,b\n{ROWS}7,8,9,10\n",
    "rows too short": f"id,a,b\n{ROWS}7,8\n9\n",
    "cut within its last row": f"id,a,b\n{ROWS}7,8",
    "another separator": f"id,a,b\n{ROWS}".replace(",", ";"),
    "a line that is very long": f"id,a,b\n{ROWS}7,{'8' * 500},9\n",
    "broken characters": f"id,a,b\n{ROWS}".encode() + b"7,\xe9,\n",
    "another encoding": f"id,a,b\n{ROWS}".encode("cp1256"),
    "wide characters": f"id,a,b\n{ROWS}".encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + f"id,a,b\n{ROWS}".encode(),
    "characters of zeros": f"id,a,b\n{ROWS}7,\0,\n",
    "marks before quotation marks": f'id,a,b\n{ROWS}7,"so \\"it\\" is",\n',
}
LIMITS = Limits(columns=200)


def content_of(reading):
    tables = [t for tables in reading.tables.values() for t in tables]
    cells = [t.cells.astype(object).where(t.cells.notna(), None).to_dict("list") for t in tables]
    where = [(t.sheet, t.row_numbers.tolist(), t.positions, t.duplicates) for t in tables]
    groups = [(g.rule.id, g.sheet, g.column, list(g.rows), list(g.values), g.details) for g in reading.findings.groups]
    return cells, where, groups


def both_ways(content, source, limits, monkeypatch):
    """The reading from the text, that from the bytes, and what the second way gave of its own."""
    expected = content_of(read(content, "f.csv", source, limits))
    given, inner = [], large.read_large
    monkeypatch.setattr(large, "FEWEST_BYTES", 0)
    monkeypatch.setattr(packings, "FEWEST_ROWS", 100)
    monkeypatch.setattr(delimited, "read_large", lambda *about: given.append(inner(*about)) or given[-1])
    return expected, read(content, "f.csv", source, limits), given


@pytest.mark.parametrize("case", ORDINARY)
def test_what_is_in_order_is_read_from_its_bytes(case, define, monkeypatch):
    source = define("csv", format={"delimiter": ",", "encoding": "utf-8"})
    expected, reading, given = both_ways(ORDINARY[case].encode(), source, LIMITS, monkeypatch)
    assert len(given) == 1 and given[0] is not None
    assert content_of(reading) == expected
    table = reading.tables["activity"][0]
    assert len(table) >= 400 and packing_of(table.cells["a"]) is not None  # texts that repeat are coded


@pytest.mark.parametrize("case", OUT_OF_THE_ORDINARY)
def test_what_is_out_of_the_ordinary_is_read_from_its_text(case, define, monkeypatch):
    text = OUT_OF_THE_ORDINARY[case]
    source = define("csv", format={"delimiter": ",", "encoding": "utf-8"})
    content = text if isinstance(text, bytes) else text.encode()
    expected, reading, given = both_ways(content, source, LIMITS, monkeypatch)
    assert given == [None]
    assert content_of(reading) == expected


@pytest.mark.parametrize(
    "limits", [Limits(rows=399), Limits(cells=1_000), Limits(columns=2), Limits(cell_characters=9)]
)
def test_what_is_beyond_a_limit_is_refused_as_ever(limits, define, monkeypatch):
    source = define("csv", format={"delimiter": ",", "encoding": "utf-8"})
    expected, reading, _ = both_ways(ORDINARY["plain"].encode(), source, limits, monkeypatch)
    assert reading.findings.is_critical
    assert content_of(reading) == expected
