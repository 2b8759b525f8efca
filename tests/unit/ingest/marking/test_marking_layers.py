"""What a file does to its text before anybody reads it: runs, escapes, encodings, layers, damage.

Guards, which held before: the last eight of the spellings, Arabic but in ISO 8859-6, the long files, a cut XLS, a second
part of a GZ, and of ordinary values those in JSON, of a report, of ballots and of a protected sheet.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile

import pytest
from carriers import ROWS, alone, changed, comma_separated, html, ods, xls, xlsx, zipped

from idtracker.ingest.marking.scan import find_marking, search

MARKED = comma_separated(alone("SECRET"))
TEXTS = "xl/sharedStrings.xml"
SHEET = "xl/worksheets/sheet1.xml"


def with_text(xml: str) -> bytes:
    """A workbook whose one shared text is written so."""
    return shared([*ROWS, ["3", "HERE", "9"], ["4", "Amman", "2"]], xml)


def shared(rows: list[list[str]], xml: str) -> bytes:
    content = changed(xlsx(rows), SHEET, b't="inlineStr"><is><t>HERE</t></is>', b't="s"><v>0</v>')
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**members, TEXTS: f"<sst><si>{xml}</si></sst>".encode()})


def with_header(xml: str) -> bytes:
    return changed(xlsx(), SHEET, b"</worksheet>", f"<headerFooter>{xml}</headerFooter></worksheet>".encode())


@pytest.mark.parametrize(
    "content",
    [
        with_text("<r><t>SEC</t></r><r><rPr><b/><sz val='11'/></rPr><t>RET</t></r>"),
        with_text("<t>_x0053_ECRET</t>"),
        with_text("<t>&#83;&#x45;CRET</t>"),
        with_text("<t>SE\u00adC\u200bRET</t>"),
        with_text("<t><![CDATA[SECRET]]></t>"),
        with_text("<t>Return of the embassy\nSECRET</t>"),
        with_header('<oddHeader>&amp;L&amp;"Arial,Bold"&amp;12Embassy&amp;R&amp;K01+034&amp;BSECRET</oddHeader>'),
        with_header('<evenFooter>&amp;C&amp;"-,Bold"&amp;KFF0000SECRET&amp;"-,Regular" Page &amp;P of &amp;N</evenFooter>'),
        with_header("<firstHeader>&amp;RSecret</firstHeader>"),
        changed(ods(ROWS), "content.xml", b"<text:p>Zarqa", b"<text:p>SE<text:span>CR</text:span>ET"),
        html(ROWS).replace(b"Zarqa", b"S<b>ECRE</b>T"),
        html(ROWS).replace(b"Zarqa", b"SECRET&nbsp;&nbsp;WHEN&nbsp;COMPLETE"),
        html(ROWS).replace(b"<body>", b"<body><p>Secret</p>"),
        xls([["SECRET", "x" * 65], *ROWS]),
        zipped({"[Content_Types].xml": b"<Types/>", "word/header1.xml": b"<w:hdr><w:p><w:r><w:t>Secret</w:t></w:r></w:p></w:hdr>"}),
        zipped({"xl/workbook.bin": b"\0" * 600, "xl/sharedStrings.bin": struct.pack("<I", 6) + "SECRET".encode("utf-16-le")}),
        "<?xml version='1.0' encoding='utf-16'?><a><b>SECRET</b></a>".encode("utf-16"),
        "SECRET\u00a0\u00a0WHEN\u2003COMPLETE\nid,place\n1,Zarqa\n".encode(),
        "ＳＥＣＲＥＴ\nid,place\n1,Zarqa\n".encode(),
        b"id,place\n1,Zarqa\nSECRET,\n2,Irbid\n",
        b'id,note\n1,"first line\nSECRET\nlast line"\n2,x\n',
        b"id\tplace\n1\tSECRET, UK EYES ONLY\n",
        b"SECRET, UK EYES ONLY\nid,place\n1,Zarqa\n",
        b'{"a": [[[["SECRET"]]]], "b": "cut o',
        b'{"a": ' + b"[" * 5000 + b'"SECRET"',
        b"<a><b>SECRET</b><c>cut o",
        b"<a><!-- one > two <b>SECRET</b> --><c/></a>",
    ],
)  # fmt: skip
def test_a_marking_is_seen_through_its_spelling(content: bytes) -> None:
    assert find_marking(content) == "SECRET"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1256", "iso8859-6"])
def test_arabic_in_every_encoding(codec: str) -> None:
    assert find_marking("سري للغاية\nالرقم,المكان\n1,اربد\n".encode(codec)) == "سري للغاية"


@pytest.mark.parametrize("codec", ["utf-8", "cp1256"])
def test_arabic_far_down_a_long_file(codec: str) -> None:
    """Beyond the windows in which a long file is read; below a heading in the first of them."""
    rows = "1,plain text of a row,OFFICIAL\n" * 700_000
    assert find_marking(f"ref,note,classification\n{rows}2,x,سري\n".encode(codec)) == "سري"
    assert find_marking(f"ref,note,classification\n{rows}2,x,علني\n".encode(codec)) is None


@pytest.mark.parametrize("size", [1, 100, 8 << 20, (8 << 20) + 3, (16 << 20) + 7])
def test_a_line_is_seen_wherever_the_windows_end(size: int) -> None:
    filler = b"x" * (size - 1) + b"\n"
    assert find_marking(b"id,a\n1,2\n" + filler + b"SECRET\n3,4\n") == "SECRET"
    assert find_marking(b"id,a\n1,2\n" + filler + b"SECRET") == "SECRET"
    assert find_marking(b"id,a\n1,2\n" + b"x" * size + b"SECRET\n3,4\n") is None


def test_arabic_in_forms_of_presentation() -> None:
    assert find_marking("\ufeb3\ufead\ufef1 \ufedf\ufedf\ufed0\ufe8e\ufef3\ufe94\nid,a\n1,2\n".encode()) == "سري للغاية"


def renamed(content: bytes, name: bytes, other: bytes) -> bytes:
    """A ZIP file whose local header calls a member otherwise than its directory."""
    assert len(name) == len(other)
    return content.replace(name, other, 1)


def hidden(content: bytes) -> bytes:
    """A ZIP file of another member only, with all of the given one in front of it."""
    tail = zipped({"b.csv": comma_separated(ROWS)})
    directory = content.index(b"PK\x01\x02")
    return content[:directory] + tail


def flipped(content: bytes, member: str) -> bytes:
    """A ZIP file with a member whose checksum is wrong."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        checksum = struct.pack("<I", archive.getinfo(member).CRC)
    return content.replace(checksum, b"\1\2\3\4")


