"""Protective markings are found where people put them, and not inside running text."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from idtracker.ingest.marking.scan import find_marking, search
from idtracker.model.config.limits import Limits


def workbook(sheet: str = "", strings: str = "", properties: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData/>{sheet}</worksheet>")
        archive.writestr("xl/sharedStrings.xml", f"<sst>{strings}</sst>")
        archive.writestr("docProps/core.xml", f"<core>{properties}</core>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "marking"),
    [
        (b"SECRET\nref,a\n1,2\n", "SECRET"),
        (b"UK SECRET - UK EYES ONLY,,\na,b\n", "UK SECRET"),
        (b'"TOP SECRET",\na,b', "TOP SECRET"),
        (b"# Protective marking: Secret\na,b\n", "SECRET"),
        ("التصنيف: SECRET\nأ,ب\n".encode(), "SECRET"),
        ("SECRET\nأ,ب\n".encode("utf-16"), "SECRET"),
        (b"CONFIDENTIAL\nref,a\n", "CONFIDENTIAL"),
        (b"SECRET UK EYES ONLY\nref,a\n", "SECRET"),
        (b"TOP SECRET STRAP 2 UK EYES ONLY,,\nref,a,b\n", "TOP SECRET"),
        (b"NATO SECRET\nref,a\n", "NATO SECRET"),
        (b"COSMIC TOP SECRET\nref,a\n", "COSMIC TOP SECRET"),
        (b"UK/US SECRET\nref,a\n", "UK/US SECRET"),
        (b"Classification: SECRET - UK EYES ONLY\nref,a\n", "SECRET"),
        (b"ref,classification\n1,OFFICIAL\n2,SECRET UK EYES ONLY\n", "SECRET"),
        (b'{"classification": "SECRET UK EYES ONLY", "rows": []}', "SECRET"),
        ("سري للغاية\nأ,ب\n".encode(), "سري للغاية"),
        ("التصنيف: سري\nأ,ب\n".encode(), "سري"),
        (b"ref,classification\n1,OFFICIAL\n2,SECRET\n", "SECRET"),
        (b"ref;Security classification\n1;Secret\n", "SECRET"),
        (b'{"classification": "SECRET", "rows": []}', "SECRET"),
        (b'[{"classification":"OFFICIAL"},{"classification":"TOP SECRET"}]', "TOP SECRET"),
        (b"<a><classification>SECRET</classification></a>", "SECRET"),
        (workbook(strings="<si><t>SECRET</t></si><si><t>ref</t></si>"), "SECRET"),
        (workbook(sheet="<headerFooter><oddHeader>&amp;CUK SECRET</oddHeader></headerFooter>"), "UK SECRET"),
        (
            workbook(
                sheet='<headerFooter><oddFooter>&amp;L&amp;"Arial,Bold"&amp;12SECRET UK EYES ONLY</oddFooter></headerFooter>'
            ),
            "SECRET",
        ),
        (workbook(sheet="<headerFooter><oddHeader>&amp;CSECRET Page &amp;P</oddHeader></headerFooter>"), "SECRET"),
        (workbook(properties="<dc:subject>TOP SECRET</dc:subject>"), "TOP SECRET"),
    ],
)
def test_a_marking_is_found(content: bytes, marking: str) -> None:
    assert find_marking(content) == marking


@pytest.mark.parametrize(
    "content",
    [
        b"ref,a\n1,secret ballot held\n",
        b"SECRET BALLOT IN EIGHT TOWNS\nref,a\n1,2\n",
        b"PROTECT UK BORDERS,RESTRICTED MOVEMENT\nref,a\n",
        "الاقتراع,العدد\nسري,4\n".encode(),
        b"ref,access\n1,Restricted\n2,restricted area\n",
        b"OFFICIAL-SENSITIVE\nref,a\n1,2\n",
        b"ref,classification\n1,OFFICIAL\n",
        b"ref,topic\n1,Secretariat support\n2,child protection\n",
        workbook(strings="<si><t>Protection cluster</t></si><si><t>The secret of success</t></si>"),
        b"PK\x03\x04 not really a zip",
        b"",
    ],
)
def test_running_text_is_no_marking(content: bytes) -> None:
    assert find_marking(content) is None


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return content.getvalue()


MARKED = b"SECRET\nref,a\n1,2\n"
SHEETS = "<office:text><text:p>SECRET</text:p></office:text>"


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(MARKED),
        zipped(a_csv=b"ref\n1\n", b_csv=MARKED),
        zipped(notes=MARKED),
        zipped(a_json=b'[{"classification": "SECRET"}]'),
        zipped(inner_zip=zipped(b_csv=MARKED)),
        zipped(a_gz=gzip.compress(MARKED)),
        gzip.compress(zipped(b_csv=MARKED)),
        zipped(book_xlsx=workbook(strings="<si><t>SECRET</t></si>")),
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=SHEETS.encode()),
        "SECRET\nref,a\n".encode("utf-16-le"),
        "SECRET\nref,a\n".encode("utf-16-be"),
        "SECRET\nref,a\n".encode("utf-32-be"),
        b"\xef\xbb\xbfSECRET\nref,a\n",
        b"ref,note,classification\n" + b"1,plain text of a row,OFFICIAL\n" * 400_000 + b"2,x,SECRET\n",
    ],
    ids=[
        *("gz", "one of two members", "member without a kind", "JSON in ZIP", "ZIP in ZIP", "GZ in ZIP", "ZIP in GZ"),
        *("workbook in ZIP", "ODS", "UTF-16-LE", "UTF-16-BE", "UTF-32-BE", "UTF-8 with mark", "last of many rows"),
    ],  # the length of what is packed depends on the second in which it was packed
)
def test_a_marking_is_found_in_every_layer_and_encoding(content: bytes) -> None:
    assert find_marking(content) == "SECRET"


def test_arabic_in_its_windows_encoding() -> None:
    assert find_marking("سري للغاية\nأ,ب\n".encode("cp1256")) == "سري للغاية"
    assert find_marking("سري للغاية\nأ,ب\n".encode("utf-16-le")) == "سري للغاية"


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (zipped(a_csv=bytes(80 << 20), b_csv=MARKED), {}),
        (gzip.compress(bytes(80 << 20)), {}),
        (zipped(a_csv=b"x" * 1000), {"inflated_bytes": 999}),
        (gzip.compress(b"x" * 1000), {"inflated_bytes": 999}),
        (zipped(a_zip=zipped(b_zip=zipped(c_csv=b"x"))), {"archive_depth": 1}),
        (zipped(a_csv=b"x", b_csv=b"y"), {"archive_files": 1}),
        (b"ref\n1\n", {"file_bytes": 3}),
    ],
    ids=["zip", "gz", "zip bytes", "gz bytes", "nested", "files", "size"],
)
def test_what_the_limits_leave_unsearched_is_said(content: bytes, limits: dict[str, int]) -> None:
    assert search(content, Limits(**limits)) == (None, False)


def test_damage_ends_the_search_of_its_layer_only() -> None:
    broken = zipped(a_csv=b"1,2\n" * 5000, b_csv=MARKED).replace(b"a.csv", b"\0.csv", 1)
    assert search(broken) == ("SECRET", True)
    assert search(gzip.compress(MARKED)[:-4]).is_complete
