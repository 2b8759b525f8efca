"""The property of a workbook that says which of its sheets lists the findings, so that no reader takes it for data."""

from __future__ import annotations

from lxml import etree

from idtracker.feedback.annotate.package import EditablePackage, Relations, namespace_of, new_root, parse, serialise
from idtracker.ingest.read.workbook.stamp import FINDINGS_SHEET, PREFIX

_NAME = PREFIX + FINDINGS_SHEET
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TEXT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


def stamped_sheet(package: EditablePackage) -> str:
    """The sheet of findings of an earlier copy, empty where there is none."""
    part = _part(package)
    if part is None:
        return ""
    properties = [p for p in parse(package.read(part)) if p.get("name") == _NAME]
    return "".join(map(str, properties[0].itertext())) if properties else ""


def stamp_sheet(package: EditablePackage, sheet: str, *, is_strict: bool) -> None:
    """Write down the sheet that lists the findings; other properties stay."""
    part = _part(package)
    root = parse(package.read(part)) if part else new_root(_PROPERTIES, "Properties")
    for old in [p for p in root if p.get("name") == _NAME]:
        root.remove(old)
    entry = etree.SubElement(root, f"{{{namespace_of(root)}}}property")
    entry.set("fmtid", _FORMAT)
    entry.set("pid", str(max([1, *(int(p.get("pid", "1")) for p in root)]) + 1))
    entry.set("name", _NAME)
    etree.SubElement(entry, f"{{{_TEXT}}}lpwstr").text = sheet
    if part:
        package.write(part, serialise(root))
        return
    package.add("docProps/custom.xml", serialise(root), _TYPE)
    Relations(package, "").add("custom-properties", "docProps/custom.xml", is_strict=is_strict)


def _part(package: EditablePackage) -> str | None:
    return next((p for p in Relations(package, "").parts("custom-properties") if p in package), None)
