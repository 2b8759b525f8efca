"""The stamp that a template or an annotated copy carries in the properties of its workbook, so that it says what it is on return."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from idtracker.ingest.read.archive.containers import read_member
from idtracker.ingest.read.formats.table import stamped_members
from idtracker.ingest.read.refusal import RefusalError, refusing

PREFIX = "idtracker."
FINDINGS_SHEET = "findings_sheet"
"""Names the sheet of an annotated copy that lists what was found, which is no data."""
_MOST_BYTES = 1 << 20
_NAME = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}name"


def stamp_of(content: bytes, members: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Custom properties whose name starts with `idtracker.`, by the rest of their name.

    `members` are those of the workbook by their name in lower case. Properties that cannot be read are none: they say
    nothing about the data.
    """
    part = next((members[name.casefold()] for name in stamped_members() if name.casefold() in members), None)
    if part is None:
        return {}
    try:
        text = read_member(content, part, _MOST_BYTES)
    except RefusalError:
        return {}
    if PREFIX.encode() not in text:
        return {}
    return {name.removeprefix(PREFIX): value for name, value in _properties(text) if name.startswith(PREFIX)}


def members_of(content: bytes) -> dict[str, zipfile.ZipInfo]:
    """The members of a workbook by their name in lower case."""
    with refusing("workbook_damaged"):
        return {m.filename.casefold(): m for m in zipfile.ZipFile(io.BytesIO(content)).infolist()}


def _properties(text: bytes) -> Iterator[tuple[str, str]]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError:
        return
    for entry in root.iter("{*}property", "{*}user-defined"):
        yield entry.get("name") or entry.get(_NAME) or "", "".join(map(str, entry.itertext())).strip()
