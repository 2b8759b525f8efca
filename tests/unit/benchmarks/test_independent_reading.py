"""The comparison of stored facts with an independent reading can fail: each way in which the two may differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from benchmarks.independent_reading.comparison import Held, Outcome, Said, Stored, are_equal, compare
from benchmarks.independent_reading.opening import Cell, Line, joined_lines, text_lines, workbook_lines
from benchmarks.independent_reading.specimens import all_specimens
from benchmarks.independent_reading.stated import UNSTATED, Expected, Unreadable, currency, day, month, number

HEADINGS = {"value": "Value", "period": "Period"}


def wanted(row: int, value: object, period: str = "2026-Q3") -> Expected:
    return Expected("observation", "", row, {"value": value, "period": period, "place_id": UNSTATED})


def kept(row: int, value: object, period: str = "2026-Q3") -> Stored:
    return Stored("observation", "s1", "", row, {"value": value, "period": period, "place_id": "JO"})


def compared(
    expected: list[Expected], stored: list[Stored], held: list[Held] | None = None, said: list[Said] | None = None
) -> Outcome:
    return compare(expected, stored, held or [], said or [], HEADINGS)


def kinds(outcome: Outcome) -> list[str]:
    return [fault.kind for fault in outcome.faults]


def test_facts_that_say_what_the_file_says_are_no_faults() -> None:
    outcome = compared([wanted(2, 14.125), wanted(3, 7.0)], [kept(2, 14.125), kept(3, 7)])
    assert (outcome.expected, outcome.compared, outcome.equal, outcome.faults) == (2, 2, 4, [])


def test_a_wrong_value_is_a_fault() -> None:
    outcome = compared([wanted(2, 14.125)], [kept(2, 14125.0)])
    assert kinds(outcome) == ["value"]
    assert (outcome.faults[0].column, outcome.faults[0].expected, outcome.faults[0].got) == ("value", 14.125, 14125.0)
    assert outcome.silent == 1


def test_a_missing_row_is_a_fault() -> None:
    outcome = compared([wanted(2, 1.0), wanted(3, 2.0)], [kept(2, 1.0)])
    assert (kinds(outcome), outcome.vanished) == (["vanished"], 1)


def test_an_extra_row_is_a_fault() -> None:
    assert kinds(compared([wanted(2, 1.0)], [kept(2, 1.0), kept(9, 4.0)])) == ["extra"]


def test_a_second_fact_of_one_row_is_a_fault() -> None:
    assert kinds(compared([wanted(2, 1.0)], [kept(2, 1.0), kept(2, 3.0)])) == ["extra"]


def test_facts_of_one_row_that_changed_places_are_found() -> None:
    expected = [wanted(2, 1.0, "2024"), wanted(2, 2.0, "2025")]
    assert kinds(compared(expected, [kept(2, 2.0, "2024"), kept(2, 1.0, "2025")])) == ["value", "value"]


def test_a_fact_of_another_sheet_is_another_row() -> None:
    expected = [replace(wanted(2, 1.0), sheet="Q2"), replace(wanted(2, 2.0), sheet="Q3")]
    stored = [replace(kept(2, 1.0), sheet="Q2"), replace(kept(2, 2.0), sheet="Q3")]
    assert compared(expected, stored).faults == []
    swapped = [replace(s, sheet={"Q2": "Q3", "Q3": "Q2"}[s.sheet]) for s in stored]
    assert kinds(compared(expected, swapped)) == ["value", "value"]
    assert kinds(compared(expected[:1], [replace(stored[0], sheet="Notes")])) == ["extra", "vanished"]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        (Said("unit.converted", "warning", "", 2, "Value"), []),
        (Said("unit.converted", "warning", "", None, "Value"), []),
        (Said("unit.converted", "warning", "", 3, "Value"), ["value"]),
        (Said("period.future", "warning", "", 2, "Period"), ["value"]),
        (Said("row.duplicate", "advisory", "", 2, ""), ["value"]),
    ],
)
def test_only_a_finding_at_the_cell_or_its_column_speaks_for_a_value(said: Said, faults: list[str]) -> None:
    outcome = compared([wanted(2, 1.0)], [kept(2, 60.0)], said=[said])
    assert kinds(outcome) == faults
    assert outcome.said.total() == (0 if faults else 1)


def test_a_row_that_waits_is_accounted_for_once() -> None:
    held = [Held("", 3, "name.place")]
    outcome = compared([wanted(2, 1.0), wanted(3, 2.0), wanted(3, 5.0)], [kept(2, 1.0)], held)
    assert (outcome.held, kinds(outcome)) == ({"name.place": 1}, ["vanished"])


def test_rows_of_a_refused_file_wait_for_its_reason() -> None:
    outcome = compared([wanted(2, 1.0)], [], said=[Said("file.unreadable", "critical")])
    assert (outcome.held, outcome.faults) == ({"file.unreadable": 1}, [])


def test_a_row_that_repeats_another_is_no_fault_and_one_that_differs_is() -> None:
    rows = [wanted(2, 1.0), wanted(3, 1.0), wanted(4, 9.0)]
    said = [Said("row.duplicate", "advisory", "", n) for n in (3, 4)]
    outcome = compared(rows, [kept(2, 1.0)], said=said)
    assert (outcome.repeated, kinds(outcome)) == (1, ["vanished"])
    assert kinds(compared(rows, [kept(2, 1.0)])) == ["vanished", "vanished"]


def test_a_row_that_an_earlier_file_said_is_accounted_for() -> None:
    outcome = compare([wanted(2, 1.0)], [], [], [], HEADINGS, earlier=[kept(7, 1.0)])
    assert (outcome.repeated, outcome.faults) == (1, [])


def test_what_cannot_be_read_must_have_a_finding() -> None:
    nonsense = wanted(2, Unreadable("abc"))
    assert kinds(compared([nonsense], [kept(2, None)])) == ["value"]
    assert kinds(compared([nonsense], [kept(2, None)], said=[Said("value.number", "error", "", 2, "Value")])) == []


@pytest.mark.parametrize(
    ("stated", "stored", "same"),
    [
        (51.300000000000004, 51.3, True),
        (51.3, 51.31, False),
        (3, 3.0, True),
        (True, 1, False),
        (0.0, None, False),
        (None, None, True),
        (date(2026, 4, 1), datetime(2026, 4, 1), True),  # noqa: DTZ001
        (date(2026, 4, 1), datetime(2026, 1, 4), False),  # noqa: DTZ001
        ("Al  Aqaba ", "Al Aqaba", True),
        ("Aqaba", "aqaba", False),
    ],
)
def test_what_counts_as_equal(stated: object, stored: object, same: bool) -> None:
    assert are_equal(stated, stored) is same


def line(value: object, form: str = "") -> Line:
    return Line("", 2, {"v": Cell(value, form)})


@pytest.mark.parametrize(
    ("cell", "decimal", "stated"),
    [
        (line(14.125), ",", 14.125),
        (line("17,25"), ",", 17.25),
        (line("1,299,083"), ".", 1299083.0),
        (line("(7.5)"), ".", -7.5),
        (line("-£56,931.91"), ".", -56931.91),
        (line(0.615, "0.0%"), ".", 61.5),
        (line("59%"), ".", 59.0),
        (line("1e+05"), ".", 100000.0),
        (line(""), ".", None),
        (line(".."), ".", None),
        (line("about 5"), ".", Unreadable("about 5")),
    ],
)
def test_numbers_are_read_by_type_form_and_mark(cell: Line, decimal: str, stated: object) -> None:
    assert number("v", decimal=decimal)(cell) == stated


def test_days_months_and_currencies_are_read_as_stated() -> None:
    april = datetime(2026, 4, 1)  # noqa: DTZ001
    assert day("v", "%m/%d/%Y")(line("4/3/2026")) == date(2026, 4, 3)
    assert day("v", "%d/%m/%Y")(line(april)) == date(2026, 4, 1)
    assert day("v", "%d/%m/%Y")(line("soon")) == Unreadable("soon")
    assert month("v")(line(april, "mmm-yy")) == "2026-04"
    assert currency("v", "GBP")(line("$350.00")) == "USD"
    assert currency("v", "GBP")(line(350.0, "[$€-2] #,##0")) == "EUR"
    assert currency("v", "GBP")(line("350")) == "GBP"


def test_files_are_opened_with_their_rows_and_number_formats(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('note\n\nPlace,Value\nAmman,"1\n2"\n\nIrbid,3\n', "utf-8")
    rows = list(text_lines(tmp_path / "a.csv", header=3))
    assert [(r.row, r["Place"].value) for r in rows] == [(4, "Amman"), (6, "Irbid")]
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["Place", "Share"])
    page.append(["Amman", 0.5])
    page.append([None, 0.25])
    page["B2"].number_format = "0%"
    page.merge_cells("A2:A3")
    book.save(tmp_path / "b.xlsx")
    assert next(workbook_lines(tmp_path / "b.xlsx"))["Share"] == Cell(0.5, "0%")
    assert [r["Place"].value for r in joined_lines(tmp_path / "b.xlsx")] == ["Amman", "Amman"]


def test_each_specimen_has_a_source_of_its_own_and_there_are_enough_files() -> None:
    specimens = list(all_specimens())
    names = [s.source for s in specimens]
    files = [name for s in specimens for name in s.files]
    assert len(names) == len(set(names))
    assert len(set(files)) == len(files) >= 60
    assert {name.partition("/")[0] for name in files if name[:2].isdigit()} >= {
        *("01_3w", "02_iati", "03_events", "04_indicators", "05_geo"),
        *("06_orgs", "07_survey", "08_composite", "09_dirty", "10_ukgov"),
    }
