"""Rows that came after a cut-off, against a count in plain loops; what was known at it and comes again is not late."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import duckdb
import pandas as pd
import pytest

from idtracker.analyse.round.late import late_rows
from idtracker.model.tables import TABLES
from idtracker.model.tables.version import create_table_sql

CUTOFF = pd.Timestamp(2026, 1, 20, 12)
DAY_BEFORE = CUTOFF - pd.Timedelta(days=1)
FIRST, LAST = date(2025, 10, 1), date(2025, 12, 31)


def of_table(table: str, start: date, end: date, dice: random.Random) -> tuple[dict[str, Any], date]:
    """What a row of a table says of its days and its organisation, and its last day."""
    if table == "event":
        until = dice.choice([None, end])
        return {"event_on": start, "event_end_on": until, "originator_org_id": "O"}, until or start
    org = "org_id" if table == "observation" else "originator_org_id"
    return {"period_start": start, "period_end": end, org: "O"}, end


@pytest.mark.parametrize("seed", range(3))
def test_late_are_rows_about_the_quarter_that_were_recorded_after_the_cut_off(seed: int) -> None:
    dice = random.Random(seed)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name in ("observation", "event", "survey_response"):
        sql = create_table_sql(name, TABLES[name]).replace(" NOT NULL", "")
        connection.execute(sql)
    expected: Counter[tuple[str, str]] = Counter()
    known: Counter[tuple[str, str]] = Counter()
    for number in range(300):
        table = dice.choice(["observation", "event", "survey_response"])
        start = FIRST + timedelta(days=dice.randint(-200, 200))
        end = start + timedelta(days=dice.choice([0, 30, 90, 364]))
        came = CUTOFF + timedelta(minutes=dice.randint(-9, 9))
        gone = dice.choice([None, came + timedelta(days=1)])
        submission = f"s{dice.randint(1, 4)}"
        stated, end = of_table(table, start, end, dice)
        row = stated | {"source_id": "x", "submission_id": submission, "recorded_from": came, "recorded_to": gone}
        row |= {"classification": "OFFICIAL", "releasable_to": "HMG", "fact_id": str(number)}
        earlier = dice.choice([None, None, CUTOFF - pd.Timedelta(hours=1), CUTOFF, came])
        was_known = earlier is not None and earlier > CUTOFF
        versions = [row] if earlier is None else [row, row | {"recorded_from": DAY_BEFORE, "recorded_to": earlier}]
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        for version in versions:
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(version.values()))
        if (
            came > CUTOFF
            and not was_known
            and any(FIRST <= start + timedelta(days=d) <= LAST for d in range((end - start).days + 1))
        ):
            expected[table, submission] += 1
            known[table, submission] += gone is None
    rows = late_rows(connection, "2025-Q4", CUTOFF)
    found: Counter[tuple[str, str]] = Counter()
    found_known: Counter[tuple[str, str]] = Counter()
    for late in rows:
        assert (late.source_id, late.org_id) == ("x", "O")
        found[late.table, late.submission_id] += late.rows
        found_known[late.table, late.submission_id] += late.rows if late.is_known(None) else 0
    assert found == expected and +found_known == +known and sum(expected.values()) > 20
