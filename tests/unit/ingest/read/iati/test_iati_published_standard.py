"""The published standard where it is installed: its versions, the bundled example, and real files against lxml's own word."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from idtracker.ingest.read.iati import standard
from idtracker.ingest.read.iati.codelists import codelist_mapping
from idtracker.ingest.read.iati.schema import standard_name
from idtracker.ingest.read.reading import read

ROOT = Path(__file__).resolve().parents[5]
FILES = [
    "be_dgd_2021.xml",
    "broken_activity_01.xml",
    "globalfund_v1.0_sample.xml",
    "missing_dates_v1.0.xml",
    "transaction-currencies.xml",
    "worldbank_TZ_v1.01_2013.xml",
    "worldbank_v1.0_sample.xml",
    "cove/basic_iati_ruleset_errors.xml",
    "cove/example.xml",
]


@pytest.fixture(autouse=True)
def published(monkeypatch) -> standard.Standard:
    monkeypatch.delenv(standard.SETTING)
    found = standard.standard_at_hand()
    if not found.editions:
        pytest.skip("the published standard is not installed: install the extra `iati`")
    return found


def test_every_version_has_a_schema_and_from_1_04_on_all_codelists_of_its_mapping(published):
    assert [e.version for e in published.editions] == ["1.01", "1.02", "1.03", "1.04", "1.05", "2.01", "2.02", "2.03"]
    assert all(e.schemas for e in published.editions)
    mappings = {e.version: codelist_mapping(e, "") for e in published.editions}
    assert [v for v, m in mappings.items() if m is None] == ["1.01", "1.02", "1.03"]
    assert [m.lacking for m in mappings.values() if m is not None and m.lacking] == []
    current = mappings["2.03"]
    assert current is not None
    lists = {m.codelist.name: m.codelist.grows for m in current.activity.children["sector"].mapped}
    assert lists == {"Sector": True, "SectorVocabulary": True}
    assert [m.codelist.grows for m in current.activity.children["activity-status"].mapped] == [False]


def test_the_bundled_example_keeps_to_the_standard(define):
    path = ROOT / "sources" / "horizon_iati_activities" / "example.xml"
    found = read(path.read_bytes(), path.name, define("iati", "iati-identifier"))
    assert [g.rule.id for g in found.findings.groups if g.rule.id.startswith("iati.")] == []


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_has_as_many_violations_as_the_whole_of_it_under_its_schema(name, shared, define, published):
    path = shared / "02_iati" / name
    root = etree.parse(str(path)).getroot()
    stated = root.get("version") or "1.01"
    edition = published.edition("1.01" if stated == "1.0" else stated)
    schema = etree.XMLSchema(etree.parse(str(edition.schemas[0].path)))
    schema.validate(root)
    due = Counter(standard_name(e.type_name) for e in schema.error_log)
    found: Counter[str] = Counter()
    for group in read(path.read_bytes(), path.name, define("iati", "iati-identifier")).findings.groups:
        if group.rule.id == "iati.schema":
            found[group.details["name"]] += int(group.details["count"].replace(",", ""))
    assert found == due
