"""Drafts of files whose headings have a known meaning, the reason of each guess, and what a draft makes of its file."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from idtracker.ingest.draft.draft import draft_source
from idtracker.ingest.draft.draft_guess import Sample
from idtracker.ingest.read.sample import sample_file
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.tables import FACTS, fields_of
from idtracker.operate.services.new_source import Drafted, draft_from

TABLES = {name: list(fields_of(model).values()) for name, model in FACTS.items()}
YEARS = [str(year) for year in range(1990, 2000)]
WORLD_BANK = (
    '\ufeff"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-07-01",\n\n'
    + ",".join(f'"{h}"' for h in ["Country Name", "Country Code", "Indicator Name", "Indicator Code", *YEARS])
    + ",\n"
    + ",".join(["Jordan", "JOR", "Population", "SP.POP.TOTL", *YEARS])
    + ",\n"
)
RECORD = {
    "indicator": {"id": "SP.POP.TOTL", "value": "Population"}, "country": {"id": "JO", "value": "Jordan"},
    "countryiso3code": "JOR", "date": "2024", "value": 11, "unit": "", "obs_status": "", "decimal": 0,
}  # fmt: skip
SPEND = (
    "Department family,Entity,Date,Expense type,Expense area,Supplier,Transaction number,Amount,Description\n"
    'FCDO,FCDO,01/04/2026,IT,Jordan,ACME,1001,"26,000.00",x\nFCDO,FCDO,13/04/2026,IT,Jordan,ACME,{},-30000,y\n'
)


def drafted(tmp_path: Path, name: str, content: str | bytes | object) -> Drafted:
    path = tmp_path / name
    given = content if isinstance(content, str | bytes) else json.dumps(content, ensure_ascii=False)
    path.write_bytes(given if isinstance(given, bytes) else given.encode())
    home = Home.resolve(tmp_path / "home", tmp_path / "sources")
    return draft_from(home, "drafted", path, path.read_bytes(), None, False, datetime.fromisoformat("2026-11-29"))


def headings(source: Source) -> dict[str, str]:
    return {c.field: c.constant or c.headings[0] for c in source.parts[0].columns}


def text_of(found: Drafted) -> str:
    return (found.folder / "source.yml").read_text("utf-8")


def test_world_bank_years_across_below_lines_of_metadata(tmp_path: Path) -> None:
    found = drafted(tmp_path, "API_SP.POP.TOTL.csv", WORLD_BANK)
    (part,) = found.source.parts
    assert (part.feeds, part.key, found.source.cadence.every) == (
        "observation",
        ["indicator", "place", "period"],
        "year",
    )
    assert headings(found.source) == {
        "indicator": "Indicator Code", "place": "Country Code", "period": "period", "value": "value",
    }  # fmt: skip
    assert next(c.scheme for c in part.columns if c.field == "place") == "iso3166-1-a3"
    assert found.assessment.rows_read == len(YEARS)
    assert [(n.rule, n.held, n.read) for n in found.notes] == [("name.indicator", 1, 1)]


def test_databank_of_the_world_bank(tmp_path: Path) -> None:
    text = "Country Name,Country Code,Series Name,Series Code,2019 [YR2019],2020 [YR2020]\nJordan,JOR,P,S.P,1,..\n"
    found = drafted(tmp_path, "a.csv", text)
    assert (headings(found.source)["indicator"], found.assessment.rows_read) == ("Series Code", 1)


def test_the_api_of_the_world_bank(tmp_path: Path) -> None:
    found = drafted(tmp_path, "a.json", [{"page": 1, "pages": 1, "total": 2}, [RECORD, {**RECORD, "date": "2023"}]])
    assert headings(found.source) == {
        "indicator": "indicator.id", "place": "countryiso3code", "period": "date", "value": "value",
    }  # fmt: skip
    assert found.assessment.rows_read == 2


def test_the_treasurys_template(tmp_path: Path) -> None:
    found = drafted(tmp_path, "fcdo_2026_04.csv", SPEND.format(1002))
    assert headings(found.source)["reference"] == "Transaction number"
    assert next(c.currency for c in found.source.parts[0].columns if c.field == "amount") == "GBP"
    assert (found.source.format.dates, found.assessment.rows_accepted) == (["%d/%m/%Y"], 2)


def test_a_transaction_number_of_several_rows_identifies_none(tmp_path: Path) -> None:
    found = drafted(tmp_path, "fcdo_2026_04.csv", SPEND.format(1001))
    assert headings(found.source)["reference"] == "@row"
    assert "  - Transaction number  # stands on several rows, so it identifies none" in text_of(found)
    assert found.assessment.rows_accepted == 2


@pytest.mark.parametrize("more", [{"_submission_time": "2026-07-01T10:00:00"}, {"formhub/uuid": "f"}])
def test_submissions_of_kobo_are_known_by_what_stays(tmp_path: Path, more: dict[str, str]) -> None:
    records = [
        {"_id": n, "_uuid": f"u{n}", "governorate": "JO-AM", "round": "2026-Q3", "g/trust": "y", "g/water": "n", **more}
        for n in (1, 2)
    ]
    found = drafted(tmp_path, "a.json", {"count": 2, "next": None, "results": records})
    (part,) = found.source.parts
    assert (part.feeds, part.key, headings(found.source)["reference"]) == (
        "survey_response", ["reference", "question"], "_id",
    )  # fmt: skip
    assert set(found.assessment.facts["survey_response"]["question"]) == {"trust", "water"}
    assert '  - "_uuid"  # changes when an answer is edited, _id does not' in text_of(found)


def test_what_changes_with_an_edit_is_never_the_reference(tmp_path: Path) -> None:
    found = drafted(tmp_path, "a.json", [{"_uuid": "u1", "title": "x"}, {"_uuid": "u2", "title": "y"}])
    assert "_uuid" not in headings(found.source).values()


def test_tags_of_hxl_mean_what_the_standard_says(tmp_path: Path) -> None:
    text = (
        "Who,Where,Country,Sector,Women,All\n#org+lead,#adm1+code,#country,#sector+cluster,#reached+f,#reached\n"
        "UNHCR,JO-AM,JO,Health,5,9\nUNHCR,JO-IR,JO,Health,6,11\n"
    )
    found = drafted(tmp_path, "a.csv", text)
    said = headings(found.source)
    assert said["organisation"] == "#org+lead" and said["place"] == "#adm1+code" and said["sector"] == "#sector+cluster"
    assert said["people_reached"] == "#reached" and "#reached+f" in found.source.parts[0].ignore
    assert "# organisation: Organisation present; the tag of the HXL standard" in text_of(found)


def test_an_arabic_record_of_many_columns_is_drafted_by_its_own_words(tmp_path: Path) -> None:
    answers = {f"سؤال {n}": {f"خيار {k}": True for k in range(10)} for n in range(20)}
    record = {"اسم المحافظة": "عمان", "الفترة": "2026-Q1", "المؤشر": "BSF4-WATER", "القيمة": 3, **answers}
    found = drafted(tmp_path, "a.json", [record, {**record, "اسم المحافظة": "إربد"}])
    assert headings(found.source) == {
        "place": "اسم المحافظة", "period": "الفترة", "indicator": "المؤشر", "value": "القيمة",
    }  # fmt: skip
    assert len(found.source.parts[0].ignore) == 20 and "سؤال 3.*" in found.source.parts[0].ignore


def test_an_archive_is_drafted_from_its_member(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("returns_2026-Q2.csv", "Indicator,Governorate,Value\nA,Amman,1\nA,Irbid,2\n")
        archive.writestr("__MACOSX/._returns", "x")
        archive.writestr("read me.pdf", "%PDF-1.7")
    found = drafted(tmp_path, "sent.zip", packed.getvalue())
    assert headings(found.source)["period"] == "@name.period" and found.assessment.rows_read == 2
    assert "# The file is an archive; looked into: returns_2026-Q2.csv" in text_of(found)


def test_a_compressed_file_is_looked_into() -> None:
    import gzip

    assert list(sample_file(gzip.compress(b"Ref,Value\nA,1\n"), "a.csv.gz").tables[0].columns) == ["Ref", "Value"]


def test_one_word_of_a_heading_is_a_line_to_review() -> None:
    columns = {"Country Rank name": ["Jordan"], "Date of birth": ["2000-01-01"], "Supplier": ["x"], "Amount": ["5"]}
    text = draft_source("x", [Sample("", columns)], "csv", "a.csv", TABLES)
    lines = {h: next((line for line in text.splitlines() if f"heading: {h}" in line), "") for h in columns}
    assert "# REVIEW: only the word “date” of the heading speaks for it" in lines["Date of birth"]
    assert "headed “supplier”" in lines["Supplier"] and "REVIEW" not in lines["Supplier"]


def test_one_word_of_a_sentence_is_no_field() -> None:
    columns = {
        "Targeted programmes for children who were associated with armed groups": ["1"],
        "Ref": ["A"],
        "Title": ["x"],
    }
    text = draft_source("x", [Sample("", columns)], "csv", "a.csv", TABLES)
    assert "people_targeted" not in text


@pytest.mark.parametrize("content", [SPEND.format(1), WORLD_BANK, "Ref,Area,Date of issue\nA,Zarqa,2026-01-01\n"])
def test_every_mapping_has_its_reason(tmp_path: Path, content: str) -> None:
    lines = [line for line in text_of(drafted(tmp_path, "a.csv", content)).splitlines() if "heading:" in line]
    assert lines and all("; " in line or "REVIEW" in line or "@" in line for line in lines)


def test_what_holds_the_rows_is_said_at_its_line(tmp_path: Path) -> None:
    found = drafted(
        tmp_path, "a.csv", "Indicator,Governorate,Quarter,Value\nX-1,Amman,2026-Q1,1\nX-2,Irbid,2026-Q1,2\n"
    )
    lines = text_of(found).splitlines()
    at = next(n for n, line in enumerate(lines) if "name.indicator holds 2 of the 2 rows" in line)
    assert lines[at].lstrip().startswith("# REVIEW:") and "{field: indicator," in lines[at + 1]
    assert any("name.indicator holds 2 of the 2 rows" in step for step in found.next_steps("a.csv"))
