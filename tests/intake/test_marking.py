"""Protective markings are found where people put them, and not inside running text."""

from __future__ import annotations

import io
import zipfile

import pytest

from idtracker.intake import find_marking


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
