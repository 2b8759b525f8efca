"""An Excel workbook as the package it is: parts, relations and content types.

A part that nobody changes is written back byte for byte. What cannot be edited safely raises UneditableError.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers.expat import ExpatError

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "[Content_Types].xml"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DAMAGE = (
    etree.LxmlError, ExpatError, zipfile.BadZipFile, zlib.error, KeyError, IndexError, ValueError, EOFError,
    NotImplementedError, RuntimeError, LookupError, OSError,
)  # fmt: skip


class UneditableError(Exception):
    """The package cannot be edited without risk; a new workbook has to stand in for it."""


@contextmanager
def editing() -> Iterator[None]:
    """What damaged packages make libraries raise says that the package cannot be edited."""
    try:
        yield
    except _DAMAGE as problem:
        raise UneditableError(str(problem)) from problem


class EditablePackage:
    """Parts by name; names are compared without regard to case, as the standard has it."""

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._entries = {_folded(i.filename): i for i in self._archive.infolist() if not i.is_dir()}
        self._changed: dict[str, bytes] = {}
        self._new: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._entries or _folded(name) in self._changed

    def names(self) -> list[str]:
        return [i.filename for i in self._entries.values()] + list(self._new.values())

    def read(self, name: str) -> bytes:
        key = _folded(name)
        return self._changed[key] if key in self._changed else self._archive.read(self._entries[key])

    def write(self, name: str, content: bytes) -> None:
        if name not in self:
            self._new[_folded(name)] = name
        self._changed[_folded(name)] = content

    def free_name(self, pattern: str) -> str:
        """The first part name of a pattern such as `xl/comments{}.xml` that is not in use."""
        return next(n for n in (pattern.format(i) for i in range(1, 1_000_000)) if n not in self)

    def add(self, name: str, content: bytes, content_type: str) -> None:
        """A new part with its content type."""
        self.write(name, content)
        types = parse(self.read(_TYPES))
        override = etree.SubElement(types, _sibling(types, "Override"))
        override.set("PartName", f"/{name}")
        override.set("ContentType", content_type)
        self.write(_TYPES, serialise(types))

    def remove(self, name: str) -> None:
        """Take a part and what is said about its type out of the package."""
        key = _folded(name)
        self._entries.pop(key, None)
        self._new.pop(key, None)
        self._changed.pop(key, None)
        types = parse(self.read(_TYPES))
        for override in [e for e in types.iter("{*}Override") if _folded(str(e.get("PartName", ""))) == key]:
            types.remove(override)
        self.write(_TYPES, serialise(types))

    def know_extension(self, extension: str, content_type: str) -> None:
        """Declare the content type of all parts of an extension."""
        types = parse(self.read(_TYPES))
        if not any(str(e.get("Extension", "")).casefold() == extension for e in types.iter("{*}Default")):
            default = etree.Element(_sibling(types, "Default"))
            default.set("Extension", extension)
            default.set("ContentType", content_type)
            types.insert(0, default)
            self.write(_TYPES, serialise(types))

    def to_bytes(self) -> bytes:
        """The archive with its parts in their old order, new ones behind."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for key, entry in self._entries.items():
                info = zipfile.ZipInfo(entry.filename, entry.date_time)
                is_kept = entry.compress_type == zipfile.ZIP_STORED and not key.endswith(".xml")
                info.compress_type = zipfile.ZIP_STORED if is_kept else zipfile.ZIP_DEFLATED
                info.external_attr = entry.external_attr
                archive.writestr(info, self.read(key))
            for key, name in self._new.items():
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, self._changed[key])
        return target.getvalue()


class Relations:
    """What one part refers to."""

    def __init__(self, package: EditablePackage, part: str) -> None:
        self._package, self._part = package, part
        folder, name = posixpath.split(part)
        self._name = posixpath.join(folder, "_rels", f"{name}.rels")
        is_there = self._name in package
        self._root = parse(package.read(self._name)) if is_there else new_root(_PACKAGE_RELATIONS, "Relationships")

    def part(self, relation_id: str) -> str | None:
        """The name of the part that an identifier leads to."""
        return next((self._target(r) for r in self._inner() if r.get("Id") == relation_id), None)

    def parts(self, kind: str) -> list[str]:
        """The parts of one kind, the last step of the relation's type."""
        return [self._target(r) for r in self._inner() if str(r.get("Type", "")).rpartition("/")[2] == kind]

    def add(self, kind: str, part: str, *, is_strict: bool) -> str:
        """Refer to a part; returns the new identifier."""
        used = {r.get("Id") for r in self._root}
        relation_id = next(i for i in (f"rIdNote{n}" for n in range(1, len(used) + 2)) if i not in used)
        relation = etree.SubElement(self._root, _sibling(self._root, "Relationship"))
        relation.set("Id", relation_id)
        relation.set("Type", f"{office_namespace(is_strict)}/{kind}")
        relation.set("Target", f"/{part}")
        self._package.write(self._name, serialise(self._root))
        return relation_id

    def remove(self, relation_id: str) -> None:
        for relation in [r for r in self._root if r.get("Id") == relation_id]:
            self._root.remove(relation)
        self._package.write(self._name, serialise(self._root))

    def _inner(self) -> list[etree._Element]:
        return [r for r in self._root.iter("{*}Relationship") if r.get("TargetMode") != "External"]

    def _target(self, relation: etree._Element) -> str:
        target = str(relation.get("Target", "")).replace("\\", "/")
        joined = target if target.startswith("/") else posixpath.join(posixpath.dirname(self._part), target)
        return posixpath.normpath(joined).lstrip("/")


def parse(content: bytes) -> etree._Element:
    """The root of a part; a part with a document type is not edited."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(content, parser)
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise UneditableError("a part declares a document type")
    return root


def new_root(namespace: str, name: str) -> etree._Element:
    """An empty document in one namespace, written without a prefix."""
    return etree.fromstring(f'<{name} xmlns="{namespace}"/>')


def serialise(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def as_utf8(content: bytes) -> bytes:
    """XML in UTF-8 as it stands; in any other encoding, written again in UTF-8."""
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    declared = _DECLARED.match(content)
    if not is_wide and (declared is None or declared[1].lower() in (b"utf-8", b"utf8", b"us-ascii", b"ascii")):
        return content
    text = content.decode("utf-16" if is_wide or declared is None else declared[1].decode("ascii"))
    return _DECLARATION.sub("", text, count=1).lstrip("\ufeff").encode("utf-8")


def office_namespace(is_strict: bool) -> str:
    return _STRICT_OFFICE if is_strict else _OFFICE


def namespace_of(root: etree._Element) -> str:
    return etree.QName(root).namespace or ""


def _sibling(root: etree._Element, name: str) -> str:
    return f"{{{namespace_of(root)}}}{name}"


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
