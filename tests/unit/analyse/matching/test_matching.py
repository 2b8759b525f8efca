"""What is proposed as the same, what is not, and that nothing worth comparing is left out."""

from __future__ import annotations

from itertools import combinations
from math import exp
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching_frames import register, table

from idtracker.analyse.matching.activities import compare_activities
from idtracker.analyse.matching.blocking import pairs_that_share, strangers
from idtracker.analyse.matching.candidates import gather_activities
from idtracker.analyse.matching.propose import propose
from idtracker.analyse.matching.scorer import Measure, Scorer
from idtracker.model.register.entity_columns import named_columns
from idtracker.model.register.match_kind import Proposal


def org(org_id: str, name: str, **more: Any) -> dict[str, Any]:
    return {"org_id": org_id, "name": name, "group_code": "INGO", "is_hmg": False, **more}


def named(*typed: tuple[str, str, str]) -> dict[str, Any]:
    """Activity cells in which organisations stand: identifier, name as typed, place."""
    rows = (
        {"org_id": i, "org_name": n, "place_id": p, "source_id": f"source_{k}"} for k, (i, n, p) in enumerate(typed)
    )
    return {"activity_cell": table("activity_cell", *rows)}


def organisations(frames: dict[str, Any], least: float = 0.8) -> list[Proposal]:
    return propose(frames, named_columns(), ("organisation",), least)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mercy Corps", "MercyCorps (MC)"),
        ("Catholic Relief Service", "Catholic Relief Services Ltd"),
        ("Food & Agriculture Organization of the United Nations (FAO)", "Food and Agriculture Organization of the United Nations"),
        ("Jesour Al-Ofuq", "جسور الأفق"),
    ],
)  # fmt: skip
def test_two_writings_of_one_name_are_proposed_with_both_sides(one: str, other: str) -> None:
    (found,) = organisations(register() | named(("XX-LOCAL-A", one, "JO-AM"), ("XX-LOCAL-B", other, "JO-MA")))
    assert (found.left_id, found.right_id) == ("XX-LOCAL-A", "XX-LOCAL-B")
    assert (found.left_sources, found.right_sources) == (("source_0",), ("source_1",))
    assert {reason.field for reason in found.why} >= {"name", "country"}
    assert 0.8 <= found.score < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Directorate of Health (Duhok)", "Directorate of Health (Erbil)"),
        ("Norwegian Church Aid", "Finn Church Aid"),
        ("Terre des Hommes (Italy)", "Terre des Hommes (Lausanne)"),
        ("Action for Relief and Development (ARD)", "Agency for Resilience and Dialogue (ARD)"),
        ("Azraq Youth", "Iraq Youth"),
    ],
)
def test_names_that_differ_where_it_matters_are_not_proposed(one: str, other: str) -> None:
    frames = register() | named(("XX-LOCAL-A", one, "IQ"), ("XX-LOCAL-B", other, "IQ"))
    assert organisations(frames) == []


def test_a_ministry_of_one_country_is_not_that_of_another() -> None:
    typed = [("XX-LOCAL-A", "Ministry of Water", "JO"), ("XX-LOCAL-B", "Ministry of Water ", "IQ")]
    assert organisations(register() | named(*typed)) == []
    same = [(i, n, "JO") for i, n, _ in typed]
    assert len(organisations(register() | named(*same))) == 1


def test_an_equal_identifier_in_another_scheme_is_certain_whatever_the_names() -> None:
    frames = register(org("GB-CHC-1", "Oxford Famine Committee"), org("XX-LOCAL-OX", "Oxfam"))
    frames["organisation_alias"] = table(
        "organisation_alias",
        {"scheme": "charity", "value": "202918", "org_id": "GB-CHC-1"},
        {"scheme": "charity", "value": "202918", "org_id": "XX-LOCAL-OX"},
    )
    (found,) = organisations(frames)
    assert (found.score, found.why[0].field) == (1.0, "code")


def test_organisations_that_follow_one_another_are_never_proposed() -> None:
    old = org("GB-GOV-3", "Foreign & Commonwealth Office", successor_org_id="GB-GOV-1", valid_to="2020-09-01")
    new = org("GB-GOV-1", "Foreign and Commonwealth Office", valid_from="2020-09-02")
    assert organisations(register(old, new), least=0.0) == []
    del old["successor_org_id"]
    assert [p.right_id for p in organisations(register(old, new), least=0.0)] == ["GB-GOV-3"]


