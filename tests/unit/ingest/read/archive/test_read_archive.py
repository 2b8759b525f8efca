"""ZIP and GZ files: every member with data is read, the others are named, and nothing is written anywhere."""

from __future__ import annotations

import gzip
import io
import zipfile

import openpyxl
import pytest

from idtracker.ingest.read.archive.zip_members import clean_name
from idtracker.ingest.read.reading import read
from idtracker.model.config.limits import Limits

CSV = b"id,place\n1,Irbid\n"


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook(sheet: str, *rows: list[str]) -> bytes:
    buffer, book = io.BytesIO(), openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def summary(reading):
    tables = [(t.sheet, t.cells["id"].tolist(), t.row_numbers.tolist()) for ts in reading.tables.values() for t in ts]
    return tables, {g.rule.id: g.details for g in reading.findings.groups}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "hxl"])
def test_members_of_any_kind_are_added_up(kind, define):
    content = zipped(
        ("north/a.csv", CSV),
        ("b.xlsx", workbook("Data", ["id", "place"], ["2", "Karak"])),
        ("c.json", b'[{"id": "3"}]'),
    )
    tables, _ = summary(read(content, "returns.zip", define(kind)))
    assert tables == [("north/a.csv", ["1"], [2]), ("b.xlsx!Data", ["2"], [2]), ("c.json", ["3"], [1])]


def test_findings_stand_where_the_member_is(define):
    content = zipped(("a.csv", CSV), ("b.csv", b"id,place\n2,Ma\x92an,x\n"))
    reading = read(content, "returns.zip", define("csv"))
    assert {(g.rule.id, g.sheet, tuple(g.rows)) for g in reading.findings.groups} == {
        ("file.encoding", "b.csv", ()),
        ("row.ragged", "b.csv", (2,)),
    }


def test_a_gz_file_is_what_is_in_it(table, define):
    assert table(gzip.compress(CSV), define("csv")).sheet == ""
    reading = read(gzip.compress(b'[{"id": "3"}]'), "a.json.gz", define("json"))
    assert summary(reading) == ([("", ["3"], [1])], {})
    assert summary(read(gzip.compress(zipped(("a.csv", CSV))), "a.gz", define("csv")))[0] == [("a.csv", ["1"], [2])]


def test_archives_in_archives(define):
    inner = zipped(("b.csv", b"id\n2\n"))
    content = zipped(("inner.zip", inner), ("a.csv.gz", gzip.compress(CSV)))
    reading = read(content, "r.zip", define("csv"))
    assert summary(reading)[0] == [("inner.zip!b.csv", ["2"], [2]), ("a.csv.gz", ["1"], [2])]
    assert [t.member for t in reading.tables["activity"]] == ["inner.zip!b.csv", "a.csv.gz"]
    for _ in range(3):
        content = zipped(("deeper.zip", content))
    (group,) = read(content, "r.zip", define("csv")).findings.groups
    assert group.details["reason"] == "archives are packed inside one another too deeply"


def test_members_without_data_are_named(define):
    content = zipped(
        ("a.csv", CSV), ("README.txt", b"Please read this."), ("__MACOSX/._a.csv", b"\0\1"), ("scan.pdf", b"%PDF-1.4"),
        ("datapackage.json", b'{"resources": []}'),
    )  # fmt: skip
    tables, findings = summary(read(content, "r.zip", define("csv")))
    assert len(tables) == 1
    assert findings == {"file.member_unused": {"members": "__MACOSX/._a.csv, scan.pdf, datapackage.json, README.txt"}}


@pytest.mark.parametrize(
    ("name", "member", "reason"),
    [
        ("b.xlsx", b"PK\x03\x04 cut off", "damaged or was not received completely"),
        ("b.csv", b"code,town\n1,Irbid\n", "none of the headings"),
        ("b.csv", b"", "holds no data"),
        ("b.json", b'{"id": ', "not valid JSON"),
        ("b.xls", b"\x89PNG\r\n\x1a\n", "PNG picture"),
    ],
)
def test_a_broken_member_leaves_the_others(name, member, reason, define):
    reading = read(zipped((name, member), ("a.csv", CSV)), "r.zip", define("csv"))
    tables, findings = summary(reading)
    assert tables == [("a.csv", ["1"], [2])]
    assert set(findings) == {"file.member_unreadable"}
    assert findings["file.member_unreadable"]["member"] == name
    assert reason in findings["file.member_unreadable"]["reason"]
    assert "\u0600" < findings["file.member_unreadable"]["reason_ar"][0] < "\u06ff"


def test_the_only_member_is_judged_as_if_it_came_alone(define, refused):
    assert refused(zipped(("b.csv", b"")), define("csv")) == ("file.empty", {})
    assert refused(zipped(("b.pdf", b"%PDF-1.4")), define("csv")) == ("file.empty", {})
    reading = read(zipped(("b.csv", b"code\n1\n")), "r.zip", define("csv"))
    assert [t.headings for t in reading.tables["activity"]] == [["code"]]
    rule, details = refused(zipped(("b.csv", b""), ("c.csv", b"\n")), define("csv"))
    assert rule == "file.unreadable"
    assert "b.csv" in details["reason"]


