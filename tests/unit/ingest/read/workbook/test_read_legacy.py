"""Workbooks read in a process with limits."""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest

from idtracker.ingest.read.reading import read
from idtracker.ingest.read.refusal import RefusalError
from idtracker.ingest.read.workbook.legacy import read_apart
from idtracker.model.config.limits import Limits


def compound_file(next_directory_sector):
    """A compound file of a header, one sector of chains and one directory sector, which is followed by the given one."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<III", header, 44, 1, 1, 0)
    struct.pack_into("<IIIII", header, 56, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    chains = struct.pack("<128I", 0xFFFFFFFD, next_directory_sector, *[0xFFFFFFFF] * 126)
    directory = "Workbook".encode("utf-16-le").ljust(512, b"\0")
    return bytes(header) + chains + directory


@pytest.fixture
def book():
    buffer = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active.title = "Data"
    workbook.active.append(["id", 1.5, True])
    workbook.active.merge_cells("A1:A4")
    hidden = workbook.create_sheet("Lists and codes")
    hidden.sheet_state = "veryHidden"
    hidden["C2"] = "x"
    workbook.save(buffer)
    return buffer.getvalue()


def test_sheets_come_back_as_values(book):
    sheets = read_apart(book, "workbook_damaged", Limits())
    assert list(sheets) == ["Data", "Lists and codes"]
    assert sheets["Data"].cells == [["id", 1.5, True]]
    assert sheets["Data"].merged == [(1, 0, 4, 0)]
    assert sheets["Lists and codes"].cells == [["", "", ""], ["", "", "x"]]
    assert [s.visibility for s in sheets.values()] == ["visible", "very hidden"]


def test_one_sheet_comes_back_where_it_is_named(book):
    assert list(read_apart(book, "workbook_damaged", Limits(), "Lists and codes")) == ["Lists and codes"]


def test_a_sheet_beyond_the_limits_comes_back_as_its_size(book):
    sheets = read_apart(book, "workbook_damaged", Limits(columns=2))
    assert (sheets["Data"].cells, sheets["Data"].rows, sheets["Data"].columns) == (None, 1, 3)


@pytest.mark.parametrize("content", [b"", b"not a workbook", compound_file(0xFFFFFFFE)[:600]])
def test_damage_is_a_refusal(content):
    with pytest.raises(RefusalError) as refusal:
        read_apart(content, "workbook_damaged", Limits())
    assert refusal.value.details["reason"] == "the workbook is damaged or is not what it claims to be"


def test_a_chain_that_ends_is_followed():
    assert read_apart(compound_file(0xFFFFFFFE), "workbook_damaged", Limits()) == {}


def test_a_chain_without_end_is_a_refusal(define):
    reading = read(compound_file(1), "f.xls", define("xlsx"), Limits(memory_bytes=400 << 20))
    assert [g.rule.id for g in reading.findings.groups] == ["file.unreadable"]
    assert "damaged" in reading.findings.groups[0].message()


def test_a_parser_that_does_not_end_is_a_refusal(monkeypatch, tmp_path):
    endless = tmp_path / "endless.py"
    endless.write_text("import time; time.sleep(60)")
    monkeypatch.setattr("idtracker.ingest.read.workbook.legacy._CHILD", endless)
    with pytest.raises(RefusalError):
        read_apart(b"x", "workbook_damaged", Limits(seconds=1))
