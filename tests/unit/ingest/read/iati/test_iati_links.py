"""Links of IATI activities to others, and names that cannot be one."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from idtracker.ingest.read.iati.links import LINKS, check_links
from idtracker.ingest.read.iati.reader import collect_sections, columns_of_section

FOLDER = Path(os.environ.get("IDTRACKER_SHARED_DATA", Path(__file__).parents[6] / "shared" / "data")) / "02_iati"
COLUMNS = {name: columns_of_section(name) for name in LINKS}
FILE = b"""<iati-activities version="2.03"><iati-activity>
 <iati-identifier>GB-1-A</iati-identifier>
 <participating-org ref="GB-2" role="1" activity-id="GB-2-X"/><participating-org ref="GB-1" role="2" activity-id="GB-1-A"/>
 <related-activity ref="GB-1-0" type="1"/><related-activity ref=" GB-1-B " type="3"/><related-activity ref="GB-1-A" type="2"/>
 <transaction ref="t1"><transaction-type code="1"/><provider-org ref="GB-2" provider-activity-id="GB-2-X"/></transaction>
 <transaction ref="t2"><transaction-type code="3"/><provider-org provider-activity-id="GB-1-A"/>
  <receiver-org receiver-activity-id="see the report"/></transaction>
</iati-activity></iati-activities>"""


def cells(rows: dict[str, list[tuple[str | None, ...]]], section: str, heading: str) -> list[str | None]:
    return [row[COLUMNS[section].index(heading)] for row in rows[section]]


def test_links_are_read_and_what_is_none_is_named_and_left_out() -> None:
    rows = collect_sections(FILE)
    findings = check_links(rows, COLUMNS)
    assert cells(rows, "activity", "related") == ["GB-1-0;GB-1-B"]
    assert cells(rows, "activity", "parent") == ["GB-1-0"]
    assert cells(rows, "participation", "activity-id") == ["GB-2-X", None]
    assert cells(rows, "transaction", "provider-org.activity-id") == ["GB-2-X", None]
    assert cells(rows, "transaction", "receiver-org.activity-id") == [None, None]
    found = [(f.rule.id, f.sheet, f.column, list(f.rows), list(f.values)) for f in findings]
    assert found == [
        ("iati.link", "activity", "related", [1], ["GB-1-A"]),
        ("iati.link", "transaction", "receiver-org.activity-id", [2], ["see the report"]),
    ]
    assert "“related” names" in next(iter(findings)).message("en")


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared IATI files are not there")
def test_every_link_of_the_real_files_is_read() -> None:
    """Against a loop over the elements: related activities, and activities of providers, receivers and participants."""
    read, expected = Counter[str](), Counter[str]()
    for path in sorted(FOLDER.glob("*.xml")):
        try:
            tree = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, huge_tree=False))
        except etree.XMLSyntaxError:
            continue
        activities = tree.findall("iati-activity")
        if not activities:
            continue
        rows = collect_sections(path.read_bytes())
        check_links(rows, COLUMNS)
        for section, headings in LINKS.items():
            for heading in headings:
                read[heading] += sum(len(cell.split(";")) for cell in cells(rows, section, heading) if cell)
        for activity in activities:
            own = (activity.findtext("iati-identifier") or "").strip()
            related = {(r.get("ref") or "").strip() for r in activity.findall("related-activity")}
            expected["related"] += len({ref for ref in related if is_other(ref, own)})
            parents = {
                (r.get("ref") or "").strip() for r in activity.findall("related-activity") if r.get("type") == "1"
            }
            expected["parent"] += len({ref for ref in parents if is_other(ref, own)})
            for element in activity.iter():
                for attribute, heading in ATTRIBUTES.items():
                    if (ref := element.get(attribute)) is not None and is_other(ref.strip(), own):
                        expected[heading] += 1
    assert read["related"] > 500 and read["provider-org.activity-id"] > 20
    assert {name: count for name, count in read.items() if count} == dict(+expected)


ATTRIBUTES = {
    "provider-activity-id": "provider-org.activity-id",
    "receiver-activity-id": "receiver-org.activity-id",
    "activity-id": "activity-id",
}


def is_other(ref: str, own: str) -> bool:
    return bool(ref) and ref != own and len(ref.split()) == 1