def test_each_part_is_read_from_the_member_that_has_its_headings(define):
    people = {
        "name": "people",
        "feeds": "activity",
        "key": ["id"],
        "columns": [{"field": "id", "required": True}, {"field": "reached"}],
    }
    money = {
        "name": "money",
        "feeds": "activity",
        "key": ["ref"],
        "columns": [{"field": "ref", "required": True}, {"field": "reached"}],
    }
    content = zipped(("p.csv", b"id,reached\n1,2\n"), ("m.csv", b"ref,reached\n1,2\n"))
    reading = read(content, "r.zip", define("csv", parts=[people, money]))
    assert {part: [t.sheet for t in ts] for part, ts in reading.tables.items()} == {
        "people": ["p.csv"],
        "money": ["m.csv"],
    }
    reading = read(zipped(("p.csv", b"id,reached\n1,2\n")), "r.zip", define("csv", parts=[people, money]))
    assert [t.headings for t in reading.tables["money"]] == [["id", "reached"]]


def test_a_password_refuses_the_archive(define, refused):
    content = bytearray(zipped(("a.csv", CSV)))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + at] |= 1
    assert refused(bytes(content), define("csv")) == (
        "file.unreadable",
        {"reason": "the archive is protected by a password"},
    )


def test_names_that_lead_astray_are_cleaned(define, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = zipped(
        ("../../a.csv", CSV), ("C:\\b.csv", CSV), ("/etc/c.csv", CSV), ("\u202evsc.d", CSV), ("a.csv", CSV)
    )
    reading = read(content, "r.zip", define("csv"))
    tables, findings = summary(reading)
    assert [t[0] for t in tables] == ["a.csv", "b.csv", "etc/c.csv", "vsc.d", "a.csv (2)"]
    assert findings["file.member_name"] == {"members": "a.csv, b.csv, etc/c.csv, vsc.d"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("a/./b//c.csv", "a/b/c.csv"),
        ("..\\..\\x.csv", "x.csv"),
        ("a\x00b\r\n.csv", "ab.csv"),
        ("تقرير إربد.csv", "تقرير إربد.csv"),
        ("..", ""),
    ],
)
def test_what_is_left_of_a_name(name, cleaned):
    assert clean_name(name) == cleaned


def test_a_long_name_is_cut():
    assert len(clean_name("x" * 60_000)) == 120


def test_a_name_in_utf8_that_does_not_say_so(define):
    flags_off = bytearray(zipped(("إربد.csv", CSV)))
    for signature, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        flags_off[flags_off.find(signature) + at] &= ~0x08
    assert summary(read(bytes(flags_off), "r.zip", define("csv")))[0][0][0] == "إربد.csv"


@pytest.mark.parametrize(
    "content",
    [gzip.compress(CSV)[:-6], gzip.compress(CSV) + b"junk", zipped(("a.csv", CSV))[:-30]],
    ids=["cut gz", "gz and more", "cut zip"],
)
def test_a_damaged_archive_is_unreadable(content, define, refused):
    rule, details = refused(content, define("csv"))
    assert rule == "file.unreadable"
    assert "damaged" in details["reason"]


def lying(content: bytes, size: int) -> bytes:
    """An archive of one member whose headers declare another size."""
    patched = bytearray(content)
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = patched.find(signature) + at
        patched[place : place + 4] = size.to_bytes(4, "little")
    return bytes(patched)


def test_headers_that_lie_do_not_get_past(define, refused):
    bomb = zipped(("a.csv", b"id\n" + b"0" * (20 << 20)))
    assert refused(lying(bomb, 10), define("csv"))[0] == "file.unreadable"
    assert refused(lying(bomb, 30 << 20), define("csv"))[0] == "file.unreadable"


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (zipped(("a.csv", bytes(80 << 20))), {}),
        (gzip.compress(bytes(80 << 20)), {}),
        (zipped(("a.csv", CSV)), {"inflated_bytes": 5}),
        (gzip.compress(CSV), {"inflated_bytes": 5}),
        (zipped(("a.csv", CSV), ("b.csv", CSV)), {"archive_files": 1}),
        (zipped(("a.zip", zipped(("b.csv", CSV)))), {"inflated_bytes": 120}),
        (zipped(("a.zip", zipped(("b.csv", CSV)))), {"archive_files": 1}),
        (zipped(("a.csv", CSV), ("b.csv", b"id\n" * 9)), {"rows": 5}),
    ],
    ids=["zip", "gz", "zip bytes", "gz bytes", "zip files", "nested bytes", "nested files", "rows"],
)
def test_bombs_are_refused(content, limits, define):
    reading = read(content, "r.zip", define("csv"), Limits(**limits))
    assert [g.rule.id for g in reading.findings.groups] == ["file.too_large"]
    assert reading.tables == {}


def test_the_sheet_and_the_period_come_from_the_member(define):
    from idtracker.ingest.shape.headings import virtual_headings
    from idtracker.model.config.source import Received

    content = zipped(("returns_2026-Q1.xlsx", workbook("Irbid", ["id"], ["1"])))
    (table,) = read(content, "all.zip", define("xlsx")).tables["activity"]
    virtual = virtual_headings(table, Received(from_name=r"_(?P<period>\d{4}-Q\d)"), "all.zip")
    assert (virtual["@sheet"], virtual["@file"], virtual["@name.period"]) == ("Irbid", "all.zip", "2026-Q1")
