"""Places that were split or merged: the past of the new ones in plain loops, and who the country is made of."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from idtracker.analyse.merge.cells import merge_observations
from idtracker.model.method import load_method
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place
from tests.unit.analyse.merge.linking.declarations import QUARTERS, at, break_of, frames

OLD = [
    {"place_id": "JO", "name": "Jordan", "level": "country"},
    {"place_id": "JO-AM", "name": "A", "level": "adm1", "parent_id": "JO", "population": 400},
    {"place_id": "JO-O1", "name": "B", "level": "adm1", "parent_id": "JO", "population": 300, "valid_to": "2024-12-31"},
    {"place_id": "JO-O2", "name": "C", "level": "adm1", "parent_id": "JO", "population": 100, "valid_to": "2024-12-31"},
    {
        "place_id": "JO-N1",
        "name": "D",
        "level": "adm1",
        "parent_id": "JO",
        "population": 180,
        "valid_from": "2025-01-01",
    },
    {
        "place_id": "JO-N2",
        "name": "E",
        "level": "adm1",
        "parent_id": "JO",
        "population": 220,
        "valid_from": "2025-01-01",
    },
]
SHARES = [("JO-O1", "JO-N1", 0.6), ("JO-O1", "JO-N2", 0.4), ("JO-O2", "JO-N2", 1.0)]


def share_rows(error=4.0):
    common = {"valid_from": "2025-01-01", "share_error": error, "source": "s"}
    return [{"from_place_id": old, "to_place_id": new, "share": share, **common} for old, new, share in SHARES]


def split():
    place = conform_types(pd.DataFrame(OLD), Place)
    return frames(shares=share_rows(), place=place), place


@pytest.mark.parametrize("roll_up", ["mean", "sum"])
def test_new_places_have_the_values_of_the_old_ones_by_share(link, roll_up):
    links, place = split()
    values = {
        ("JO-O1", "2024-Q2"): 30.0,
        ("JO-O2", "2024-Q2"): 80.0,
        ("JO-O1", "2024-Q3"): 50.0,
        ("JO-AM", "2024-Q2"): 10.0,
    }
    rows = [{"place_id": p, "period": q, "value": v, "standard_error": 2.0} for (p, q), v in values.items()]
    cells = link(rows, links, {"roll_up": roll_up, "max_age_days": 0}, place=place).cells
    people = {row["place_id"]: row.get("population") for row in OLD}
    for new in ("JO-N1", "JO-N2"):
        for period in QUARTERS:
            parts = [(old, share) for old, to, share in SHARES if to == new]
            cell = at(cells, period, new)
            if not all((old, period) in values for old, _ in parts):
                assert cell is None
                continue
            whole = sum(people[old] * share for old, share in parts)
            factors = [share if roll_up == "sum" else people[old] * share / whole for old, share in parts]
            value = sum(f * values[old, period] for f, (old, _) in zip(factors, parts, strict=True))
            assert cell["value"] == pytest.approx(value)
            error = math.sqrt(sum(f * f * 4 for f in factors) + (4.0 / 100 * 200) ** 2)
            assert cell["standard_error"] == pytest.approx(error)
            assert (cell["method"], cell["obs_status"]) == ("PLACE_SHARE", "E")
            assert cell["crosswalk_ids"] == ";".join(f"{old}>{new}" for old, _ in parts)


def test_the_country_counts_each_place_only_while_it_is(link):
    links, place = split()
    before = [
        {"place_id": p, "period": "2024-Q4", "value": v} for p, v in (("JO-AM", 10.0), ("JO-O1", 30.0), ("JO-O2", 80.0))
    ]
    after = [
        {"place_id": p, "period": "2025-Q1", "value": v} for p, v in (("JO-AM", 10.0), ("JO-N1", 30.0), ("JO-N2", 80.0))
    ]
    cells = link([*before, *after], links, {"roll_up": "sum"}, place=place).cells
    assert [at(cells, q, "JO")["value"] for q in ("2024-Q4", "2025-Q1")] == [120.0, 120.0]
    mean = link([*before, *after], links, place=place).cells
    assert at(mean, "2024-Q4", "JO")["value"] == pytest.approx((400 * 10 + 300 * 30 + 100 * 80) / 800)
    assert at(mean, "2025-Q1", "JO")["value"] == pytest.approx((400 * 10 + 180 * 30 + 220 * 80) / 800)
    assert at(mean, "2025-Q1", "JO-O1") is None, "nothing is carried where the place is no more"


def test_places_that_follow_one_another_are_taken_over_one_day_after_the_other(link):
    rows = [OLD[0], *(dict(OLD[2], place_id=f"JO-{name}", name=name) for name in ("P", "N", "M"))]
    place = conform_types(pd.DataFrame(rows), Place)
    days = (("JO-P", "JO-N", "2024-07-01"), ("JO-N", "JO-M", "2025-01-01"))
    shares = [
        {"from_place_id": old, "to_place_id": new, "valid_from": day, "share": 1.0, "share_error": 3.0, "source": "s"}
        for old, new, day in days
    ]
    facts = [
        {"place_id": p, "period": q, "value": v, "standard_error": 2.0}
        for p, q, v in (("JO-P", "2024-Q2", 10.0), ("JO-N", "2024-Q3", 20.0), ("JO-M", "2025-Q1", 30.0))
    ]
    cells = link(facts, frames(shares=shares, place=place), {"max_age_days": 0}, place=place).cells
    seen = [at(cells, q, "JO-M") for q in ("2024-Q2", "2024-Q3", "2025-Q1")]
    assert [cell["value"] for cell in seen] == [10.0, 20.0, 30.0]
    assert [cell["crosswalk_ids"] for cell in seen[:2]] == ["JO-N>JO-M;JO-P>JO-N", "JO-N>JO-M"]
    assert [cell["standard_error"] for cell in seen] == pytest.approx([math.sqrt(4 + 36 + 36), math.sqrt(40), 2.0])


def test_many_instants_at_once_are_merged_as_each_alone(observations, indicators):
    place = conform_types(pd.DataFrame(OLD), Place)
    none = break_of(crosswalk="none", factor=None, addend=None, crosswalk_error=None)
    links = frames([none, break_of(break_id="b0", valid_from="2024-07-01")], shares=share_rows(), place=place)
    rows = observations(
        [
            {"place_id": p, "period": q, "value": 10.0 * n + len(p), "org_id": org}
            for n, q in enumerate(QUARTERS)
            for p in ("JO-AM", "JO-O1", "JO-N2")
            for org in ("GB-GOV-1", "GB-GOV-3")
        ]
    )
    terms, method = indicators({"max_age_days": 200}), load_method()
    instants = [pd.Timestamp("2026-07-20"), pd.Timestamp("2026-08-20")]
    parts = [rows.iloc[::2], rows]
    stacked = pd.concat([part.assign(known_at=known) for part, known in zip(parts, instants, strict=True)])
    together = merge_observations(stacked, terms, place, method, QUARTERS, partition_by=["known_at"], links=links)
    for part, known in zip(parts, instants, strict=True):
        alone = merge_observations(part, terms, place, method, QUARTERS, links=links)
        for name in ("cells", "reports"):
            one = getattr(together, name)
            one = one[one["known_at"] == known].drop(columns="known_at").reset_index(drop=True)
            pd.testing.assert_frame_equal(one, getattr(alone, name))


def test_an_ordinal_value_of_several_places_is_not_averaged(link):
    links, place = split()
    rows = [{"place_id": p, "period": "2024-Q4", "value": v} for p, v in (("JO-O1", 2.0), ("JO-O2", 4.0))]
    cells = link(rows, links, {"scale": "ordinal", "merge_policy": "median"}, place=place).cells
    assert at(cells, "2024-Q4", "JO-N1")["value"] == 2.0
    assert at(cells, "2024-Q4", "JO-N2") is None