def activity(identifier: str, org_id: str, source: str, title: str, **more: Any) -> dict[str, Any]:
    plain = {"start_on": "2024-01-01", "end_on": "2026-03-31", "place_id": "JO-MA", "partner_org_id": "XX-LOCAL-CSO"}
    return {"activity_id": identifier, "org_id": org_id, "source_id": source, "title": title, **plain, **more}


def test_an_activity_told_by_two_organisations_is_proposed_once() -> None:
    rows = [
        activity("JO-1", "GB-GOV-1", "embassy", "Water dispute mediation"),
        activity("NGO-7", "XX-LOCAL-NGO", "ngo", "Mediation in water disputes", partner_org_id="GB-GOV-1"),
        activity("JO-2", "GB-GOV-1", "embassy", "Border police training", start_on="2021-01-01"),
    ]
    (found,) = propose(register() | {"activity": table("activity", *rows)}, named_columns(), ("activity",))
    assert (found.left_id, found.right_id) == ("JO-1", "NGO-7")


def test_two_phases_of_one_reporter_are_two_and_one_identifier_in_two_writings_is_one() -> None:
    phases = [activity("JO-1", "GB-GOV-1", "embassy", "Water"), activity("JO-2", "GB-GOV-1", "embassy", "Water")]
    assert propose(register() | {"activity": table("activity", *phases)}, named_columns(), ("activity",), 0.0) == []
    writings = [activity("GB-1-20012", "GB-1", "iati", "Water"), activity("GB 1 20012", "XX-LOCAL-NGO", "ngo", "Wells")]
    (found,) = propose(register() | {"activity": table("activity", *writings)}, named_columns(), ("activity",))
    assert (found.score, found.why[0].field) == (1.0, "code")


@given(st.lists(st.sets(st.sampled_from("abcdefgh"), max_size=3), max_size=12))
def test_every_pair_that_shares_a_key_is_compared(keys: list[set[str]]) -> None:
    wanted = [(a, b) for a, b in combinations(range(len(keys)), 2) if keys[a] & keys[b]]
    assert pairs_that_share(keys, most=len(keys) + 2).tolist() == [list(pair) for pair in wanted]


def test_a_key_that_many_share_counts_only_beside_another() -> None:
    keys = [{"common", "wide"}, {"common", "wide"}, {"common"}, {"common"}, {"wide"}, {"wide"}]
    assert pairs_that_share(keys, most=3).tolist() == [[0, 1]]


@given(st.integers(2, 400), st.integers(1, 500))
def test_strangers_are_different_pairs_of_records_that_exist(count: int, wanted: int) -> None:
    pairs = strangers(count, wanted)
    assert len({tuple(pair) for pair in pairs.tolist()}) == len(pairs) == min(wanted, count * (count - 1) // 2)
    assert (pairs[:, 0] < pairs[:, 1]).all() and pairs.min() >= 0 and pairs.max() < count


def test_a_score_is_the_sum_of_log_odds_and_a_missing_field_adds_nothing() -> None:
    scorer = Scorer((Measure("name", (0.5, 0.9), (-2.0, 1.0, 3.0)), Measure("town", (0.5,), (-1.0, 0.5))), prior=-1.5)
    score = scorer.score({"name": np.array([0.95, 0.6, 0.1]), "town": np.array([1.0, np.nan, 0.0])})
    assert score == pytest.approx([1 / (1 + exp(-2.0)), 1 / (1 + exp(0.5)), 1 / (1 + exp(4.5))])


def test_a_camp_agrees_with_the_governorate_that_it_lies_in() -> None:
    frames = register()
    below = table(
        "place",
        {"place_id": "JO-MA-C1", "name": "A camp", "level": "site", "parent_id": "JO-MA-1"},
        {"place_id": "JO-MA-1", "name": "A district", "level": "adm2", "parent_id": "JO-MA"},
    )
    frames["place"] = pd.concat([frames["place"], below], ignore_index=True)
    places = {"camp": "JO-MA-C1", "governorate": "JO-MA", "elsewhere": "JO-AM"}
    rows = [activity(name, "GB-GOV-1", "embassy", name, place_id=place) for name, place in places.items()]
    things = gather_activities(frames | {"activity": table("activity", *rows)})
    camp, elsewhere, governorate = things
    assert camp.countries == governorate.countries == {"JO"}
    assert compare_activities([camp, governorate, elsewhere], np.array([[0, 1], [0, 2]]))["place"].tolist() == [
        1.0,
        0.0,
    ]
