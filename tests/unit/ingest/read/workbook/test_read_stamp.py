"""The stamp of a template in the properties of a workbook."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from openpyxl.packaging.custom import StringProperty

from idtracker.ingest.read.reading import read

META = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "boom">]>
<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta>
<meta:user-defined meta:name="idtracker.source">a_b</meta:user-defined>
<meta:user-defined meta:name="idtracker.bad">&e;</meta:user-defined>
<meta:user-defined meta:name="Editor">x</meta:user-defined></office:meta></office:document-meta>"""
MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"></m:manifest>'
CONTENT = """<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="D"><table:table-row><table:table-cell
 office:value-type="string"><text:p>id</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell
 office:value-type="string"><text:p>1</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>
</office:body></office:document-content>"""


def stamped(**properties):
    workbook = openpyxl.Workbook()
    workbook.active.append(["id"])
    workbook.active.append([1])
    for name, value in properties.items():
        workbook.custom_doc_props.append(StringProperty(name=name.replace("__", "."), value=value))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("properties", "stamp"),
    [
        ({}, {}),
        ({"Department": "x"}, {}),
        (
            {
                "idtracker__source": "moh_visits",
                "idtracker__contract": " 3f2a ",
                "Other": "y",
                "idtracker__note": "عمّان",
            },
            {"source": "moh_visits", "contract": "3f2a", "note": "عمّان"},
        ),
    ],
)
def test_properties_with_the_prefix_are_the_stamp(properties, stamp, define):
    assert read(stamped(**properties), "f.xlsx", define("xlsx")).stamp == stamp


def test_properties_that_are_no_xml_are_no_stamp(define):
    content = io.BytesIO(stamped(idtracker__source="x"))
    with zipfile.ZipFile(content) as old:
        members = {n: old.read(n) for n in old.namelist()}
    members["docProps/custom.xml"] = b"<idtracker.source"
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert read(new.getvalue(), "f.xlsx", define("xlsx")).stamp == {}


def test_an_open_document_has_a_stamp_and_expands_no_entity(define):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", CONTENT)
        archive.writestr("meta.xml", META)
    reading = read(buffer.getvalue(), "f.ods", define("xlsx"))
    assert reading.stamp["source"] == "a_b"
    assert "boom" not in reading.stamp["bad"]
    assert "Editor" not in reading.stamp
