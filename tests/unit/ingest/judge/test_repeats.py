"""What is said of rows that repeat others: to the letter only where it is so, and with the columns that differ where not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from rule_cases import BASE, HEAD, row

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

Judge = Callable[[str], Assessment]


@pytest.fixture(scope="module")
def judge() -> Judge:
    source = Source.model_validate(BASE).located("returns", Path(), "x")
    catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})
    at = pd.Timestamp("2026-04-20")
    return lambda text: assess(text.encode(), "returns.csv", source, catalogue, submission_id="s", received_at=at)


@pytest.mark.parametrize(
    ("second", "en", "ar"),
    [
        (row(), "This row says the same as another row of the file to the letter;", "في الملف حرفياً،"),
        (row(governorate="عجلون"), "though not to the letter (governorate);", "وإن لم يكن حرفياً (governorate)،"),
        (row(governorate="ajloun"), "though not to the letter (governorate);", "(governorate)،"),
    ],
)
def test_to_the_letter_is_said_only_of_what_is_so(judge: Judge, second: str, en: str, ar: str) -> None:
    result = judge(HEAD + row() + second)
    (group,) = result.findings.groups
    assert (group.rule.id, list(group.rows), result.rows_repeated) == ("row.duplicate", [3], 1)
    assert en in group.message("en") and ar in group.message("ar")


def test_a_column_that_is_not_read_may_be_what_differs(judge: Judge) -> None:
    head, plain = HEAD.strip() + ",remarks\n", row().strip()
    result = judge(head + plain + ",a\n" + plain + ",b\n" + plain + ",a\n")
    groups = [g for g in result.findings.groups if g.rule.id == "row.duplicate"]
    assert [(list(g.rows), "(remarks)" in g.message("en")) for g in groups] == [([4], False), ([3], True)]
