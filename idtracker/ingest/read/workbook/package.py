"""The inside of an XLSX workbook as a packed file: its members, where each sheet stands, and what comes along with them."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from idtracker.ingest.read.archive.containers import inflated, open_zip, read_member
from idtracker.ingest.read.refusal import refusing, unreadable
from idtracker.model.config.limits import Limits

if TYPE_CHECKING:
    from lxml.etree import _Element

DAMAGED = "workbook_damaged"
_MOST_MEMBERS = 65_535
_MOST_PLAIN_BYTES = 64 << 20
_HIGHEST_RATIO = 1_032
_WORKBOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ID = "}id"
_MACROS = ("xl/vbaproject.bin", "xl/macrosheets/")


@dataclass(frozen=True, slots=True)
class PackageReader:
    """`members` by their name in lower case; `paths` of the sheets by the name of the sheet, as keys of `members`."""

    content: bytes
    members: dict[str, zipfile.ZipInfo]
    paths: dict[str, str] = field(default_factory=dict)

    @property
    def has_macros(self) -> bool:
        return any(name.startswith(_MACROS) for name in self.members)

    @property
    def has_links(self) -> bool:
        return any(name.startswith("xl/externallinks/") for name in self.members)

    def sheet(self, name: str) -> Iterator[bytes]:
        """The XML of a sheet, piece by piece; nothing where the sheet has no member of its own."""
        member = self.members.get(self.paths.get(name, ""))
        return iter(()) if member is None else inflated(self.content, member)

    def read(self, name: str) -> bytes:
        """A member as a whole, empty where it is absent."""
        member = self.members.get(name)
        return b"" if member is None else read_member(self.content, member, _MOST_PLAIN_BYTES)


def open_package(content: bytes, limits: Limits) -> PackageReader:
    """The package of a workbook, within the limits; `paths` stays empty where it holds no XLSX workbook.

    RefusalError where two members share a name and differ, and where a member unpacks to another size than it declares.
    """
    members = _members(content, limits)
    package = PackageReader(content, members)
    if _WORKBOOK not in members:
        return package
    with refusing(DAMAGED):
        package.paths.update(_sheet_paths(package))
    for name in members.keys() - set(package.paths.values()):
        _hold_to_size(content, members[name])
    return package


def _members(content: bytes, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for member in open_zip(content, limits, _MOST_MEMBERS).infolist():
        name = member.filename.replace("\\", "/").lstrip("/").casefold()
        other = members.setdefault(name, member)
        if (other.CRC, other.file_size) != (member.CRC, member.file_size):
            raise unreadable("same_name")
    return members


def _hold_to_size(content: bytes, member: zipfile.ZipInfo) -> None:
    """Unpack a member that may hold far more than it declares; pictures, which no reader opens, are left alone."""
    is_small = member.compress_size * _HIGHEST_RATIO <= _MOST_PLAIN_BYTES
    if not is_small and member.filename.casefold().endswith((".xml", ".rels")):
        for _ in inflated(content, member):
            pass


def _sheet_paths(package: PackageReader) -> dict[str, str]:
    targets: dict[str, str] = {}
    for link in _parsed(package.read(_LINKS)):
        name, target = str(link.get("Id")), str(link.get("Target", ""))
        if targets.setdefault(name, target) != target:
            raise unreadable("same_name")
    paths: dict[str, str] = {}
    for sheet in _parsed(package.read(_WORKBOOK)).iter("{*}sheet"):
        relation = next((v for k, v in sheet.attrib.items() if str(k).endswith(_ID)), "")
        target = targets.get(str(relation), "").replace("\\", "/")
        path = target if target.startswith("/") else posixpath.join("xl", target)
        paths.setdefault(str(sheet.get("name", "")), posixpath.normpath(path).lstrip("/").casefold())
    return paths


def _parsed(text: bytes) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(text, parser)
