"""One text put into every kind of file, at every kind of place: what the tests of the scan for markings send."""

from __future__ import annotations

import csv
import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from html import escape

import openpyxl
from openpyxl.comments import Comment

ROWS = [["id", "place", "value"], ["1", "Zarqa", "5"], ["2", "Irbid", "7"]]
Grid = Sequence[Sequence[str]]


def comma_separated(rows: Grid) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def semicolons(rows: Grid) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode("utf-16")


def xlsx(rows: Grid = ROWS, change: Callable[[openpyxl.Workbook], object] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def html(rows: Grid) -> bytes:
    body = "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in rows)
    return f"<html><body><table>{body}</table></body></html>".encode()


def ods(rows: Grid) -> bytes:
    cells = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell><text:p>{escape(c)}</text:p></table:table-cell>' for c in r)}</table:table-row>"
        for r in rows
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f'<office:document><table:table table:name="D">{cells}</table:table></office:document>'.encode(),
        }
    )


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(content: bytes, member: str, old: bytes, new: bytes) -> bytes:
    """A ZIP file with one of its members written otherwise."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    return zipped({**members, member: members[member].replace(old, new)})


def xls(rows: Grid = ROWS, header: str = "", sheet: str = "D") -> bytes:
    """An Excel 97-2003 workbook: its records in one stream of a compound file."""
    texts = [cell for row in rows for cell in row]
    strings = struct.pack("<II", len(texts), len(texts)) + b"".join(_wide(t) for t in texts)
    name = sheet.encode("utf-16-le")
    bound = struct.pack("<IBBBB", 0, 0, 0, len(sheet), 1) + name
    globals_ = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), _record(0x42, struct.pack("<H", 1200))
    tail = _record(0xFC, strings) + _record(0x0A, b"")
    at = sum(map(len, globals_)) + 4 + len(bound) + len(tail)
    book = b"".join(globals_) + _record(0x85, struct.pack("<I", at) + bound[4:]) + tail
    cells = [(r, c) for r, row in enumerate(rows) for c in range(len(row))]
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    body += _record(0x14, struct.pack("<HB", len(header), 1) + header.encode("utf-16-le")) if header else b""
    body += b"".join(_record(0xFD, struct.pack("<HHHI", r, c, 0, n)) for n, (r, c) in enumerate(cells))
    return _compound("Workbook", book + body + _record(0x0A, b""))


def _wide(text: str) -> bytes:
    if text.isascii():
        return struct.pack("<HB", len(text), 0) + text.encode()
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _compound(name: str, stream: bytes) -> bytes:
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<III", header, 44, 1, 1, 0)
    struct.pack_into("<IIIII", header, 56, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    chains = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    return bytes(header) + chains + entries.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    place = struct.pack("<IQ", start, size)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + place
    )


TABLES: dict[str, Callable[[Grid], bytes]] = {
    "CSV": comma_separated,
    "UTF-16 with semicolons": semicolons,
    "XLSX": xlsx,
    "XLS": xls,
    "ODS": ods,
    "HTML": html,
    "CSV in ZIP": lambda rows: zipped({"a.csv": comma_separated(rows)}),
    "CSV in GZ": lambda rows: gzip.compress(comma_separated(rows), mtime=0),
    "XLSX in ZIP": lambda rows: zipped({"a.xlsx": xlsx(rows)}, zipfile.ZIP_STORED),
}


def alone(text: str) -> Grid:
    return [[text, "", ""], *ROWS]


def cell(text: str) -> Grid:
    return [*ROWS, ["3", text, "9"], ["4", "Amman", "2"]]


def _characters(text: str) -> str:
    return "".join(f"&#{ord(c)};" for c in text)


VALUES: dict[str, Callable[[str], bytes]] = {
    "JSON": lambda text: json.dumps({"rows": [{"id": 1, "place": text}]}, ensure_ascii=False).encode(),
    "JSON with escapes": lambda text: _escaped([{"id": 1, "place": text}]),
    "JSON lines": lambda text: b'{"id": 1}\n' + json.dumps({"id": 2, "place": text}).encode(),
    "JSON list of lists": lambda text: json.dumps([["id", "place"], [1, "Zarqa"], [2, text], [3, "Irbid"]]).encode(),
    "XML": lambda text: f"<a><row><place>{escape(text)}</place></row></a>".encode(),
    "XML with character references": lambda text: f"<a><row><place>{_characters(text)}</place></row></a>".encode(),
    "XML attribute": lambda text: f'<a><row place="{escape(text)}"/></a>'.encode(),
    "XML with character data": lambda text: f"<a><place><![CDATA[{text}]]></place></a>".encode(),
}


def _escaped(document: object) -> bytes:
    text = json.dumps(document, ensure_ascii=False)
    return "".join(c if c in '{}[]":, \\' else f"\\u{ord(c):04x}" for c in text).replace("\\u0031", "1").encode()


def _with_header(text: str) -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        book.active.oddHeader.left.text = text
        book.active.oddHeader.left.font, book.active.oddHeader.left.size = "Arial,Bold", 12

    return xlsx(change=change)


def _with_comment(text: str) -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        book.active["A2"].comment = Comment(text, "FCDO")

    return xlsx(change=change)


def _with_property(text: str) -> bytes:
    return xlsx(change=lambda book: setattr(book.properties, "subject", text))


FURNITURE: dict[str, Callable[[str], bytes]] = {
    "header of XLSX": _with_header,
    "comment of XLSX": _with_comment,
    "property of XLSX": _with_property,
    "header of XLS": lambda text: xls(header=f'&L&"Arial,Bold"&12{text}&R&P'),
    "XML comment": lambda text: f"<a><!-- {text} --><row><place>Zarqa</place></row></a>".encode(),
    "HTML comment": lambda text: html(ROWS).replace(b"<body>", f"<body><!-- {text} -->".encode()),
    "comment of ZIP": lambda text: _commented(text),
}


def _commented(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", comma_separated(ROWS))
        archive.comment = text.encode()
    return out.getvalue()


def keyed_column(label: str, text: str) -> Grid:
    return [["id", label, "value"], ["1", "OFFICIAL", "5"], ["2", text, "7"], ["3", "OFFICIAL", "8"]]


def keyed_pair(label: str, text: str) -> Grid:
    return [[label, "", text], *ROWS]


KEYED: dict[str, Callable[[str, str], bytes]] = {
    "JSON key": lambda label, text: json.dumps([{"id": 1, label: "OFFICIAL"}, {"id": 2, label: text}]).encode(),
    "JSON key over a list": lambda label, text: json.dumps({"a": {label: ["OFFICIAL", text]}}).encode(),
    "JSON key over objects": lambda label, text: json.dumps({"a": [{label: {"level": {"code": text}}}]}).encode(),
    "JSON name and value": lambda label, text: json.dumps({"x": [{"value": text, "name": label}]}).encode(),
    "XML attribute with name": lambda label, text: f'<a><field name="{label}">{text}</field></a>'.encode(),
    "HTML meta": lambda label, text: f'<html><head><meta name="{label}" content="{text}"></head></html>'.encode(),
    "custom property": lambda label, text: zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "docProps/custom.xml": f'<Properties><property name="{label}"><vt:lpwstr>{text}</vt:lpwstr></property></Properties>'.encode(),
        }
    ),
    "line of text": lambda label, text: f"Return of the quarter\n{label}: {text}\n\nid,place\n1,Zarqa\n".encode(),
}

NAMES: dict[str, Callable[[str], bytes]] = {
    "sheet of XLSX": lambda text: xlsx(change=lambda book: setattr(book.active, "title", text)),
    "hidden sheet of XLSX": lambda text: xlsx(
        change=lambda book: setattr(book.create_sheet(text), "sheet_state", "hidden")
    ),
    "sheet of XLS": lambda text: xls(sheet=text),
    "member of ZIP": lambda text: zipped({f"{text}.csv": comma_separated(ROWS)}),
    "folder in ZIP": lambda text: zipped({f"{text}/a.csv": comma_separated(ROWS)}),
    "name in GZ": lambda text: _named_gz(f"{text}.csv"),
}


def _named_gz(name: str) -> bytes:
    out = io.BytesIO()
    content = gzip.compress(comma_separated(ROWS), mtime=0)
    out.write(content[:3] + b"\x08" + content[4:10] + name.encode("utf-8") + b"\0" + content[10:])
    return out.getvalue()
