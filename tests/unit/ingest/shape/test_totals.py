"""A breakdown that names the whole is the whole."""

from __future__ import annotations

import pandas as pd
import pytest

from idtracker.ingest.shape.totals import without_totals

WHOLE = [
    *("Both sexes", "BOTH SEXES", "Total", "total ", "sex=_T", "SEX = _T", "sex: Total", "_T", "T", "Male & Female", "M=_T;A=_T"),
    *("male/female", "All ages", "كلا الجنسين", "كِلا الجنسين", "المجموع", "الاجمالي", "إجمالي", "ذكور / إناث", "sex=_T; age=_T"),
]  # fmt: skip
PARTS = [
    "Male",
    "sex=F",
    "60+",
    "15-24",
    "Totally blind",
    "all but IDPs",
    "T1",
    "Total fertility group",
    "age=15-24;sex=F",
]


@pytest.mark.parametrize("text", WHOLE)
def test_names_of_the_whole_are_empty(text: str) -> None:
    assert without_totals(pd.Series([text], dtype="str")).isna().tolist() == [True]


@pytest.mark.parametrize("text", PARTS)
def test_parts_stay_as_they_are(text: str) -> None:
    assert without_totals(pd.Series([text, None], dtype="str")).tolist()[:1] == [text]


def test_a_dimension_that_names_its_whole_is_left_out() -> None:
    assert without_totals(pd.Series(["sex=F;age=_T;disability=_Z"], dtype="str")).tolist() == ["sex=F"]
