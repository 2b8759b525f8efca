"""The tables of the framework against a recomputation in plain loops, over random programmes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from framework_given import QUARTERS, Given, records, small_framework

ORGS = ("DEF", "FOR", "REV", "STA")
RANK = {"YES": 3, "PARTLY": 2, "NO": 1, "NOT_YET": 1, "NA": 0}
COUNTS = ("improved", "worsened", "unchanged", "indistinct", "no_interval", "unjudged", "unknown", "missing")
NAMES = ("BETTER", "WORSE", "UNCHANGED", "NOT_DISTINGUISHABLE", "NO_INTERVAL", "NOT_JUDGED", "UNKNOWN", "MISSING")


def random_given(seed: int) -> Given:
    dice, given = random.Random(seed), Given(sources={"log": ["analysis_product"], "ratings": ["enabler_assessment"]})
    for quarter in QUARTERS:
        if dice.random() < 0.8:
            given.share("IM-01", quarter, dice.randint(0, 20), 20)
        for barrier in ("B1", "B2"):
            if dice.random() < 0.7:
                given.share("IM-27", quarter, dice.randint(0, 5), 5, measure="at_least_3", scope=f"barrier={barrier}")
        if dice.random() < 0.5:
            given.value("IM-27", quarter, dice.choice([-1.0, 0.0, 1.0]), measure="median_change", scope="barrier=B1")
        lower = dice.uniform(0, 50)
        if dice.random() < 0.7:
            given.value(
                "IM-31", quarter, lower + 5, measure="median_days", lower=lower, upper=lower + dice.uniform(5, 30)
            )
        add_answers(given, quarter, dice)
        for source, org in (("log", "FOR"), ("ratings", "DEF")):
            given.owes(source, org, quarter, dice.choice(["received", "overdue", "due"]))
    return given


def add_answers(given: Given, quarter: str, dice: random.Random) -> None:
    for question in ("K1", "K2"):
        for org in ORGS:
            if dice.random() < 0.6:
                given.answer(question, quarter, org, dice.choice([*RANK, None]), dice.choice(["HIGH", "LOW", None]))


def answers_of(given: Given, question: str, quarter: str) -> dict[str, dict[str, Any]]:
    rows = [r for r in given.responses if r["kpq_code"] == question and r["period"] == quarter and r["answer"]]
    return {row["org_id"]: row for row in rows}


def roster_in(given: Given, number: int) -> set[str]:
    return {r["org_id"] for r in given.responses if r["period"] in QUARTERS[max(0, number - 3) : number + 1]}


def series_of(given: Given, metric: str, measure: str, scope: str) -> dict[str, dict[str, Any]]:
    wanted = (metric, measure, scope)
    return {r["period"]: r for r in given.values if (r["metric_id"], r["measure"], r["scope"]) == wanted}


def verdict(given: Given, series: tuple[str, str, str], quarter: str, kind: str) -> str:
    rows = series_of(given, *series)
    now = rows.get(quarter)
    if now is None:
        return "MISSING"
    if kind == "change":
        return "NO_INTERVAL"
    first = min(rows)
    if first == quarter:
        return "UNKNOWN"
    then = rows[first]
    if kind == "counts":
        low, high = independent_interval(now, then)
    elif kind == "stated":
        low, high = then["lower"] - now["upper"], then["upper"] - now["lower"]  # days: fewer are better
    else:
        return "NO_INTERVAL"
    return "BETTER" if low > 1e-9 else "WORSE" if high < -1e-9 else "NOT_DISTINGUISHABLE"


def independent_interval(now: dict[str, Any], then: dict[str, Any]) -> tuple[float, float]:
    """Newcombe's interval, written out."""
    ends = []
    for row in (now, then):
        n, p, z = row["denominator"], row["numerator"] / row["denominator"], 1.6448536269514722
        centre, half = 2 * n * p + z * z, z * (z * z + 4 * n * p * (1 - p)) ** 0.5
        ends.append((p, (centre - half) / (2 * (n + z * z)), (centre + half) / (2 * (n + z * z))))
    (p1, l1, u1), (p2, l2, u2) = ends
    return p1 - p2 - ((p1 - l1) ** 2 + (u2 - p2) ** 2) ** 0.5, p1 - p2 + ((u1 - p1) ** 2 + (p2 - l2) ** 2) ** 0.5


