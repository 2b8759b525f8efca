"""Records that a person edits on a form server: the server gives them a new identifier, and some say which one came first.

Kobo and ODK change `_uuid` and `meta/instanceID` with every edit and keep `_id`. Where a key is made of the former, the
first identifier (`meta/rootUuid`) is read in its place, and a finding names the heading that stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from idtracker.ingest.read.raw import RawTable
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings

CHANGES_WITH_EDITS = frozenset({"_uuid", "instanceid", "meta/instanceid"})
_STAYS = ("_id", "__id")
_FIRST = "meta/rootuuid"
_PREFIX = "uuid:"


def with_first_identifiers(table: RawTable, part: Part) -> RawTable:
    """The table with the first identifier of each edited record, where its key is made of one that edits change."""
    first = next((h for h in table.headings if _folded(h) == _FIRST), None)
    cells = table.cells
    for heading in _changing_keys(table, part) if first is not None else ():
        root = cells[first]
        if _folded(heading) == "_uuid":
            root = root.str.removeprefix(_PREFIX)
        cells = cells.assign(**{heading: cells[heading].where(root.isna() | (root == ""), root)})
    return table if cells is table.cells else replace(table, cells=cells)


def report_changing_keys(findings: Findings, table: RawTable, part: Part) -> None:
    """Say where a key is made of an identifier that edits change, and the file has one that stays."""
    stays = next((h for h in table.headings if _folded(h) in _STAYS), None)
    for heading in _changing_keys(table, part) if stays is not None else ():
        findings.add(
            "heading.changing_key",
            sheet=table.sheet,
            column=heading,
            position=table.positions.get(heading),
            expected=stays,
        )


def _changing_keys(table: RawTable, part: Part) -> Iterator[str]:
    wanted = {_folded(h) for c in part.columns if c.field in part.key and c.constant is None for h in c.headings[:1]}
    return (h for h in table.headings if _folded(h) in wanted & CHANGES_WITH_EDITS)


def _folded(heading: str) -> str:
    return heading.strip().casefold().replace(".", "/")