LONG = b"".join(b"%d,%d,%d\n" % (n, n * n % 977, n * 31 % 89) for n in range(20_000))
DAMAGED = {
    "other name in the local header": renamed(zipped({"a.csv": MARKED}), b"a.csv", b"b.csv"),
    "marking in the local name only": renamed(zipped({"a_plain.csv": b"id\n1\n"}), b"a_plain.csv", b"SECRET_.csv"),
    "member that no directory names": hidden(zipped({"a.csv": MARKED})),
    "ZIP without its end": zipped({"a.csv": MARKED, "b.csv": LONG})[:-100],
    "ZIP cut in the marked member": zipped({"b.csv": b"id\n1\n", "a.csv": MARKED + LONG})[:20_000],
    "stored ZIP without its end": zipped({"a.csv": MARKED, "b.csv": LONG}, zipfile.ZIP_STORED)[:-100],
    "wrong checksum": flipped(zipped({"a.csv": MARKED}), "a.csv"),
    "XLSX without its end": xlsx(alone("SECRET"))[:-200],
    "XLSX of everyday words without its end": shared(alone("HERE"), "<t>RESTRICTED</t>")[:-200],
    "XLSX with a wrong checksum": flipped(xlsx(alone("RESTRICTED")), SHEET),
    "XLS cut": xls(alone("RESTRICTED"))[:-1500],
    "GZ cut": gzip.compress(MARKED + LONG)[:20_000],
    "ZIP cut in GZ": gzip.compress(zipped({"a.csv": MARKED, "b.csv": LONG})[:-100]),
    "XLSX cut in ZIP": zipped({"a.xlsx": xlsx(alone("RESTRICTED"))[:-200]}, zipfile.ZIP_STORED),
    "second part of a GZ": gzip.compress(comma_separated(ROWS)) + gzip.compress(MARKED),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_refused_for_its_marking(content: bytes) -> None:
    assert search(content).marking in ("SECRET", "RESTRICTED")


ORDINARY = {
    "group rows of one cell": b"activity,place,people\nPROTECT,,\nlegal aid,Zarqa,5\nRESTRICTED,,\nvisits,Irbid,7\n",
    "last row but with others": b"activity,place,people\nlegal aid,Zarqa,5\nPROTECT,Irbid,7\n",
    "a list of one column": b"activity\nWASH\nPROTECT\nFOOD\n",
    "a list in JSON": b'{"sectors": ["PROTECT", "WASH"], "access": "RESTRICTED"}',
    "a tag list in records": b'[{"id": 1, "sectors": ["PROTECT"]}, {"id": 2, "sectors": ["RESTRICTED"]}]',
    "a workbook of a protection cluster": xlsx([["cluster", "access"], *[["PROTECT", "RESTRICTED"]] * 80]),
    "an XLS of a protection cluster": xls([["cluster", "access"], *[["PROTECT", "RESTRICTED"]] * 20]),
    "an XLS with a length that looks like a code": xls(
        [["id", "a"], ["سري", "the people town secretary UNHCR السكان"]]
    ),
    "IATI": b"<iati-activities><iati-activity><title><narrative>Protect</narrative></title><sector code='1'>"
    b"<narrative>RESTRICTED</narrative></sector></iati-activity></iati-activities>",
    "a protected sheet": changed(xlsx(), SHEET, b"</sheetData>", b'</sheetData><sheetProtection sheet="1"/>'),
    "text of a report": b"We met in secret. The SECRET of success is trust.\nAccess is restricted, and rights are to protect.\n",
    "ballots": "الاقتراع,العدد\nسري,4\nعلني,5\n".encode(),
    "a key of other things": json.dumps({"access": {"type": "RESTRICTED"}, "protect": "PROTECT"}).encode(),
}


@pytest.mark.parametrize("content", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_values_are_let_through(content: bytes) -> None:
    assert search(content) == (None, True)


def test_an_everyday_word_below_the_table_is_a_marking() -> None:
    assert find_marking(b"activity,place\nWASH,Zarqa\nFOOD,Irbid\n\nRESTRICTED,\n") == "RESTRICTED"
    assert find_marking(xlsx([*ROWS, [], ["CONFIDENTIAL"]])) == "CONFIDENTIAL"
    assert find_marking(html(ROWS).replace(b"</body>", b"<p>RESTRICTED</p></body>")) == "RESTRICTED"
