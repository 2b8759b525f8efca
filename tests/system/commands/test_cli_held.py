"""`held`: what waits is listed, shown, taken out, judged again and let through."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from tests.support.cli_programme import SURVEY_ROWS, Program
from tests.support.small_programme import SURVEY_HEAD, drop, text_of


def test_the_list_says_what_waits_and_whose_turn_it_is(published: Program) -> None:
    document = published.document("held", "list")
    (entry,) = document["submissions"]
    assert (entry["source"], entry["rows"], entry["rules"]) == ("courses", 1, [{"rule": "value.number", "rows": 1}])
    assert (entry["whose_turn"], entry["file_name"], entry["held_since"][:10]) == (
        "GB-GOV-8",
        "courses_1.csv",
        "2026-01-05",
    )
    assert (entry["whose_turn_name"], entry["whose_turn_name_ar"][:5]) == ("MOD", "وزارة")
    assert published.document("held", "list", "--source", "survey")["submissions"] == []
    told = published("held", "list").stdout
    assert "GB-GOV-8 MOD" in told
    assert "courses_1.csv" in told and "Rows held: 1; submissions: 1." in told
    assert "لا توجد صفوف محجوزة" in published("held", "list", "--source", "survey", "--lang", "ar").stdout
    assert published.document("held", "list", "--source", "curses", code=2)["error"].startswith("There is no source")


def test_a_row_is_shown_with_its_cells_reasons_and_remedies(published: Program) -> None:
    (entry,) = published.document("held", "list")["submissions"]
    (row,) = published.document("held", "show", entry["submission_id"])["rows"]
    assert row["cells"] == {"Ref": "C-8", "Governorate": "Zarqa", "Began": "2025-10-08", "Trained": "many"}
    (reason,) = row["reasons"]
    assert (reason["rule"], reason["column"], reason["value"], row["is_waivable"]) == (
        "value.number",
        "Trained",
        "many",
        False,
    )
    assert published.document("held", "show", row["held_id"][:6])["rows"] == [row]
    told = published("held", "show", row["held_id"]).stdout
    assert "Trained: many" in told and reason["remedy"] in told
    assert "`idtracker held list` names them" in published.document("held", "show", "zz", code=2)["error"]


def test_the_workbook_has_only_the_held_rows_of_one_source(copied: Program, tmp_path: Path) -> None:
    path = tmp_path / "fix.xlsx"
    assert copied.document("held", "export", path) == {"source": "courses", "rows": 1, "written": str(path)}
    sheet = openpyxl.load_workbook(path)["activity"]
    rows = list(sheet.iter_rows(values_only=True))
    assert [str(h) for h in rows[0]] == ["[submission]", "[sheet]", "[row]", "[leave out]", "[reasons]", "Ref", "Governorate", "Began", "Trained"]  # fmt: skip
    assert rows[1][2:4] == ("7", None) and rows[1][5:] == ("C-8", "Zarqa", "2025-10-08", "many")
    assert sheet["I2"].comment and not sheet["I2"].protection.locked and sheet["A2"].protection.locked
    assert "ends with .xlsx" in copied.document("held", "export", tmp_path / "x.csv", code=2)["error"]
    assert "there is no folder" in copied.document("held", "export", tmp_path / "no" / "x.xlsx", code=2)["error"]
    assert "No row is held" in copied.document("held", "export", path, "--source", "survey", code=2)["error"]


def test_rows_are_corrected_waived_and_judged_again(copied: Program, tmp_path: Path) -> None:
    """One home through the loop: a correction and a new file, then a waiver, a definition that changes, and a replay."""
    path = tmp_path / "fix.xlsx"
    copied("held", "export", path)
    book = openpyxl.load_workbook(path)
    book["activity"]["I2"].value = 40
    book.save(path)
    assert copied.document("submit", path, "--source", "courses")["rows"]["accepted"] == 1
    rows = [SURVEY_ROWS[1].replace(",60", ",104"), SURVEY_ROWS[3].replace(",60", ",sixty")]
    drop(copied.home.root, "survey", "survey_2.csv", text_of(SURVEY_HEAD, rows), "2026-01-09T09:00:00Z")
    assert copied.document("run")["rows"] == {"read": 3, "accepted": 1, "held": 2, "unchanged": 0, "superseded": 0}
    assert copied.document("query", "SELECT people_reached FROM now.activity WHERE activity_id = 'C-8'") == [
        {"people_reached": 40}
    ]
    (entry,) = copied.document("held", "list")["submissions"]
    assert (entry["source"], entry["rows"], entry["waivable"]) == ("survey", 2, 1)
    assert copied.document("held", "export", path, "--lang", "ar")["rows"] == 2
    assert openpyxl.load_workbook(path)["observation"].sheet_view.rightToLeft

    words = ["held", "waive", entry["submission_id"], "--rule", "value.range", "--by", "GB-GOV-24", "--why", "meant"]
    assert "Name the last day" in copied.document(*words, code=2)["error"]
    until = str(datetime.now(UTC).year + 1) + "-12-31"
    given = copied.document(*words, "--until", until)
    assert (given["rules"], given["in_force"], given["until_on"]) == (["value.range"], True, until)
    definition = copied.home.sources / "survey" / "source.yml"
    mapped = definition.read_text("utf-8").replace("heading: Value,", "heading: Value, map: {sixty: '60'},")
    definition.write_text(mapped, "utf-8")
    assert copied.document("held", "replay") == {"released": 1, "held": 0, "submissions": [], "failed_steps": []}
    assert copied.document("held", "replay") == {"released": 0, "held": 0, "submissions": [], "failed_steps": []}

    said = f"GB-GOV-24: meant (until {until}, past value.range)"
    assert copied.document("query", "SELECT waiver FROM now.observation WHERE value = 104") == [{"waiver": said}]
    cells = copied.document("query", "SELECT DISTINCT waivers FROM merged_cell WHERE waivers IS NOT NULL")
    assert cells == [{"waivers": said}]
    assert copied.document("query", "SELECT count(*) AS n FROM score WHERE waived_count > 0")[0]["n"] > 0
    earlier = copied.document("query", "SELECT count(*) AS n FROM waiver", "--as-known-at", "2026-01-20")
    assert earlier == [{"n": 0}]
    assert copied.document(*words, "--revoke")["in_force"] is False
    assert copied.document("held", "list", "--source", "survey")["rows"] == 1
