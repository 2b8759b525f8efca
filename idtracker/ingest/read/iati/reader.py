"""IATI activity files: streamed, without entities or network, each section a table of text cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from idtracker.ingest.read.bounds import check_markup
from idtracker.ingest.read.cells import clean, columns_of, frame_of, without_marks
from idtracker.ingest.read.formats.table import KINDS
from idtracker.ingest.read.heading import WantedHeadings
from idtracker.ingest.read.iati.conformance import Conformance
from idtracker.ingest.read.iati.links import check_links
from idtracker.ingest.read.iati.results import result_rows
from idtracker.ingest.read.iati.sections import (
    Row,
    activity_rows,
    budget_rows,
    location_rows,
    participation_rows,
    share_rows,
    transaction_rows,
)
from idtracker.ingest.read.iati.shares import check_shares
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.refusal import RefusalError, refusing, unreadable, worded
from idtracker.ingest.read.workbook.sheets import named_sheets
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Part, Source

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ROOTS = ("iati-activities", "iati-activity")
_SHARE_COLUMNS = ["iati-identifier", "code", "name", "vocabulary", "percentage"]
_SECTIONS: dict[str, tuple[Callable[[Element], Iterator[Row]], list[str]]] = {
    "activity": (
        activity_rows,
        [
            "iati-identifier",
            "reporting-org.ref",
            "reporting-org.name",
            "reporting-org.type",
            "title",
            "description",
            "activity-status",
            "start-date",
            "end-date",
            "start-planned",
            "start-actual",
            "end-planned",
            "end-actual",
            "hierarchy",
            "parent",
            "related",
            "default-currency",
            "recipient-country",
            "recipient-region",
            "sector",
            "collaboration-type",
            "default-aid-type",
            "last-updated-datetime",
        ],
    ),
    "participation": (participation_rows, ["iati-identifier", "ordinal", "ref", "name", "role", "type", "activity-id"]),
    "location": (
        location_rows,
        [
            "iati-identifier",
            "ordinal",
            "ref",
            "name",
            "location-id.code",
            "location-id.vocabulary",
            "country",
            "administrative.code",
            "administrative.level",
            "administrative.vocabulary",
            "lat",
            "lon",
            "percentage",
        ],
    ),
    "sector": (share_rows("sector"), _SHARE_COLUMNS),
    "recipient-country": (share_rows("recipient-country"), _SHARE_COLUMNS),
    "transaction": (
        transaction_rows,
        [
            "iati-identifier",
            "ordinal",
            "ref",
            "type",
            "date",
            "value",
            "currency",
            "value-date",
            "description",
            "provider-org.ref",
            "provider-org.name",
            "provider-org.activity-id",
            "receiver-org.ref",
            "receiver-org.name",
            "receiver-org.activity-id",
        ],
    ),
    "budget": (
        budget_rows,
        [
            "iati-identifier",
            "ordinal",
            "type",
            "status",
            "period-start",
            "period-end",
            "value",
            "currency",
            "value-date",
        ],
    ),
    "result": (
        result_rows,
        [
            "iati-identifier",
            "result-ordinal",
            "result-type",
            "result-title",
            "aggregation-status",
            "indicator-ordinal",
            "indicator-ref",
            "indicator-title",
            "measure",
            "ascending",
            "baseline-year",
            "baseline-value",
            "period-start",
            "period-end",
            "target-value",
            "actual-value",
            "location",
            "dimensions",
        ],
    ),
}


def read_iati(content: bytes, _: str, source: Source, limits: Limits) -> Reading:
    """Every part of the source from its section of an activity file; the sheet is the name of the section.

    Sections: activity, participation, location, sector, recipient-country, transaction, budget, result. Row numbers
    are one-based ordinals of the records of a section, in the order of the file. A section without records counts as
    absent; a part that names no section takes the one with most of its headings.
    """
    check_markup(content, limits)
    sections = {p.id: p.layout.sheet or _best_section(p) for p in source.parts}
    conformance = Conformance()
    rows = collect_sections(content, conformance.look_at)
    present = [name for name, records in rows.items() if records]
    if not present:
        raise RefusalError("file.empty")
    tables: dict[str, list[RawTable]] = {}
    findings = check_shares(rows, {name: columns for name, (_, columns) in _SECTIONS.items()})
    findings.extend(check_links(rows, {name: columns for name, (_, columns) in _SECTIONS.items()}))
    findings.extend(conformance.findings())
    for part in source.parts:
        for name in named_sheets(sections[part.id], part.optional, present, findings):
            table = _table_of(name, rows[name], source.format.missing)
            tables.setdefault(part.id, []).append(table)
    return Reading(tables, findings)


def columns_of_section(name: str) -> list[str]:
    """The headings of a section; they do not depend on the file."""
    return _SECTIONS[name][1]


def _best_section(part: Part) -> str:
    wanted = WantedHeadings(part)
    return max(_SECTIONS, key=lambda name: wanted.matches(columns_of_section(name)))


def collect_sections(
    content: bytes, look_at: Callable[[Element], None] = lambda _: None
) -> dict[str, list[tuple[str | None, ...]]]:
    """Rows of every section under its headings (`columns_of_section`), in the order of the file.

    `look_at` sees each activity once, while it is there.
    """
    rows: dict[str, list[tuple[str | None, ...]]] = {name: [] for name in _SECTIONS}
    for activity in _activities(content):
        look_at(activity)
        for name, (rows_of, columns) in _SECTIONS.items():
            rows[name] += [tuple(row.get(c) for c in columns) for row in rows_of(activity)]
    return rows


def _activities(content: bytes) -> Iterator[Element]:
    """One activity at a time, forgotten as soon as the next is asked for."""
    from lxml import etree

    stream = etree.iterparse(
        io.BytesIO(content),
        tag="{*}iati-activity",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    while True:
        with refusing("xml_malformed"):
            try:
                activity = next(stream, None)
            except etree.XMLSyntaxError as problem:
                raise unreadable("xml_malformed_at", line=problem.lineno) from None
        if activity is None:
            break
        yield activity[1]
        _forget(activity[1])
    root = stream.root.tag.rpartition("}")[2] if stream.root is not None else ""
    if root not in _ROOTS:
        description = worded("iati_organisations" if root == "iati-organisations" else "other_xml")
        raise RefusalError("file.unknown_type", expected=KINDS["iati"].name, found=description)


def _forget(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _table_of(name: str, rows: list[tuple[str | None, ...]], missing: list[str]) -> RawTable:
    names = columns_of_section(name)
    columns = [without_marks(clean(c), missing) for c in columns_of(rows, len(names))]
    return RawTable(name, frame_of(names, columns, len(rows)), np.arange(1, len(rows) + 1, dtype=np.int64))
