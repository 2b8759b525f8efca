"""What lies beyond 15 significant digits of a fraction is noise of binary arithmetic, and no correction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stated_files import HEAD, Judge, column, records, table, workbook

from idtracker.ingest.judge.assess import Assessment
from idtracker.ingest.read.cell_text import number_text

CLEAN = (51.3, 0.3, 0.7, 2.2)
NOISY = (51.300000000000004, 0.1 + 0.2, 0.7000000000000001, 2.1999999999999997)
PLACES = ("Amman", "Irbid", "Karak", "Zarqa")


def as_workbook(values: tuple[float, ...]) -> tuple[bytes, str]:
    return workbook(HEAD, *(("WAIT", p, "2026-Q3", v) for p, v in zip(PLACES, values, strict=True))), "xlsx"


def as_percentages(values: tuple[float, ...]) -> tuple[bytes, str]:
    rows = (("RATE", p, "2026-Q3", (v / 100, "0.0%")) for p, v in zip(PLACES, values, strict=True))
    return workbook(HEAD, *rows), "xlsx"


def as_json(values: tuple[float, ...]) -> tuple[bytes, str]:
    rows = (("WAIT", p, "2026-Q3", v) for p, v in zip(PLACES, values, strict=True))
    return records(*(dict(zip(HEAD, row, strict=False)) for row in rows)), "json"


def as_text(values: tuple[float, ...]) -> tuple[bytes, str]:
    return table(",".join(HEAD[:4]), *(f"WAIT,{p},2026-Q3,{v!r}" for p, v in zip(PLACES, values, strict=True))), "csv"


def hashes(result: Assessment) -> list[str]:
    return [str(h) for h in column(result, "content_hash")]


@pytest.mark.parametrize("write", [as_workbook, as_percentages, as_json, as_text])
def test_noise_changes_no_content(judge: Judge, write: Callable[[tuple[float, ...]], tuple[bytes, str]]) -> None:
    clean, noisy = judge(*write(CLEAN)), judge(*write(NOISY))
    assert column(noisy, "value") == list(CLEAN)
    assert hashes(noisy) == hashes(clean)


def test_a_file_says_the_same_in_every_format(judge: Judge) -> None:
    assert len({tuple(hashes(judge(*write(NOISY)))) for write in (as_workbook, as_json, as_text)}) == 1


def test_amounts_and_noise_in_words(judge: Judge) -> None:
    keys = {
        "feeds": "activity_cell",
        "key": ["reference"],
        "columns": [
            {"field": "reference"},
            {"field": "place", "constant": "Amman"},
            {"field": "spend", "currency": "GBP"},
        ],
    }
    result = judge(table("reference,spend", "A,£51.300000000000004", "B,5.1300000000000004e1 GBP"), **keys)
    assert column(result, "spend") == [51.3, 51.3]


def test_whole_numbers_keep_their_digits(judge: Judge) -> None:
    assert column(judge(*as_text((1234567890123456, 9007199254740991, 1e22, 3))), "value") == [
        1234567890123456,
        9007199254740991,
        1e22,
        3,
    ]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_as_text_is_settled(value: float) -> None:
    text = number_text(value)
    assert number_text(float(text)) == text
    assert abs(float(text) - value) <= abs(value) * 1e-14


def test_the_shared_example(judge: Judge, cases: Path) -> None:
    columns = [
        {"field": "indicator", "constant": "WAIT"},
        *({"field": f, "heading": h} for f, h in (("place", "Governorate"), ("period", "Period"), ("value", "Value"))),
    ]
    results = [judge(p.read_bytes(), "xlsx", columns=columns) for p in sorted((cases / "noise").rglob("*.xlsx"))]
    assert hashes(results[0]) == hashes(results[1]) and column(results[1], "value") == [51.3, 0.3]
