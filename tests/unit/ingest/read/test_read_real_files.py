"""Real files against independent counts. They stay where they are; without them these tests are skipped."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest
from lxml import etree

from idtracker.ingest.read.reading import read

KINDS = {
    ".csv": ("csv", "hxl"),
    ".tsv": ("csv",),
    ".txt": ("csv",),
    ".json": ("json",),
    ".ndjson": ("json",),
    ".xml": ("iati",),
    ".xlsx": ("xlsx",),
    ".xls": ("xlsx",),
    ".ods": ("xlsx",),
}


def only(reading):
    ((table,),) = reading.tables.values()
    return table


@pytest.mark.parametrize("folder", ["01_3w", "02_iati", "04_indicators", "09_dirty"])
def test_every_file_has_an_outcome(folder, shared, define):
    files = [p for p in sorted((shared / folder).rglob("*")) if p.is_file() and p.stat().st_size < 1_000_000]
    assert files
    for path in files:
        content = path.read_bytes()
        for kind in KINDS.get(path.suffix, ("csv",)):
            reading = read(content, path.name, define(kind))
            assert reading.tables or reading.findings.is_critical, path
            for tables in reading.tables.values():
                for table in tables:
                    assert len(table.cells) == len(table.row_numbers), path
                    assert all(str(t) == "str" for t in table.cells.dtypes), path


@pytest.mark.parametrize(
    ("name", "encoding", "rows_above"),
    [
        ("10_ukgov/spend25k/fco_2016_01.csv", "utf-8-sig", 1),
        ("10_ukgov/spend25k/fco_2013_05.csv", "windows-1252", 1),
        ("03_events/ucdp_ged191_bgd_quickcharts.csv", "utf-8-sig", 2),
        ("04_indicators/inform_risk_index.csv", "utf-8-sig", 1),
        ("01_3w/gtm_345w.csv", "utf-8-sig", 2),
        ("09_dirty/csv-spectrum/newlines_crlf.csv", "utf-8-sig", 1),
    ],
)
def test_delimited_rows_against_the_csv_module(name, encoding, rows_above, shared, define):
    path = shared / name
    with path.open(encoding=encoding, newline="") as file:
        records = list(csv.reader(file))
    expected = [i for i, r in enumerate(records, 1) if any(c.strip() for c in r)]
    table = only(read(path.read_bytes(), path.name, define("csv", format={"encoding": encoding})))
    assert table.row_numbers.tolist() == expected[rows_above:]  # headings, and a row of tags in two of the files


@pytest.mark.parametrize(
    ("name", "skipped"),
    [
        ("01_3w/jor_iati_activities_hxl.csv", 2),
        ("03_events/ucdp_ged191_bgd_hxl.csv", 2),
        ("01_3w/unhcr_3w_2014.csv", 2),
    ],
)
def test_tagged_rows_against_the_csv_module(name, skipped, shared, define):
    path = shared / name
    with path.open(encoding="utf-8-sig", newline="") as file:
        records = [r for r in csv.reader(file) if any(c.strip() for c in r)]
    assert len(only(read(path.read_bytes(), path.name, define("hxl")))) == len(records) - skipped


@pytest.mark.parametrize(
    ("name", "heading", "layout"),
    [
        ("01_3w/irq_3w_2021_longtable.xlsx", "Governorate", {}),
        ("01_3w/lby_3w_may2021.xlsx", "Mantika", {}),
        ("04_indicators/worldbank_wgi.xlsx", "Country/Territory", {"sheet": "Voice*", "header_rows": [14, 15]}),
        ("04_indicators/ti_cpi_2012_2017.xlsx", "ISO3", {}),
    ],
)
def test_sheet_rows_against_openpyxl(name, heading, layout, shared, define):
    path = shared / name
    table = only(read(path.read_bytes(), path.name, define("xlsx", heading, layout=layout)))
    sheet = openpyxl.load_workbook(path, read_only=True, data_only=True)[table.sheet]
    filled = [i for i, r in enumerate(sheet.iter_rows(values_only=True), 1) if any(c not in (None, "") for c in r)]
    first = int(table.row_numbers[0])
    assert table.row_numbers.tolist() == [i for i in filled if i >= first]
    assert any(h.startswith(heading) for h in table.headings)


def test_governance_estimates_and_standard_errors_stand_side_by_side(shared, define):
    path = shared / "04_indicators/worldbank_wgi.xlsx"
    layout = {"sheet": "VoiceandAccountability", "header_rows": [14, 15]}
    table = only(read(path.read_bytes(), path.name, define("xlsx", "Code", layout=layout)))
    assert {"1996 / Estimate", "1996 / StdErr", "2018 / Estimate", "2018 / StdErr"} <= set(table.headings)
    assert table.duplicates == {}


@pytest.mark.parametrize(
    "name",
    ["dfid_CD_v1.01_2013.xml", "iom_v2.03_2019_many_refs.xml", "be_dgd_2021.xml", "worldbank_TZ_v1.01_2013.xml"],
)
@pytest.mark.parametrize(
    ("section", "path"),
    [
        ("activity", "//iati-activity"),
        ("participation", "//iati-activity/participating-org"),
        ("transaction", "//iati-activity/transaction"),
        ("location", "//iati-activity/location"),
        ("sector", "//iati-activity/sector"),
        ("budget", "//iati-activity/budget"),
    ],
)
def test_activity_sections_against_xpath(name, section, path, shared, define):
    content = (shared / "02_iati" / name).read_bytes()
    expected = len(etree.fromstring(content).xpath(path))
    reading = read(content, name, define("iati", layout={"sheet": section}, optional=True))
    assert sum(len(t) for tables in reading.tables.values() for t in tables) == expected


@pytest.mark.parametrize("name", ["sample-1-sheet", "sample-2-sheets"])
def test_old_and_new_workbooks_say_the_same(name, shared, define):
    folder = shared / "09_dirty/fd-datasets/excel"
    old, new = (only(read((folder / f"{name}.{e}").read_bytes(), name, define("xlsx"))) for e in ("xls", "xlsx"))
    assert old.cells.to_csv() == new.cells.to_csv()
    assert old.row_numbers.tolist() == new.row_numbers.tolist()


@pytest.mark.parametrize("name", ["05_geo/dr5hn_cities_JO.json", "01_3w/jor_services_ar.json"])
def test_records_against_the_json_module(name, shared, define):
    content = (shared / name).read_bytes()
    document = json.loads(content)
    records = document if isinstance(document, list) else document["features"]
    assert len(only(read(content, name, define("json")))) == len(records)
