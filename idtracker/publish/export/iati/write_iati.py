"""`iati/<source>.xml`: the activities of each source as IATI 2.03, valid by the published schema, and a list of what is not in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from idtracker.ingest.read.iati.schema import Schema, schema_of
from idtracker.ingest.read.iati.standard import standard_at_hand
from idtracker.model.errors import IdtrackerError
from idtracker.model.marking import HIGHEST, marking_of, united
from idtracker.model.messages import Lang, Message, counted, message
from idtracker.publish.export.csv_files import CsvContent, write_csv
from idtracker.publish.export.iati.elements import activity_element, handling_of
from idtracker.publish.export.iati.rows import (
    ACTIVITY,
    PARTICIPATION,
    RESULT,
    TEXTS,
    TRANSACTION,
    NotExpressed,
    Reported,
    lookups_of,
    reported_activities,
    without_activity,
)
from idtracker.publish.export.published import Published

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

VERSION = "2.03"
LEFT_OUT = "left_out.csv"
_LIST = ("table", "source_id", "fact_id", "activity_id", "why")
_NO_PLACE = {
    ACTIVITY: ("period", "partner_org_id", "fund", "integration_mode", "objective_id", "budget", "people_targeted", "people_reached"),
    PARTICIPATION: ("contribution_type", "place_id", "period", "start_on", "end_on", "amount"),
    TRANSACTION: ("entity",),
    RESULT: ("unit", "score_code"),
}  # fmt: skip
"""Columns that the standard has no place for where they are filled."""


@dataclass(slots=True)
class IatiExport:
    """Files with the rows in each, the list of rows that are in none, and (table, why) of what is not there, in one language."""

    files: list[tuple[Path, int]] = field(default_factory=list)
    listing: tuple[Path, CsvContent] | None = None
    reasons: list[tuple[str, str]] = field(default_factory=list)


def write_iati(
    published: Published, tables: Sequence[str], folder: Path, about: Mapping[str, str], lang: Lang
) -> IatiExport:
    """Write a file for each source with activities. IdtrackerError where the published schema is not at hand to hold them against."""
    schema = _schema()
    lookups = lookups_of(published)
    sources, left_out = reported_activities(published, tables, lookups)
    folder.mkdir()
    export = IatiExport()
    expressed: list[Reported] = []
    for source, activities in sources.items():
        sound: list[tuple[Reported, Element]] = []
        for own in activities:
            element = activity_element(own, lookups)
            if fault := _fault_of(schema, element):
                left_out += without_activity(own, fault)
            else:
                sound.append((own, element))
        if sound:
            path = folder / f"{source}.xml"
            _write(path, published, {**about, **_mark(own for own, _ in sound)}, (element for _, element in sound))
            export.files.append((path, sum(1 for own, _ in sound for _ in own.rows)))
            expressed += [own for own, _ in sound]
    if left_out:
        export.listing = (folder / LEFT_OUT, _list(folder / LEFT_OUT, left_out))
    export.reasons = [*_rows_said(left_out, lang), *_columns_said(expressed, lang)]
    return export


def _schema() -> Schema:
    standard = standard_at_hand()
    edition = standard.edition(VERSION)
    if edition is None or not edition.schemas:
        raise IdtrackerError(
            f"IATI is written where the published schema {VERSION} is at hand to hold it against: install the extra, pip install "
            "'idtracker[iati]', or name a folder in IDTRACKER_IATI_STANDARD."
        )
    return schema_of(edition.schemas[0], standard.fingerprint)


def _fault_of(schema: Schema, element: Element) -> Message | None:
    """The first rule of the schema that an activity breaks; None where it fits."""
    found = next(iter(schema.violations(element)), None)
    return message(TEXTS, "not_valid", rule=found.rule, place=found.place) if found is not None else None


def _write(path: Path, published: Published, about: Mapping[str, str], activities: Iterable[Element]) -> None:
    from lxml import etree

    root = {"version": VERSION, "generated-datetime": published.as_known_at}
    with path.open("wb") as file:
        file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
        for name, text in about.items():
            file.write(etree.tostring(etree.Comment(f" {name}: {_comment(text)} "), encoding="UTF-8") + b"\n")
        with etree.xmlfile(file, encoding="UTF-8") as xml, xml.element("iati-activities", root):
            for activity in activities:
                etree.indent(activity, space=" ")
                xml.write("\n")
                xml.write(activity)
            xml.write("\n")
        file.write(b"\n")


def _mark(activities: Iterable[Reported]) -> dict[str, str]:
    """The high-water mark of the rows of a file, under the names that it stands under in every file."""
    rows = [row for own in activities for _, row in own.rows]
    mark = united(marking_of(row["classification"], row["releasable_to"]) for row in rows) or HIGHEST
    return {
        "classification": mark.classification,
        "releasable_to": mark.releasable_to or "–",
        "handling": handling_of(rows) or "–",
    }


def _comment(text: str) -> str:
    """A text as a comment of XML can hold it: two hyphens in a row would end it."""
    while "--" in text:
        text = text.replace("--", "- -")
    return text.removesuffix("-")


def _list(path: Path, left_out: Sequence[NotExpressed]) -> CsvContent:
    rows = sorted(
        (e.table, str(e.row["source_id"]), str(e.row["fact_id"]), str(e.row["activity_id"] or ""), e.why.en)
        for e in left_out
    )
    return write_csv(path, _LIST, rows)


def _rows_said(left_out: Sequence[NotExpressed], lang: Lang) -> Iterator[tuple[str, str]]:
    counts = Counter((entry.table, entry.why) for entry in left_out)
    for (table, why), count in sorted(counts.items()):
        yield table, counted(TEXTS, "rows", lang, count, why=why.text(lang))


def _columns_said(expressed: Sequence[Reported], lang: Lang) -> Iterator[tuple[str, str]]:
    """What rows that are in a file have beside: columns without a place in the standard, and baselines, whose year is not held."""
    counts: Counter[tuple[str, str]] = Counter()
    for own in expressed:
        for table, row in own.rows:
            counts.update((table, column) for column in _NO_PLACE[table] if row[column] is not None)
            counts[RESULT, "baseline"] += table == RESULT and row["baseline"] is not None
            counts[RESULT, "org_id"] += table == RESULT and row["org_id"] not in (None, own.row["org_id"])
    for (table, column), count in sorted(counts.items()):
        if not count:
            continue
        if column == "baseline":
            yield table, counted(TEXTS, "baseline", lang, count)
        else:
            yield table, counted(TEXTS, "columns", lang, count, columns=f"`{column}`")
