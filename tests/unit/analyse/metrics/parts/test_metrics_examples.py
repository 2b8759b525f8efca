"""The worked example on the page of each metric: a case that is run, with arithmetic that is worked out again here."""

from __future__ import annotations

import math
import operator
import re
import shutil
import statistics
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from docs_builder.metric_examples import example_of, example_section
from docs_builder.metrics import metric_page
from idtracker.analyse.metrics.registry import metric_of, metrics
from idtracker.model.errors import DefinitionError
from tests.unit.analyse.metrics.metrics_given import HERE, Case, cases

FEW = 12
MORE = {"IM-29": 19, "IM-36": 16, "IM-37": 14, "IM-38": 15}
"""Metrics whose least case with a value takes more rows: five activities of two departments, two places in each of four arms, two in each
of two before and after, three activities of either kind."""
REGISTER = {"place", "indicator"}
LINE = re.compile(
    r"^- `(?P<measure>\w+)`(?: of `(?P<scope>[^`]+)`)? = (?:(?P<arithmetic>.+) = )?\*\*(?P<value>-?[\d.]+)(?: [^*]+)?\*\*"
    r"(?:, from (?P<lower>-?[\d.]+) to (?P<upper>-?[\d.]+))?; n = (?P<n>\d+)$",
    re.MULTILINE,
)
EXAMPLES = [case for case in cases() if case.example]


def test_every_metric_has_exactly_one_example() -> None:
    assert len(metrics()) == 48
    assert Counter(case.metric_id for case in EXAMPLES) == dict.fromkeys(metrics(), 1)


@pytest.mark.parametrize("case", EXAMPLES, ids=str)
def test_an_example_is_small(case: Case) -> None:
    count = sum(len(rows) for name, rows in case.given().items() if name not in REGISTER)
    assert 0 < count <= MORE.get(case.metric_id, FEW)


@pytest.mark.parametrize("case", EXAMPLES, ids=str)
def test_the_page_shows_the_value_and_arithmetic_that_gives_it(case: Case) -> None:
    page = metric_page(metric_of(case.metric_id))
    section = page.split("## Example\n")[1].split("\n## ")[0]
    period, scope = re.findall(r"^Worked out for (\S+), `(.+)`:$", section, re.MULTILINE)[0]
    lines = list(LINE.finditer(section))
    assert [line["measure"] for line in lines] == list(case.example)
    found = case.measured().set_index(["period", "scope", "measure"])
    for line in lines:
        row = found.loc[(period, line["scope"] or scope, line["measure"])]
        assert float(line["value"]) == pytest.approx(row["value"], abs=5e-5)
        assert _worked_out(line["arithmetic"] or line["value"]) == pytest.approx(row["value"], abs=1e-6)
        assert int(line["n"]) == row["n"]
        for end in ("lower", "upper"):
            assert (line[end] is None) == pd.isna(row[end])
            assert line[end] is None or float(line[end]) == pytest.approx(row[end], abs=5e-5)


@pytest.mark.parametrize("case", EXAMPLES, ids=str)
def test_the_page_shows_every_given_row_and_the_day(case: Case) -> None:
    section = example_section(metric_of(case.metric_id))
    shown = dict(re.findall(r"^`(\w+)`\n\n(\|.+?)\n\n", section, re.MULTILINE | re.DOTALL))
    for name, rows in case.given().items():
        assert len(shown[name].splitlines()) == len(rows) + 2, name
    assert " ".join(case.shows.split()).replace("*", "\\*").replace("<", "&lt;") in section
    assert f"as known on {case.as_of.date()};" in section


@pytest.mark.parametrize("case", EXAMPLES, ids=str)
def test_the_result_is_what_the_metric_gives(case: Case) -> None:
    section = example_section(metric_of(case.metric_id))
    period, scope = re.findall(r"^Worked out for (\S+), `(.+)`:$", section, re.MULTILINE)[0]
    head, _, *lines = section.split("All measures of that quarter and scope")[1].split("\n\n")[1].splitlines()
    names = [cell.strip() for cell in head.strip("|").split("|")]
    shown = {}
    for line in lines:
        row = dict(zip(names, (cell.strip() for cell in line.strip("|").split("|")), strict=True))
        shown[row["measure"].strip("`")] = row
    found = case.measured()
    found = found[(found["period"] == period) & (found["scope"] == scope) & ~found["measure"].str.endswith("_as_is")]
    assert len(found) > 0
    assert set(shown) == set(found["measure"])
    for row in found.to_dict("records"):
        cells = shown[row["measure"]]
        assert (cells["value"] == "withheld") == pd.isna(row["value"])
        assert cells["reason"].strip("`") == ("" if pd.isna(row["suppressed_reason"]) else row["suppressed_reason"])
        for name in {"value", *names[2:-1]}:
            number = None if cells[name] in ("", "withheld") else float(cells[name].split(" ")[0])
            assert number == (None if pd.isna(row[name]) else pytest.approx(row[name], abs=5e-5)), name


