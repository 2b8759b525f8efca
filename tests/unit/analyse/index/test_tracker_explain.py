"""Explanations of scores and cells: parts add up, every report is told, and computed figures lead to the very facts."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest
from explanations import amounts, nodes_of, table
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.explain.cell import cell_node
from idtracker.explain.name_lookup import place_of
from idtracker.explain.rows import contributing_facts
from idtracker.explain.score import explain_score
from idtracker.explain.tables import KnownTables, rows_of
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node

Tables = dict[str, pd.DataFrame]
PERIOD = "2026-Q2"


SCORES = st.one_of(st.none(), st.floats(0, 100).map(lambda x: round(x, 3)))
AREAS = [f"JO-{n}" for n in range(8)]
PLACES = [{"place_id": a, "name": a, "level": "adm1", "parent_id": "JO"} for a in AREAS]


@settings(max_examples=8)
@given(
    several=st.lists(st.lists(SCORES, min_size=10, max_size=10), min_size=1, max_size=len(AREAS)),
    weights=st.lists(st.integers(1, 4), min_size=10, max_size=10),
)
def test_parts_make_up_their_score(
    known: Callable[..., KnownTables], several: list[list[float | None]], weights: list[int]
) -> None:
    names = [f"BSF{n // 2 + 1}_{n}" for n in range(10)]
    stated = [(a, n, v) for a, values in zip(AREAS, several, strict=False) for n, v in zip(names, values, strict=True)]
    rows = [{"indicator_id": n, "score": v, "place_id": area} for area, n, v in stated if v is not None]
    rows = rows or [{"indicator_id": names[0], "score": 50.0, "place_id": AREAS[0]}]
    expected = {n: {"weight": float(w)} for n, w in zip(names, weights, strict=True)}
    tables = known(rows, expected, table("place", [*PLACES, {"place_id": "JO", "name": "Jordan", "level": "country"}]))
    for area in AREAS[: len(several)]:
        _parts_make_up_their_score(explain_score(tables, area, PERIOD, "STABILITY", None))


def _parts_make_up_their_score(tree: Node) -> None:
    """Points of a dimension add up to it, the factors of the dimensions multiply to the whole."""
    for dimension in nodes_of(tree, kind="score", aggregation="arithmetic"):
        if dimension["value"] is not None:
            assert math.isclose(sum(amounts(dimension, "points")), float(str(dimension["value"])), abs_tol=1e-6)
            assert math.isclose(sum(amounts(dimension, "weight")), 1, abs_tol=1e-9)
    if tree["value"] is not None:
        assert math.isclose(math.prod(amounts(tree, "factor")), float(str(tree["value"])), abs_tol=1e-6)
    assert len(list(nodes_of(tree, kind="cell"))) == 10, "indicators without a value are told as well"


def test_a_withheld_score_says_so_and_still_lists_its_indicators(known: Callable[..., KnownTables]) -> None:
    tree = explain_score(
        known([{"indicator_id": "BSF1_a", "score": 40.0}], {"BSF1_a": {}, "BSF1_b": {"weight": 2.0}}),
        "JO-AM",
        PERIOD,
        "BSF1",
        None,
    )
    assert tree["value"] is None and tree["says"] == "withheld: 33% of the weight is present, the method asks for 67%"
    missing, present = sorted(nodes_of(tree, kind="cell"), key=lambda n: str(n["value"]), reverse=True)
    assert missing["value"] is None or present["value"] is None
    assert {n["indicator_id"] for n in (missing, present)} == {"BSF1_a", "BSF1_b"}
    assert not amounts(tree, "points")


def test_a_score_that_is_not_there(known: Callable[..., KnownTables]) -> None:
    with pytest.raises(UsageError, match="no score of BSF1 for Amman"):
        explain_score(known([{"indicator_id": "BSF1_a", "score": 1.0}], {"BSF1_a": {}}), "JO-AM", "2020-Q1", "BSF1", 9)


REPORT = {
    "indicator_id": "BSF1_a",
    "place_id": "JO-AM",
    "period": PERIOD,
    "fact_ids": "f1",
    "submission_ids": "s1",
    "classification": "OFFICIAL",
    "recorded_from": "2026-07-20",
}
OBSERVATION = {
    "indicator_id": "BSF1_a",
    "place_id": "JO-AM",
    "period": PERIOD,
    "period_start": "2026-04-01",
    "period_end": "2026-06-30",
    "source_id": "returns",
    "submission_id": "s1",
    "sheet": "Return",
    "recorded_from": "2026-07-20",
    "classification": "OFFICIAL",
    "content_hash": "x",
}


def test_every_report_is_told_used_or_not_with_its_rows(known: Callable[..., KnownTables]) -> None:
    reports = [
        {**REPORT, "org_id": "A", "value": 60.0, "weight": 1.0, "use": "USED", "quality": 0.8},
        {
            **REPORT,
            "org_id": "B",
            "origin": "ACLED",
            "value": 20.0,
            "weight": 0.0,
            "use": "QUOTED",
            "fact_ids": "f2;f3",
        },
    ]
    rows = [{**OBSERVATION, "fact_id": f"f{n}", "row_number": n, "value": float(n)} for n in (1, 2, 3, 4)]
    rows[2]["waiver"] = "MOD until 2026-12-31"
    made = known(
        [{"indicator_id": "BSF1_a", "score": 60.0}],
        {"BSF1_a": {}},
        cell_report=reports,
        observation=rows,
        codelist=[{"scheme": "report_use", "version": "1", "code": "QUOTED", "label_en": "Same origin counted once"}],
    )
    tree = cell_node(made, "BSF1_a", "JO-AM", PERIOD, None)
    used, quoted = nodes_of(tree, kind="report")
    assert (used["what"], used["value"], used["says"]) == ("A", 60.0, "used with weight 1.000; quality 0.80")
    assert quoted["what"] == "B, quoting ACLED"
    assert quoted["says"] == "not used: same origin counted once; ungraded"
    leaves = {(n["fact_id"], n["row_number"]) for n in nodes_of(tree, table="observation")}
    assert leaves == {("f1", 1), ("f2", 2), ("f3", 3)}
    (waived,) = nodes_of(tree, fact_id="f3")
    assert waived["waiver"] == "MOD until 2026-12-31" and "let through by MOD" in str(waived["what"])
    (first,) = nodes_of(tree, fact_id="f1")
    assert first["value"] == "s1, Return!1" and "value 1.0" in str(first["what"])


def test_a_carried_cell_leads_to_the_quarter_it_comes_from(known: Callable[..., KnownTables]) -> None:
    made = known(
        [
            {"indicator_id": "BSF1_a", "score": 60.0, "period": "2026-Q1", "origin_period": "2026-Q1"},
            {
                "indicator_id": "BSF1_a",
                "score": 60.0,
                "is_carried": True,
                "origin_period": "2026-Q1",
                "age_days": 91,
                "obs_status": "I",
            },
        ],
        {"BSF1_a": {}, "BSF1_b": {}},
        cell_report=[{**REPORT, "period": "2026-Q1", "org_id": "A", "value": 60.0, "weight": 1.0, "use": "USED"}],
    )
    tree = cell_node(made, "BSF1_a", "JO-AM", PERIOD, None)
    assert "carried from 2026-Q1: no report for 2026-Q2, 91 days old, at most 200" in str(tree["says"])
    assert [n["what"] for n in nodes_of(tree, kind="report")] == ["A"]
    absent = cell_node(made, "BSF1_a", "JO-AM", "2026-Q4", None)
    assert absent["value"] is None and "the last report is of 2026-Q1, 275 days old, and may be carried for 200" in str(
        absent["says"]
    )
    assert "nothing was reported" in str(cell_node(made, "BSF1_b", "JO-AM", PERIOD, None)["says"])


@pytest.mark.parametrize("tables", [{"cell_report"}, set()], ids=["without the table", "with an empty one"])
def test_a_publication_without_the_reports_says_so(known: Callable[..., KnownTables], tables: set[str]) -> None:
    made = known([{"indicator_id": "BSF1_a", "score": 60.0}], {"BSF1_a": {}})
    older = KnownTables({name: frame for name, frame in made.tables.items() if name not in tables}, made.method)
    (only,) = cell_node(older, "BSF1_a", "JO-AM", PERIOD, None)["because"]  # type: ignore[misc]
    assert "this publication does not keep them" in only["says"]


@pytest.fixture(scope="session")
def three_places() -> pd.DataFrame:
    rows = [{"place_id": "JO", "name": "Jordan", "level": "country"}]
    people = {"JO-AM": 300, "JO-MA": 100}
    rows += [{"place_id": p, "name": p, "level": "adm1", "parent_id": "JO", "population": n} for p, n in people.items()]
    return table("place", rows)


@pytest.mark.parametrize(
    "merged, value, parts", [("NATIONAL_MEAN", 50.0, [45.0, 5.0]), ("NATIONAL_SUM", 80.0, [60.0, 20.0])]
)
def test_a_national_cell_leads_to_its_governorates(
    known: Callable[..., KnownTables], three_places: pd.DataFrame, merged: str, value: float, parts: list[float]
) -> None:
    own = [{"indicator_id": "BSF1_a", "place_id": p, "score": v} for p, v in (("JO-AM", 60.0), ("JO-MA", 20.0))]
    national = {"indicator_id": "BSF1_a", "place_id": "JO", "score": 50.0, "value": value, "method": merged}
    reports = [
        {**REPORT, "place_id": p, "org_id": o, "value": 1.0, "weight": 1.0, "use": "USED"}
        for p, o in (("JO-AM", "A"), ("JO-MA", "B"))
    ]
    made = known([*own, national], {"BSF1_a": {}}, three_places, cell_report=reports)
    tree = cell_node(made, "BSF1_a", "JO", PERIOD, None)
    assert [n["place_id"] for n in nodes_of(tree, kind="governorate")] == ["JO-AM", "JO-MA"]
    assert amounts(tree, "population_share") == [0.75, 0.25]
    assert amounts(tree, "part_of_value") == parts and sum(parts) == tree["value"]
    assert [n["what"] for n in nodes_of(tree, kind="report")] == ["A", "B"]


def test_a_missing_national_cell_counts_the_governorates(
    known: Callable[..., KnownTables], three_places: pd.DataFrame
) -> None:
    made = known([{"indicator_id": "BSF1_a", "place_id": "JO-MA", "score": 20.0}], {"BSF1_a": {}}, three_places)
    says = str(cell_node(made, "BSF1_a", "JO", PERIOD, None)["says"])
    assert "1 of 2 governorates have a value of this quarter, too few for a national one" in says


def test_a_decision_is_told_with_its_reason(known: Callable[..., KnownTables]) -> None:
    about = {"indicator_id": "BSF1_a", "place_id": "JO-AM", "period": PERIOD, "decided_by": "Round", "why": "recount"}
    decisions = [
        {**about, "adjudication_id": "d1", "value": 30.0, "decided_at": "2026-07-01"},
        {**about, "adjudication_id": "d2", "value": 40.0, "decided_at": "2026-07-05"},
        {**about, "adjudication_id": "d3", "value": 9.0, "decided_at": "2026-07-09", "place_id": "JO"},
    ]
    row = {"indicator_id": "BSF1_a", "score": 40.0, "method": "ADJUDICATED"}
    tree = cell_node(known([row], {"BSF1_a": {}}, adjudication=decisions), "BSF1_a", "JO-AM", PERIOD, None)
    (decision,) = nodes_of(tree, kind="decision")
    assert decision["value"] == 40.0 and decision["says"] == "decided 2026-07-05: recount"


FACT = {"source_id": "feed", "submission_id": "s1", "sheet": "", "recorded_from": "2026-07-20", "classification": "OFFICIAL", "originator_org_id": "O", "content_hash": "x"}  # fmt: skip


def test_counted_events_are_the_events_of_place_and_quarter(known: Callable[..., KnownTables]) -> None:
    days = ["2026-03-31", "2026-04-01", "2026-05-02", "2026-06-30", "2026-07-01"]
    events = [
        {**FACT, "fact_id": f"e{n}", "event_id": f"E{n}", "event_on": day, "place_id": "JO-AM", "fatalities": n}
        for n, day in enumerate(days)
    ]
    events.append({**events[1], "fact_id": "e9", "event_id": "E9", "place_id": "JO"})
    made = known([{"indicator_id": "BSF3_e", "score": 1.0}], {"BSF3_e": {"derived_from": "event:count"}}, event=events)
    derived = derive_observations(made.tables, made.tables["indicator"], made.tables["place"], [PERIOD])
    row = next(r for r in rows_of(derived) if r["place_id"] == "JO-AM")
    name, behind = contributing_facts(made, row)
    assert name == "event" and behind["event_id"].tolist() == ["E1", "E2", "E3"]
    assert row["value"] == 3
    report = {**REPORT, "indicator_id": "BSF3_e", "org_id": "A", "value": 3.0, "weight": 1.0, "use": "USED", "fact_ids": row["fact_id"]}  # fmt: skip
    made = KnownTables({**made.tables, "cell_report": table("cell_report", [report])}, made.method)
    tree = cell_node(made, "BSF3_e", "JO-AM", PERIOD, 2)
    (computed,) = nodes_of(tree, fact_id=row["fact_id"])
    assert computed["value"] == 3 and computed["unit"] == "rows of event"
    assert [n["what"] for n in computed["because"]][-1] == "left out of this list"  # type: ignore[attr-defined]
    assert len(list(nodes_of(tree, table="event"))) == 2


def test_counted_events_below_a_governorate_are_listed_where_they_are_stated(
    known: Callable[..., KnownTables], three_places: pd.DataFrame
) -> None:
    camp = {"place_id": "JO-MA-C1", "name": "A camp", "level": "site", "parent_id": "JO-MA"}
    world = pd.concat([three_places, table("place", [camp])], ignore_index=True)
    events = [
        {**FACT, "fact_id": f"e{n}", "event_id": f"E{n}", "event_on": f"{PERIOD[:4]}-04-0{n}", "place_id": place}
        for n, place in ((1, "JO-MA"), (2, "JO-MA-C1"), (3, "JO-AM"))
    ]
    made = known([{"indicator_id": "BSF3_e", "score": 1.0}], {"BSF3_e": {"derived_from": "event:count"}}, world, event=events)  # fmt: skip
    derived = derive_observations(made.tables, made.tables["indicator"], world, [PERIOD])
    row = next(r for r in rows_of(derived) if r["place_id"] == "JO-MA")
    _, behind = contributing_facts(made, row)
    assert row["value"] == 2 and behind["place_id"].tolist() == ["JO-MA", "JO-MA-C1"]


def test_a_district_with_a_value_is_found_for_its_cell_and_has_no_score(
    known: Callable[..., KnownTables], three_places: pd.DataFrame
) -> None:
    district = table("place", [{"place_id": "JO-MA-1", "name": "A district", "level": "adm2", "parent_id": "JO-MA"}])
    world = pd.concat([three_places, district], ignore_index=True)
    made = known([{"indicator_id": "BSF1_a", "place_id": "JO-MA-1", "score": 20.0}], {"BSF1_a": {}}, world)
    made = KnownTables({**made.tables, "place_code": table("place_code", [])}, made.method)
    assert place_of(made, "a district", with_value=True) == "JO-MA-1"
    with pytest.raises(UsageError, match="no place with a score `a district`"):
        place_of(made, "a district")


def test_averaged_answers_are_the_answers_of_the_round(known: Callable[..., KnownTables]) -> None:
    answers = [
        {
            **FACT,
            "fact_id": f"a{n}",
            "response_id": f"R{n}",
            "question": "heard" if n != 7 else "other",
            "period": PERIOD if n != 8 else "2026-Q1",
            "period_start": "2026-04-01" if n != 8 else "2026-01-01",
            "period_end": "2026-06-30" if n != 8 else "2026-03-31",
            "place_id": "JO-AM",
            "answer_score": float(n) if n != 6 else None,
        }
        for n in range(1, 10)
    ]
    made = known(
        [{"indicator_id": "BSF1_s", "score": 1.0}],
        {"BSF1_s": {"derived_from": "survey_response:heard"}},
        survey_response=answers,
    )
    derived = derive_observations(made.tables, made.tables["indicator"], made.tables["place"], [PERIOD])
    (row,) = rows_of(derived)
    name, behind = contributing_facts(made, row)
    assert name == "survey_response" and behind["response_id"].tolist() == ["R1", "R2", "R3", "R4", "R5", "R9"]
    assert math.isclose(behind["answer_score"].mean(), row["value"])
