"""CSV files of an export: what is read back is what is in the store."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_rows import publish_rows, row_of

from idtracker.publish.export.csv_files import csv_field, write_csv
from idtracker.publish.export.write_export import export_publication
from tests.support.packages.table_schema import READERS, description_of, problems, rows_of

TEXTS = [
    "إربد", "=cmd|' /C calc'!A1", "+962 6 555", "-5", "@SUM(A1)", "\tx", "007", "a\nb", "a\r\nb", "c\rd", 'Tell "Nimrin"',
    "<script>alert(1)</script>", " edge ", "a,b", "",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, ""), ("", '""'), (True, "true"), (False, "false"), (-5, "-5"), (-5.0, "-5.0"), (10**16, "10000000000000000"),
        (1e16, "1e+16"), (0.1 + 0.2, "0.30000000000000004"), (float("nan"), "NaN"), (float("-inf"), "-INF"), ("007", "007"),
        (date(2026, 3, 1), "2026-03-01"), (datetime.fromisoformat("2026-03-01T08:00:00.000001"), "2026-03-01T08:00:00.000001Z"),
        (datetime.fromisoformat("2026-03-01T08:00"), "2026-03-01T08:00:00Z"), ("=1+1", "=1+1"), ('a"b', '"a""b"'), ("a\nb", '"a\nb"'),
    ],
)  # fmt: skip
def test_a_value_has_one_form(value: Any, field: str) -> None:
    assert csv_field(value) == field


def test_a_value_of_no_column_is_refused() -> None:
    with pytest.raises(TypeError, match="list"):
        csv_field([1])


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_every_text_is_read_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    written = "".join(f"{csv_field(a)},{csv_field(b)}\r\n" for a, b in rows)
    assert [tuple(row) for row in csv.reader(io.StringIO(written, newline=""), strict=True)] == rows


@given(st.floats())
def test_every_number_is_read_back_to_the_bit(number: float) -> None:
    again = READERS["number"](csv_field(number))
    assert again == number or (again != again and number != number)


def test_a_file_has_no_mark_in_front_and_says_what_looks_like_a_formula(tmp_path: Path) -> None:
    content = write_csv(tmp_path / "a.csv", ["text", "number"], [*((t, -5) for t in TEXTS), (None, None)])
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"text,number\r\n") and raw.endswith(b"\r\n,\r\n")
    assert (content.rows, dict(content.formula_like), dict(content.empty_texts)) == (16, {"text": 5}, {"text": 1})


def test_a_file_of_one_column_has_a_line_for_a_missing_value(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ["a"], [(None,), ("x",)])
    assert (tmp_path / "a.csv").read_bytes() == b'a\r\n""\r\nx\r\n'


def test_an_export_is_read_back_by_its_schema(tmp_path: Path) -> None:
    findings = [row_of("finding", value=text, sheet=text, row=n) for n, text in enumerate(TEXTS)]
    place = row_of("place", place_id="JO", name='Tell "Nimrin"', name_ar="تل نمرين", population=10**16, area_km2=1e16)
    home = publish_rows(tmp_path, {"place": [place], "finding": findings})
    export_publication(home, tmp_path / "out", formats="csv")
    assert problems(tmp_path / "out") == []
    resources = {r["name"]: r for r in description_of(tmp_path / "out")["resources"]}
    back = rows_of(tmp_path / "out", resources["finding"])
    assert sorted((row["value"] or "", row["row"]) for row in back) == sorted((text, n) for n, text in enumerate(TEXTS))
    read = rows_of(tmp_path / "out", resources["place"])[0]
    assert (read["name"], read["name_ar"], read["population"], read["area_km2"]) == (
        'Tell "Nimrin"',
        "تل نمرين",
        10**16,
        1e16,
    )
    assert read["valid_from"] is None
    assert resources["finding"]["formulaLikeCells"] == {"sheet": 5, "value": 5}
    assert "required" not in {f["name"]: f for f in resources["finding"]["schema"]["fields"]}["sheet"].get(
        "constraints", {}
    )


def test_texts_that_are_empty_are_not_said_to_be_filled(tmp_path: Path) -> None:
    """`submission.file_name` has to be filled, and an empty text is; readers of CSV take it for missing."""
    home = publish_rows(tmp_path, {"submission": [row_of("submission", submission_id="s", file_name="")]})
    export_publication(home, tmp_path / "out", formats="csv,parquet")
    assert problems(tmp_path / "out") == []
    for resource in description_of(tmp_path / "out")["resources"]:
        fields = {f["name"]: f.get("constraints", {}) for f in resource["schema"]["fields"]}
        assert fields["submission_id"]["required"]
        assert fields["file_name"].get("required", False) == (resource["format"] == "parquet")


def test_reading_back_sees_what_is_wrong(tmp_path: Path) -> None:
    """The check of these tests fails where it has to."""
    rows = [row_of("place", place_id=name, population=4) for name in ("JO", "LB")]
    child = row_of("place", place_id="JO-IR", parent_id="JO", valid_from=pd.Timestamp("2020-01-01"))
    home = publish_rows(tmp_path, {"place": [*rows, child]})
    export_publication(home, tmp_path / "out", formats="csv")
    path = tmp_path / "out" / "csv" / "place.csv"
    sound = path.read_text("utf-8")
    assert description_of(tmp_path / "out")["resources"][0]["schema"]["foreignKeys"]
    for old, new in ((",4,", ",-4,"), ("LB,", "JO,"), (",JO,", ",XX,"), ("LB,", ",")):
        assert old in sound
        path.write_text(sound.replace(old, new), "utf-8", newline="")
        assert len(problems(tmp_path / "out")) >= 2, new  # the bytes, and what is wrong in them
    path.write_text(sound.replace("2020-01-01", "1 Jan 2020"), "utf-8", newline="")
    with pytest.raises(ValueError, match="isoformat"):
        problems(tmp_path / "out")
