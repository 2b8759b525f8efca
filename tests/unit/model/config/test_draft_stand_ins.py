"""What a draft says where headings do not: stand-ins that load, periods over measures, IATI sections."""

from __future__ import annotations

from pathlib import Path

import pytest

from idtracker.ingest.draft.draft import draft_source, write_draft
from idtracker.ingest.draft.draft_guess import Sample
from idtracker.ingest.draft.draft_iati import SECTIONS
from idtracker.ingest.draft.draft_stand_in import period_in_name
from idtracker.ingest.judge.definition import check_source
from idtracker.ingest.read.iati.reader import columns_of_section
from idtracker.model.config.discover import load_source
from idtracker.model.config.source import Kind, Source
from idtracker.model.register.register import Register
from idtracker.model.tables import FACTS, companions, fields_of

TABLES = {name: list(fields_of(model).values()) for name, model in FACTS.items()}


def drafted(
    tmp_path: Path, *samples: Sample, kind: Kind = "csv", file_name: str = "a.csv", encoding: str = "utf-8"
) -> Source:
    text = draft_source("drafted", samples, kind, file_name, TABLES, encoding=encoding)
    return load_source(write_draft(tmp_path, "drafted", text))


def headings(source: Source, part: int = 0) -> dict[str, str]:
    return {c.field: c.constant or c.headings[0] for c in source.parts[part].columns}


VALUES = {"Area": ["Zarqa", "Karak"], "Value": ["1", "2"], "Standard error": ["1", "2"]}


def test_every_draft_holds_against_its_tables(tmp_path: Path) -> None:
    source = drafted(tmp_path, Sample("", VALUES))
    assert check_source(source, Register.load()) == []
    assert headings(source) == {
        "place": "Area", "value": "Value", "standard_error": "Standard error", "indicator": "REVIEW", "period": "@file",
    }  # fmt: skip


def test_the_name_of_the_file_gives_the_period_where_it_holds_one(tmp_path: Path) -> None:
    source = drafted(tmp_path, Sample("", VALUES), file_name="return_2026-Q1.csv")
    assert headings(source)["period"] == "@name.period"
    assert source.received.from_name is not None


@pytest.mark.parametrize(
    "name, found",
    [
        ("a_2026-Q1.csv", True),
        ("a_2026-04.xlsx", True),
        ("cpi_2012.xlsx", True),
        ("a_2012_2017.csv", False),
        ("a.csv", False),
    ],
)
def test_a_period_is_seen_in_a_name_only_where_it_is_the_only_one(name: str, found: bool) -> None:
    assert (period_in_name(name) is not None) is found


def test_sheets_of_one_form_stand_for_the_indicator(tmp_path: Path) -> None:
    columns = {
        "Area": ["Zarqa"],
        **{f"{year} / {m}": ["1"] for year in (2019, 2020, 2021) for m in ("Estimate", "StdErr", "Rank")},
    }
    samples = [Sample(sheet, columns, header_rows=(14, 15)) for sheet in ("Voice", "Law")]
    source = drafted(tmp_path, *samples, kind="xlsx", file_name="a.xlsx")
    (part,) = source.parts
    assert (part.layout.sheet, part.layout.header_rows) == (["Voice", "Law"], [14, 15])
    assert part.unpivot is not None and "(?P<measure>Estimate|StdErr)" in part.unpivot.columns
    assert part.ignore == ["* / Rank"]
    assert (headings(source)["indicator"], part.key) == ("@sheet", ["indicator", "place", "period"])
    assert source.cadence.every == "year"


def test_rows_without_a_reference_go_by_their_number(tmp_path: Path) -> None:
    columns = {"Supplier": ["A", "B"], "Payment date": ["03/08/15", "04/08/15"], "Amount": ["1.5", "2.5"]}
    source = drafted(tmp_path, Sample("", columns))
    assert (source.feeds, headings(source)["reference"], source.parts[0].key) == (
        ["transaction"],
        "@row",
        ["reference"],
    )
    assert source.format.dates == ["%d/%m/%y"]


def test_days_counted_from_1970_are_seen(tmp_path: Path) -> None:
    columns = {
        "Activity ID": ["A", "B"],
        "Title": ["x", "y"],
        "Start date": ["16679", "17000"],
        "End date": ["19112", "19000"],
    }
    assert drafted(tmp_path, Sample("", columns)).format.dates == ["epoch_days"]


def test_a_day_of_the_month_is_no_date_and_a_rank_no_place(tmp_path: Path) -> None:
    columns = {
        "Country Rank": ["1", "2"],
        "Country / Territory": ["Jordan", "Iraq"],
        "Score": ["1", "2"],
        "Day": ["3", "30"],
    }
    found = headings(drafted(tmp_path, Sample("", columns)))
    assert found["place"] == "Country / Territory"
    assert "Day" not in found.values()


def test_the_encoding_is_declared_where_it_is_not_utf_8(tmp_path: Path) -> None:
    assert drafted(tmp_path, Sample("", VALUES), encoding="windows-1256").format.encoding == "windows-1256"


def test_sections_of_iati_feed_what_the_standard_says(tmp_path: Path) -> None:
    samples = [Sample(name, {h: ["x"] for h in columns_of_section(name)}) for name in (*SECTIONS, "budget")]
    source = drafted(tmp_path, *samples, kind="iati", file_name="a.xml")
    assert source.feeds == [section.feeds for section in SECTIONS.values()]
    assert check_source(source, Register.load()) == []
    assert headings(source, 2)["amount_currency"] == "currency"


@pytest.mark.parametrize("name", SECTIONS)
def test_headings_and_fields_of_iati_sections_exist(name: str) -> None:
    section = SECTIONS[name]
    known = fields_of(FACTS[section.feeds])
    beside = {c.name for spec in known.values() for c in companions(FACTS[section.feeds], spec.field)}
    assert set(section.headings) <= set(known) | beside
    assert {h for listed in section.headings.values() for h in listed} <= set(columns_of_section(name))
    assert set(section.key) <= set(section.headings)
