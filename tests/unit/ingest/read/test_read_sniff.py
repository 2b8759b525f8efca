"""What a file is, by its bytes."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from idtracker.ingest.read.formats.sniff import sniff


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.save(buffer)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        ("\ufeff \n".encode("utf-16-le"), "empty"),
        (b"id,name\n1,a\n", "text"),
        ("id,name\n1,a\n".encode("utf-16"), "text"),
        ("id,name\n1,a\n".encode("utf-16-le"), "text"),
        ("المحافظة,العدد\n".encode("cp1256"), "text"),
        (b"a,b\x00\n" + b"1,2\n" * 50 + b"\x00" * 500, "text"),
        (b'[{"a": 1}]', "json"),
        (b'{"a": 1}\n{"a": 2}\n', "json"),
        (b"\xef\xbb\xbf[1]", "json"),
        (b"[table],x\n", "text"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"<iati-activities version='2.03'/>", "xml"),
        (b"<!DOCTYPE html><html></html>", "html"),
        (b"<table><tr><td>1</td></tr></table>", "html"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x89PNG\r\n\x1a\n0000", "png"),
        (b"\xff\xd8\xff\xe0 0000", "jpeg"),
        (b"\x1f\x8b\x08\x00", "gz"),
        (bytes(range(256)) * 4, "binary"),
        (workbook(), "xlsx"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (zipped(**{"word/document.xml": b"<w/>"}), "docx"),
        (zipped(data_csv=b"id\n1\n"), "zip"),
        ("id,name\n1,a\n".encode("utf-32-le"), "text"),
        ("المحافظة,العدد\nعمّان,12\n".encode("utf-16-be"), "text"),
        (b"<?xml version='1.0'?><html><table/></html>", "html"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "sheet_xml"),
        (bytes(257) + b"ustar\x0000" + bytes(300), "tar"),
        (workbook()[:-200], "broken_zip"),
        (OLE + "Workbook".encode("utf-16-le"), "xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected"),
        (OLE + "WordDocument".encode("utf-16-le"), "ole"),
    ],
)
def test_the_kind_follows_the_bytes(content, kind):
    assert sniff(content) == kind


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "hxl", "iati"])
def test_a_file_of_blanks_is_empty_for_every_kind(kind, define, refused):
    assert refused(b" \n\n", define(kind)) == ("file.empty", {})


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    [
        ("csv", zipped(**{"word/document.xml": b"<w/>"}), "a Word document"),
        ("csv", b"<?xml version='1.0'?><a/>", "XML"),
        ("csv", b"%PDF-1.4", "PDF"),
        ("iati", b"id,name\n1,a\n", "plain or delimited text"),
        ("iati", b'{"id": 1}', "JSON"),
        ("hxl", b"<html></html>", "a web page (HTML)"),
    ],
)
def test_what_holds_no_table_of_the_source_refuses_the_file(kind, content, found, define, refused):
    rule, details = refused(content, define(kind))
    assert rule == "file.unknown_type"
    assert details["found"] == found
    assert details["expected"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "the workbook is protected by a password"),
        (workbook()[:-200], "the workbook is damaged or was not received completely"),
        (OLE + "Workbook".encode("utf-16-le"), "the workbook is damaged or is not what it claims to be"),
    ],
)
def test_a_workbook_that_cannot_be_opened_is_unreadable(content, reason, define, refused):
    assert refused(content, define("xlsx")) == ("file.unreadable", {"reason": reason})
