"""Excel 97-2003 workbooks, read in a process with limits."""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest

from idtracker.read import legacy
from idtracker.read.refusal import RefusalError


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


def test_sheets_come_back_as_values():
    buffer = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active.title = "Data"
    workbook.active.append(["id", 1.5, True])
    workbook.save(buffer)
    assert legacy.read_legacy_sheets(buffer.getvalue(), "damaged") == {"Data": [["id", 1.5, True]]}


@pytest.mark.parametrize("content", [b"", b"not a workbook", compound_file(0xFFFFFFFE)[:600]])
def test_damage_is_a_refusal(content):
    with pytest.raises(RefusalError) as refusal:
        legacy.read_legacy_sheets(content, "damaged")
    assert refusal.value.details == {"reason": "damaged"}


def test_a_chain_that_ends_is_followed():
    assert legacy.read_legacy_sheets(compound_file(0xFFFFFFFE), "damaged") == {}


def test_a_chain_without_end_is_a_refusal(monkeypatch, define, refused):
    monkeypatch.setattr(legacy, "MOST_MEMORY_BYTES", 400 << 20)
    rule, details = refused(compound_file(1), define("xlsx"))
    assert (rule, details) == (
        "file.unreadable",
        {"reason": "the workbook is damaged or is not what it claims to be"},
    )


def test_a_parser_that_does_not_end_is_a_refusal(monkeypatch):
    monkeypatch.setattr(legacy, "MOST_SECONDS", 0.0001)
    with pytest.raises(RefusalError):
        legacy.read_legacy_sheets(b"x", "damaged")
