"""What organisations say of each other: plain loops give the same, and silence never looks like collaboration."""

from __future__ import annotations

import itertools
import statistics

import duckdb
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from metrics_given import Case, Frames, case_of, cases, read_reference, table

from idtracker.analyse.metrics.known.delivered import TABLES as ACTIVITIES
from idtracker.analyse.metrics.known.joint import find_joint
from idtracker.analyse.metrics.values import measure
from idtracker.model.tables import TABLES, empty_frame
from idtracker.model.tables.version import create_table_sql
from idtracker.store.tables import fill_table

AT = pd.Timestamp("2026-06-30")
ORGS = ["XM-UN", "JO-CSO", "JO-MINISTRY", "GB-GOV-8"]
DYADS = list(itertools.permutations(ORGS, 2))
RATED = st.dictionaries(st.sampled_from(DYADS), st.integers(0, 5), min_size=1)
SHARES = ["at_least_3", *(f"level_{n}" for n in range(1, 6))]


def ties(now: dict[tuple[str, str], int], before: dict[tuple[str, str], int]) -> Frames:
    rows = [(*dyad, "2026-Q1", level) for dyad, level in now.items()]
    rows += [(*dyad, "2025-Q2", level) for dyad, level in before.items()]
    frame = pd.DataFrame(rows, columns=["from_org_id", "to_org_id", "period", "frey_level"])
    return {"collaboration_tie": table("collaboration_tie", frame)}


def programme(tables: Frames, metric_id: str) -> pd.DataFrame:
    found = measure(tables, read_reference(), ["2026-Q1"], AT, metric_ids=[metric_id])
    return found[found["scope"] == "programme"].set_index("measure")


@given(RATED, RATED)
@settings(max_examples=25, phases=[Phase.generate], deadline=None)
def test_levels_are_those_of_plain_loops(now: dict[tuple[str, str], int], before: dict[tuple[str, str], int]) -> None:
    found = programme(ties(now, before), "IM-25")
    roster = {org for dyad in (*now, *before) for org in dyad}
    possible = len(roster) * (len(roster) - 1)
    assert found.loc["unrated", "numerator"] == possible - len(now)
    assert found.loc["at_least_3", "numerator"] == sum(level >= 3 for level in now.values())
    levels = [f"level_{n}" for n in range(6)]
    assert found.loc[[*levels, "unrated"], "numerator"].sum() == possible == found.loc["level_0", "denominator"]
    gaps = [abs(now[a, b] - now[b, a]) for a, b in now if a < b and (b, a) in now]
    assert (found.loc["gap", "n"], found.loc["gap", "numerator"]) == (len(gaps), sum(gaps))
    both = [now[dyad] - before[dyad] for dyad in now if dyad in before]
    assert (found.loc["rose", "numerator"], found.loc["fell", "n"]) == (sum(d > 0 for d in both), len(both))
    if len(both) >= 5:
        assert found.loc["value_change", "value"] == pytest.approx(statistics.mean(both))
    if possible >= 5:
        assert found.loc[[*levels, "unrated"], "value"].sum() == pytest.approx(100)


@given(RATED, st.data())
@settings(max_examples=25, phases=[Phase.generate], deadline=None)
def test_a_rating_that_is_missing_raises_no_share(now: dict[tuple[str, str], int], data: st.DataObject) -> None:
    before = dict.fromkeys(DYADS, 2)  # everybody is on the roster
    silent = data.draw(st.sampled_from(sorted(now)))
    whole, less = (
        programme(ties(now, before), "IM-25"),
        programme(ties({d: n for d, n in now.items() if d != silent}, before), "IM-25"),
    )
    assert less.loc["unrated", "numerator"] == whole.loc["unrated", "numerator"] + 1 or len(now) == 1
    for share in SHARES:
        assert not less.loc[share, "value"] > whole.loc[share, "value"]


@pytest.mark.parametrize("row", range(5))
def test_an_assessment_that_is_missing_meets_no_more_conditions(row: int) -> None:
    tables = case_of("IM-27_profile").given()
    fewer = {"enabler_assessment": tables["enabler_assessment"].drop(index=row)}
    shares = [
        measure(given_, read_reference(), ["2026-Q1"], AT, metric_ids=["IM-27"]).query(
            "measure == 'at_least_3' and scope == 'barrier=B1'"
        )["value"]
        for given_ in (fewer, tables)
    ]
    assert shares[0].item() <= shares[1].item()


def test_a_silent_team_does_not_raise_the_uptake_of_guidance() -> None:
    tables = case_of("IM-30_teams").given()
    heard = programme(tables, "IM-30").loc["value", "value"]
    without = tables["kpq_response"].query("org_id != 'JO-MINISTRY'")
    assert heard < programme({"kpq_response": without}, "IM-30").loc["value", "value"]


@pytest.mark.parametrize("case", [case for case in cases() if case.metric_id == "IM-29"], ids=str)
def test_activities_left_out_as_never_joint_change_no_figure(case: Case) -> None:
    tables = case.given()
    with duckdb.connect() as connection:
        for name in (*ACTIVITIES, "entity", "organisation"):
            connection.execute(create_table_sql(name, TABLES[name]).replace(" NOT NULL", ""))
            frame = tables.get(name, read_reference().get(name, empty_frame(TABLES[name])))
            fill_table(connection, name, frame)
        find_joint(connection)
        joint = {row[0] for row in connection.execute("FROM _joint").fetchall()}
    kept = {n: f[f["activity_id"].isin(joint)] if n in ACTIVITIES else f for n, f in tables.items()}
    assert len(kept["activity"]) < len(tables["activity"]) or case.name in ("merger", "worked"), (
        "all are joint in these two"
    )
    found = measure(kept, read_reference(), case.periods, AT, metric_ids=["IM-29"])
    whole = measure(tables, read_reference(), case.periods, AT, metric_ids=["IM-29"])
    pd.testing.assert_frame_equal(found, whole)