def test_the_result_says_what_is_withheld_and_why() -> None:
    section = example_section(metric_of("IM-08"))
    assert "| `p90` | withheld | 3 | 5 | 5 | `undefined` |" in section
    assert "| `median` | 30 days | 3 | 5 | 5 |  |" in section
    assert "A plus marks a wait that had not ended." in section


def test_ends_stand_in_the_line_and_in_the_result() -> None:
    section = example_section(metric_of("IM-34"))
    assert "= 3 / 6 × 100 = **50 %**, from 33.3333 to 50; n = 6" in section
    assert "| measure | value | lower | upper | numerator | denominator | n | reason |" in section


def test_without_the_cases_the_page_is_refused_and_not_left_without_example(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"IM-01\.yml: no such file.*build the reference in a clone"):
        example_section(metric_of("IM-01"), tmp_path)


@pytest.mark.parametrize(("old", "new", "says"), [("  example:", "  no_example:", "0 cases"), ("", "", "2 cases")])
def test_one_case_is_the_example(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = Path("cases", "network", "IM-24.yml")
    (tmp_path / path).parent.mkdir(parents=True)
    shutil.copy(HERE / path, tmp_path / path)
    text = (HERE / path).read_text("utf-8")
    assert text.count("  example:") == 1
    changed = text.replace(old, new) if old else text + "\n" + text.replace("persistence:", "again:")
    (tmp_path / path).write_text(changed, "utf-8")
    with pytest.raises(DefinitionError, match=rf"{says} say `example`; the page of IM-24 shows exactly one"):
        example_of(metric_of("IM-24"), tmp_path)


def test_an_example_of_a_measure_without_a_value_is_refused(tmp_path: Path) -> None:
    path = Path("cases", "flow", "IM-08.yml")
    (tmp_path / path).parent.mkdir(parents=True)
    text = (HERE / path).read_text("utf-8")
    assert "    median: Kaplan" in text
    (tmp_path / path).write_text(text.replace("    median: Kaplan", "    p90: Kaplan"), "utf-8")
    with pytest.raises(DefinitionError, match="the example of IM-08 expects no value of the measure 'p90'"):
        example_section(metric_of("IM-08"), tmp_path)


def _worked_out(arithmetic: str) -> float:
    """The value of what a page shows: numbers, + - × / ² and parentheses, a median, or a Kaplan-Meier median."""
    if arithmetic.startswith("Kaplan-Meier median of "):
        return _kaplan_meier(arithmetic.removeprefix("Kaplan-Meier median of ").split(", "))
    if values := re.fullmatch(r"median\((.+)\)", arithmetic):
        return statistics.median(float(value) for value in values[1].split(", "))
    tokens = re.findall(r"[\d.]+|[-+×/²()]|\S", arithmetic)
    value = _sum(tokens)
    assert tokens == [], arithmetic
    assert math.isfinite(value)
    return value


def _sum(tokens: list[str]) -> float:
    value = _product(tokens)
    while tokens and tokens[0] in "+-":
        value = (operator.add if tokens.pop(0) == "+" else operator.sub)(value, _product(tokens))
    return value


def _product(tokens: list[str]) -> float:
    value = _factor(tokens)
    while tokens and tokens[0] in "×/":
        value = (operator.mul if tokens.pop(0) == "×" else operator.truediv)(value, _factor(tokens))
    return value


def _factor(tokens: list[str]) -> float:
    first = tokens.pop(0)
    if first == "-":
        return -_factor(tokens)
    value = _sum(tokens) if first == "(" else float(first)
    if first == "(":
        assert tokens.pop(0) == ")"
    if tokens and tokens[0] == "²":
        tokens.pop(0)
        value *= value
    return value


def _kaplan_meier(waits: list[str]) -> float:
    """The first day on which at most half still wait; waits that have not ended bear a plus."""
    left, waiting = Fraction(1), len(waits)
    for day, has_ended in sorted((int(wait.rstrip("+")), not wait.endswith("+")) for wait in waits):
        left *= Fraction(waiting - has_ended, waiting)
        waiting -= 1
        if left <= Fraction(1, 2):
            return day
    raise AssertionError(waits)
