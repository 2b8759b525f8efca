"""A drafted source.yml loads, maps what it recognises, and leaves nothing of the file unsaid but its values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from idtracker.ingest.draft.draft import UNKNOWN_PUBLISHER, draft_source, write_draft
from idtracker.ingest.draft.draft_guess import Sample
from idtracker.model.config.discover import load_source
from idtracker.model.config.json_schema import source_json_schema
from idtracker.model.config.source import Source
from idtracker.model.config.yaml_lines import read_lined
from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.tables import FACTS, fields_of

TABLES = {name: list(fields_of(model).values()) for name, model in FACTS.items()}
OBSERVATIONS = Sample(
    "",
    {
        "Indicator code": ["BSF1-01", "BSF1-01", "BSF2-03"],
        "المحافظة": ["عمان", "إربد", "إربد"],
        "Quarter": ["2026-Q1", "2026-Q1", "2026-Q1"],
        "Value": ["12,5", "13,1", ".."],
        "Std. error": ["0,4", "", "0,5"],
        "Checked [by]": ["yes", "no", "no"],
    },
)


def drafted(
    tmp_path: Path, *samples: Sample, kind: str = "csv", file_name: str = "ons_2026-Q1.csv"
) -> tuple[Source, str]:
    text = draft_source("ons_survey", samples, kind, file_name, TABLES)  # type: ignore[arg-type]
    jsonschema.Draft202012Validator(source_json_schema()).validate(read_lined(text.encode()).data)
    return load_source(write_draft(tmp_path, "ons_survey", text)), text


def names_in(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def mapped(source: Source, part: int = 0) -> dict[str, str]:
    return {c.field: c.headings[0] for c in source.parts[part].columns}


def test_headings_in_two_languages_find_their_fields(tmp_path: Path) -> None:
    source, text = drafted(tmp_path, OBSERVATIONS)
    assert source.feeds == ["observation"]
    assert mapped(source) == {
        "indicator": "Indicator code",
        "place": "المحافظة",
        "period": "Quarter",
        "value": "Value",
        "standard_error": "Std. error",
    }
    assert source.parts[0].key == ["indicator", "place", "period"]
    assert [c.field for c in source.parts[0].columns if c.required] == ["indicator", "place", "period"]
    assert (source.cadence.every, source.received.pattern) == ("quarter", "ons_*.csv")
    assert (source.format.decimal, source.format.missing) == (",", [".."])
    assert source.publisher == UNKNOWN_PUBLISHER
    assert text.splitlines()[0] == "# yaml-language-server: $schema=../source.schema.json"
    assert text.count("REVIEW") >= 6


def test_unmapped_headings_are_ignored_by_name_and_marked_for_review(tmp_path: Path) -> None:
    source, text = drafted(tmp_path, OBSERVATIONS)
    assert source.parts[0].ignore == ["Checked [[]by]"]
    assert '  - "Checked [[]by]"  # holds flag' in text
    assert "ignore:  # REVIEW" in text


def test_values_of_the_file_stay_out_of_the_draft(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, OBSERVATIONS)
    for value in ("BSF1-01", "عمان", "12,5", "13,1"):
        assert value not in text


def test_required_field_without_heading_is_pointed_out(tmp_path: Path) -> None:
    columns = {h: v for h, v in OBSERVATIONS.columns.items() if h != "المحافظة"}
    source, text = drafted(tmp_path, Sample("", columns))
    assert source.feeds == ["observation"]
    assert "# REVIEW: no heading suits the required field `place` (place: Place);" in text


def test_rows_that_share_the_key_are_pointed_out(tmp_path: Path) -> None:
    columns = {h: [v[0]] * 3 for h, v in OBSERVATIONS.columns.items()}
    _, text = drafted(tmp_path, Sample("", columns))
    assert "rows of the file share these values" in text


def test_reference_alone_or_with_the_period_is_the_key(tmp_path: Path) -> None:
    columns = {
        "ref": ["a", "b"],
        "title": ["x", "y"],
        "counterpart": ["p", "p"],
        "start date": ["01/02/2026", "15/02/2026"],
    }
    source, _ = drafted(tmp_path / "one", Sample("activities", columns), kind="json", file_name="a.json")
    assert (source.feeds, source.parts[0].key) == (["activity"], ["reference"])
    assert source.parts[0].layout.records == "activities"
    assert source.format.dates == ["%d/%m/%Y"]
    assert source.cadence.every == "as_needed"
    with_period, _ = drafted(tmp_path / "two", Sample("", columns | {"month": ["2026-01", "2026-01"]}))
    assert with_period.parts[0].key == ["reference", "period"]
    assert with_period.cadence.every == "month"


def test_periods_across_become_rows(tmp_path: Path) -> None:
    wide = {
        "Indicator": ["a", "b"],
        "Area": ["Amman", "Irbid"],
        "2024-Q1": ["1", "2"],
        "2024-Q2": ["3", ""],
        "2024-Q3": ["", "4"],
    }
    source, _ = drafted(tmp_path, Sample("Tracker", wide), kind="xlsx", file_name="tracker.xlsx")
    part = source.parts[0]
    assert part.unpivot is not None
    assert part.unpivot.columns == r"^(?P<period>\d{4}[ -]?Q[1-4]|Q[1-4][ -]\d{4})$"
    assert mapped(source) == {"indicator": "Indicator", "place": "Area", "period": "period", "value": "value"}
    assert part.ignore == []
    assert (part.layout.sheet, source.cadence.every) == ("Tracker", "quarter")


def test_sheets_become_parts_and_like_sheets_become_one(tmp_path: Path) -> None:
    month = {"Indicator": ["a"], "Governorate": ["Amman"], "Period": ["2026-01"], "Value": ["1"]}
    other = {"Ref": ["1"], "Scenario": ["x"], "Probability": ["0.4"]}
    source, _ = drafted(
        tmp_path,
        Sample("January", month),
        Sample("February", month | {"Period": ["2026-02"]}),
        Sample("Read me", {"Blurb": ["text"]}),
        Sample("Scenarios", other),
        kind="xlsx",
        file_name="tracker.xlsx",
    )
    assert source.feeds == ["observation", "judgement"]
    assert [p.layout.sheet for p in source.parts] == [["January", "February"], "Scenarios"]


def test_each_part_of_a_tagged_workbook_names_its_sheet(tmp_path: Path) -> None:
    presence = {"#org+name": ["A"], "#adm1+code": ["JO-AM"], "#sector": ["Health"]}
    counts = {
        "#adm1+code": ["JO-AM"],
        "#activity+id": ["A-1"],
        "#date+start": ["2026-01-02"],
        "#date+end": ["2026-03-02"],
    }
    source, _ = drafted(
        tmp_path, Sample("Presence", presence), Sample("Counts", counts), kind="hxl", file_name="a.xlsx"
    )
    layouts = [part.layout for part in source.parts]
    assert [layout and layout.sheet for layout in layouts] == ["Presence", "Counts"]


def test_two_parts_of_one_table_are_named_by_sheet(tmp_path: Path) -> None:
    one = {"Indicator": ["a"], "Governorate": ["Amman"], "Period": ["2026-01"], "Value": ["1"]}
    source, _ = drafted(
        tmp_path, Sample("Main", one), Sample("Survey 2", one | {"SE": ["0.1"]}), kind="xlsx", file_name="t.xlsx"
    )
    assert [p.id for p in source.parts] == ["observation", "survey_2"]


def test_awkward_headings_survive_as_they_are(tmp_path: Path) -> None:
    odd = [
        "yes",
        "1",
        "a: b",
        "- x",
        "# y",
        "it's",
        'say "so"',
        "tab\there",
        "line\nbreak",
        "[z]",
        "~",
        "\\d",
        "*",
        "é",
        "null",
    ]
    columns = OBSERVATIONS.columns | {heading: ["x", "y", "z"] for heading in odd}
    source, _ = drafted(tmp_path, Sample("", columns))
    listed = {i.replace("[[]", "[").replace("[*]", "*") for i in source.parts[0].ignore}
    assert set(odd) <= listed


def test_unrecognised_file_still_gives_a_draft_that_loads(tmp_path: Path) -> None:
    source, text = drafted(tmp_path, Sample("", {"foo": ["1"], "bar": ["2"]}), file_name="2024.csv")
    assert list(mapped(source).values()) == ["foo"]
    assert source.parts[0].ignore == ["bar"]
    assert source.received.pattern == "*.csv"
    assert "how often is a report owed" in text


def test_file_without_headings_is_refused() -> None:
    with pytest.raises(UsageError, match=r"No heading was found in empty\.csv"):
        draft_source("x", [Sample("", {})], "csv", "empty.csv", TABLES)


@dataclass(frozen=True)
class Field:
    field: str
    kind: str
    description: str
    is_required: bool


def test_tables_are_given_by_the_caller(tmp_path: Path) -> None:
    tables = {"visit": [Field("visitor", "text", "Who\ncame", True), Field("day", "date", "When", False)]}
    text = draft_source("visits", [Sample("", {"Visitor": ["a"], "Day": ["2026-01-01"]})], "csv", "v.csv", tables)
    source = load_source(write_draft(tmp_path, "visits", text))
    assert (source.feeds, mapped(source)) == (["visit"], {"visitor": "Visitor", "day": "Day"})
    assert "# text: Who came" in text


def test_same_file_gives_the_same_draft() -> None:
    first, second = (draft_source("x", [OBSERVATIONS], "csv", "a.csv", TABLES) for _ in range(2))
    assert first == second


def test_draft_is_written_whole_with_its_example(tmp_path: Path) -> None:
    example = tmp_path / "Sent.CSV"
    example.write_bytes(b"a,b\r\n1,2\r\n")
    text = draft_source("ons_survey", [OBSERVATIONS], "csv", example.name, TABLES)
    folder = write_draft(tmp_path / "sources", "ons_survey", text, example)
    assert sorted(p.name for p in folder.iterdir()) == ["example.csv", "source.yml"]
    assert (folder / "example.csv").read_bytes() == example.read_bytes()
    assert load_source(folder).id == "ons_survey"
    assert names_in(tmp_path / "sources") == ["ons_survey"]


def test_existing_source_is_never_replaced(tmp_path: Path) -> None:
    text = draft_source("a", [OBSERVATIONS], "csv", "a.csv", TABLES)
    write_draft(tmp_path, "a", text)
    (tmp_path / "a" / "source.yml").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="exists already"):
        write_draft(tmp_path, "a", text)
    assert (tmp_path / "a" / "source.yml").read_text(encoding="utf-8") == "mine"
    assert names_in(tmp_path) == ["a"]


@pytest.mark.parametrize("name", ["Ons", "ons-survey", "_ons", "1ons", "", "../ons", "ons/a"])
def test_names_that_cannot_be_sources_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot name a source"):
        write_draft(tmp_path, name, "title: x\n")
    assert names_in(tmp_path) == []


def test_invalid_text_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"/a/source\.yml:1: publisher: this key is required"):
        write_draft(tmp_path, "a", "title: x\n")
    assert names_in(tmp_path) == []


def test_missing_example_leaves_nothing_behind(tmp_path: Path) -> None:
    text = draft_source("a", [OBSERVATIONS], "csv", "a.csv", TABLES)
    with pytest.raises(UsageError, match="could not be written"):
        write_draft(tmp_path, "a", text, tmp_path / "nowhere.csv")
    assert names_in(tmp_path) == []
