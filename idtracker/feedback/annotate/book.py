"""The workbook part of a package: which sheets there are, where they are kept, and how one more is put behind them."""

from __future__ import annotations

from lxml import etree

from idtracker.feedback.annotate.package import (
    MAIN,
    STRICT_MAIN,
    EditablePackage,
    Relations,
    UneditableError,
    namespace_of,
    office_namespace,
    parse,
    serialise,
)
from idtracker.feedback.annotate.styles import Styles
from idtracker.feedback.annotate.xml_text import quoted_sheet

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_BEFORE_NAMES = {
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "AlternateContent", "revisionPtr",
}  # fmt: skip


class Book:
    """An Excel workbook that can be edited: `sheets` are its worksheets by name, in order."""

    def __init__(self, content: bytes) -> None:
        self.package = EditablePackage(content)
        roots = Relations(self.package, "").parts("officeDocument") or ["xl/workbook.xml"]
        self._part = roots[0]
        if not self._part.casefold().endswith(".xml"):
            raise UneditableError("the workbook is not written in XML")
        self._root = parse(self.package.read(self._part))
        self.namespace = namespace_of(self._root)
        if self.namespace not in (MAIN, STRICT_MAIN):
            raise UneditableError("the workbook is of an unknown kind")
        self.is_strict = self.namespace == STRICT_MAIN
        self.relations = Relations(self.package, self._part)
        worksheets = set(self.relations.parts("worksheet"))
        by_name = {s.get("name", ""): self._part_of(s) for s in self._listed()}
        self.sheets = {n: p for n, p in by_name.items() if p in worksheets and p in self.package}
        self.names = list(by_name)
        self.styles = self._open_styles()

    def drop_sheet(self, name: str) -> None:
        """Take a sheet out of the workbook; names that hold for one sheet follow the others."""
        place = self.names.index(name)
        entry = self._listed()[place]
        entry.getparent().remove(entry)  # type: ignore[union-attr]
        for local in self._root.findall(
            f"{{{self.namespace}}}definedNames/{{{self.namespace}}}definedName[@localSheetId]"
        ):
            number = int(local.get("localSheetId", "0"))
            if number == place:
                local.getparent().remove(local)  # type: ignore[union-attr]
            elif number > place:
                local.set("localSheetId", str(number - 1))
        for view in self._root.iterfind(f"{{{self.namespace}}}bookViews/{{{self.namespace}}}workbookView"):
            for shown in ("activeTab", "firstSheet"):
                view.attrib.pop(shown, "")
        self.package.remove(self.sheets.pop(name))
        self.relations.remove(entry.get(f"{{{office_namespace(self.is_strict)}}}id", ""))
        self.names.remove(name)

    def add_sheet(self, name: str, sheet: bytes, filtered: str) -> None:
        """Put a sheet behind all others; `filtered` is the address of its table, for the filter of its headings."""
        part = self.package.free_name("xl/worksheets/sheet{}.xml")
        self.package.add(part, sheet, f"{_SPREADSHEET}.worksheet+xml")
        relation_id = self.relations.add("worksheet", part, is_strict=self.is_strict)
        ids = [int(s.get("sheetId", "0")) for s in self._listed()]
        sheets = self._root.find(f"{{{self.namespace}}}sheets")
        if sheets is None:
            raise UneditableError("the workbook lists no sheets")
        entry = etree.SubElement(sheets, f"{{{self.namespace}}}sheet")
        entry.set("name", name)
        entry.set("sheetId", str(max(ids, default=0) + 1))
        entry.set(f"{{{office_namespace(self.is_strict)}}}id", relation_id)
        self._name_filter(len(ids), f"{quoted_sheet(name)}!{filtered}")

    def to_bytes(self) -> bytes:
        self.package.write(self._part, serialise(self._root))
        self._write_styles()
        return self.package.to_bytes()

    def _listed(self) -> list[etree._Element]:
        return list(self._root.iterfind(f"{{{self.namespace}}}sheets/{{{self.namespace}}}sheet"))

    def _part_of(self, sheet: etree._Element) -> str:
        relation_id = sheet.get(f"{{{office_namespace(self.is_strict)}}}id", "")
        return self.relations.part(relation_id) or ""

    def _name_filter(self, sheet_number: int, address: str) -> None:
        """Excel keeps the range of a filter under a hidden name as well."""
        tag = f"{{{self.namespace}}}definedNames"
        names = self._root.find(tag)
        if names is None:
            names = etree.Element(tag)
            known = [n for n, e in enumerate(self._root) if etree.QName(e).localname in _BEFORE_NAMES]
            self._root.insert(max(known) + 1, names)
        name = etree.SubElement(names, f"{{{self.namespace}}}definedName")
        name.set("name", "_xlnm._FilterDatabase")
        name.set("localSheetId", str(sheet_number))
        name.set("hidden", "1")
        name.text = address

    def _open_styles(self) -> Styles:
        parts = [p for p in self.relations.parts("styles") if p in self.package]
        self._styles_part = parts[0] if parts else ""
        return Styles(parse(self.package.read(parts[0])) if parts else None, self.namespace)

    def _write_styles(self) -> None:
        content = serialise(self.styles.finished())
        if self._styles_part:
            self.package.write(self._styles_part, content)
            return
        part = "xl/styles.xml" if "xl/styles.xml" not in self.package else self.package.free_name("xl/styles{}.xml")
        self.package.add(part, content, f"{_SPREADSHEET}.styles+xml")
        self.relations.add("styles", part, is_strict=self.is_strict)