def directions(given: Given, subject: str, quarter: str) -> list[str]:
    measured = sorted({r["scope"] for r in given.values if r["metric_id"] == "IM-27" and r["measure"] == "at_least_3"})
    share, days = ("IM-01", "value", "programme"), ("IM-31", "median_days", "programme")
    each = [("IM-27", "at_least_3", scope) for scope in measured or ["barrier=*"]]
    of = {
        "K1": [(share, "counts"), *((one, "none") for one in each)],
        "K2": [(days, "stated")],
        "A1": [(share, "counts"), (days, "stated")],
        "A2": [(("IM-27", "median_change", "barrier=B1"), "change")],
    }
    return [verdict(given, series, quarter, kind) for series, kind in of[subject]]


@pytest.mark.parametrize("seed", range(25))
def test_questions_are_counted_as_plain_loops_count_them(seed: int) -> None:
    given = random_given(seed)
    tables = given.frames()
    view = {(r["question_code"], r["period"]): r for r in records(tables["kpq_view"], scope="programme")}
    assert len(view) == 2 * len(QUARTERS)
    told = 0
    for question in ("K1", "K2"):
        for number, quarter in enumerate(QUARTERS):
            row, said = view[question, quarter], answers_of(given, question, quarter)
            roster = roster_in(given, number)
            assert (row["roster_count"], row["answered_count"]) == (len(roster), len(said))
            assert row["silent_count"] == len(roster - set(said))
            for code in RANK:
                assert row[f"{code.lower()}_count"] == sum(r["answer"] == code for r in said.values())
            ranks = [RANK[r["answer"]] for r in said.values() if RANK[r["answer"]]]
            assert row["is_disagreement"] == (min(ranks) != max(ranks) if len(ranks) > 1 else None)
            assert row["confidence_unstated_count"] == sum(r["ancr"] is None for r in said.values())
            earlier = [q for q in QUARTERS[:number] if answers_of(given, question, q)]
            then = answers_of(given, question, earlier[0]) if earlier else {}
            pairs = [(RANK[said[o]["answer"]], RANK[then[o]["answer"]]) for o in said if o in then]
            pairs = [(a, b) for a, b in pairs if a and b]
            assert row["baseline_period"] == (earlier[0] if earlier else None)
            assert (row["paired_count"], row["rose_count"]) == (len(pairs), sum(a > b for a, b in pairs))
            assert row["fell_count"] == sum(a < b for a, b in pairs)
            check_directions(row, directions(given, question, quarter))
            told += len(said)
    assert told, "somebody answered"


@pytest.mark.parametrize("seed", range(25))
def test_elements_and_gaps_are_counted_as_plain_loops_count_them(seed: int) -> None:
    given = random_given(seed)
    tables = given.frames()
    for element, feeds in (("A1", {"log", "ratings"}), ("A2", {"ratings"})):
        for quarter in QUARTERS:
            (row,) = records(tables["framework_element"], element_code=element, period=quarter)
            check_directions(row, directions(given, element, quarter))
            overdue = {r["source_id"] for r in given.owed if r["period"] == quarter and r["state"] == "overdue"}
            assert row["overdue_count"] == len(overdue & feeds)
    silent = {
        (g["subject_code"], g["period"], g["org_id"]) for g in records(tables["framework_gap"], gap="SILENT_TEAM")
    }
    expected = {
        (question, quarter, org)
        for question in ("K1", "K2")
        for number, quarter in enumerate(QUARTERS)
        for org in roster_in(given, number) - set(answers_of(given, question, quarter))
    }
    assert silent == expected


def check_directions(row: dict[str, Any], expected: Sequence[str]) -> None:
    """Each series is counted once: by its direction, and among those with or without a value."""
    assert row["evidence_count"] == len(expected) == sum(row[f"{name}_count"] for name in COUNTS)
    assert [row[f"{name}_count"] for name in COUNTS] == [list(expected).count(name) for name in NAMES]
    assert row["value_count"] == len(expected) - row["missing_count"]


def test_the_random_programmes_show_every_direction_that_can_be() -> None:
    seen = {
        d
        for seed in range(25)
        for s in ("K1", "K2", "A2")
        for q in QUARTERS
        for d in directions(random_given(seed), s, q)
    }
    assert seen == set(NAMES) - {"UNCHANGED", "NOT_JUDGED"}


def test_the_order_of_rows_does_not_matter() -> None:
    given, turned = random_given(3), random_given(3)
    for rows in (turned.values, turned.responses, turned.owed):
        rows.reverse()
    one, other = given.frames(), turned.frames(small_framework())
    assert all(one[name].equals(other[name]) for name in one)
    assert all(len(frame) for frame in one.values())
