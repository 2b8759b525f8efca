"""Two identifiers judged the same count once in what is derived, facts stay as reported, and a decision undone leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matching_frames import register, table

from idtracker.analyse.history.cells import scored_places
from idtracker.analyse.metrics.values import measure
from idtracker.model.config.programme import Programme
from idtracker.model.method import load_method
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import FACTS, TABLES, empty_frame
from tests.unit.analyse.figures import merge_cells

PERIODS, DAY = ["2026-Q2"], pd.Timestamp("2026-07-31")
INDICATOR = {
    "indicator_id": "trust", "name": "Trust", "dimension_code": "BSF4", "unit": "%", "direction": 1, "goalpost_low": 0.0,
    "goalpost_high": 100.0, "weight": 1.0, "level": "adm1", "frequency": "quarter", "roll_up": "mean", "max_age_days": 200,
    "merge_policy": "quality_weighted",
}  # fmt: skip
Derived = Callable[..., dict[tuple[str, str], float]]


def facts() -> dict[str, pd.DataFrame]:
    """Six cells with two reports each, and six activities of FCDO, of which one is told twice and MOD is in two."""
    seen = [
        {"indicator_id": f"trust{n}", "place_id": "JO-AM", "period": "2026-Q2", "org_id": who, "value": 40.0 + n}
        for n in range(6)
        for who in ("GB-GOV-1", "XX-LOCAL-FCDO-AMMAN" if n < 3 else "GB-GOV-8")
    ]
    works = [
        {
            "activity_id": f"T-{n}",
            "org_id": "GB-GOV-1",
            "start_on": "2026-01-01",
            "end_on": "2026-12-31",
            "place_id": "JO-AM",
        }
        for n in range(6)
    ]
    told = {**works[0], "activity_id": "NGO-1", "org_id": "GB-GOV-8", "source_id": "other"}
    both = [{"activity_id": a["activity_id"], "org_id": a["org_id"], "role": "4"} for a in [*works, told]]
    both.append({"activity_id": "T-5", "org_id": "GB-GOV-8", "role": "4"})
    found = {name: empty_frame(TABLES[name]) for name in FACTS}
    return found | {
        "observation": table("observation", *seen),
        "activity": table("activity", *works, told),
        "participation": table("participation", *both),
    }


def reference(*entities: tuple[str, str, str]) -> dict[str, pd.DataFrame]:
    rows = [
        {"kind": kind, "entity_id": entity, "member_id": member, "decided_by": "data team", "decided_on": "2026-07-01"}
        for kind, entity, member in entities
    ]
    return register(
        {"org_id": "GB-GOV-1", "name": "FCDO", "is_traditional": True},
        {"org_id": "GB-GOV-8", "name": "MOD", "is_traditional": True},
    ) | {
        "indicator": table("indicator", *({**INDICATOR, "indicator_id": f"trust{n}"} for n in range(6))),
        "entity": table("entity", *rows),
    }


@pytest.fixture
def derived() -> Derived:
    """Values of IM-04 and IM-20, with numerators and denominators, under some entities."""

    def run(*entities: tuple[str, str, str]) -> dict[tuple[str, str], Any]:
        told = reference(*entities)
        known, register_now = apply_entity_map(facts(), told["entity"]), apply_entity_map(told, told["entity"])
        places = scored_places(register_now["place"], Programme(title="Test", country="JO"))
        cells = merge_cells(known["observation"], register_now["indicator"], places, load_method(), PERIODS)
        values = measure({**known, "merged_cell": cells}, register_now, PERIODS, DAY)
        rows = values[(values["scope"] == "programme") & (values["measure"] == "value")]
        return {m: (n, d) for m, n, d in zip(rows["metric_id"], rows["numerator"], rows["denominator"], strict=True)}

    return run


def test_an_accepted_match_changes_corroboration_and_co_delivery_and_undone_brings_them_back(derived: Derived) -> None:
    before = derived()
    assert (before["IM-04"], before["IM-20"]) == ((6, 6), (1, 7))
    organisation = derived(
        ("organisation", "GB-GOV-1", "GB-GOV-1"), ("organisation", "GB-GOV-1", "XX-LOCAL-FCDO-AMMAN")
    )
    assert (organisation["IM-04"], organisation["IM-20"]) == ((3, 6), (1, 7))
    activity = derived(("activity", "T-0", "T-0"), ("activity", "T-0", "NGO-1"))
    assert (activity["IM-04"], activity["IM-20"]) == ((6, 6), (2, 6))
    assert {m: str(v) for m, v in derived().items()} == {m: str(v) for m, v in before.items()}


def test_the_tables_given_stay_as_reported() -> None:
    known = facts()
    before = {name: frame.copy(deep=True) for name, frame in known.items()}
    entity = reference(("organisation", "GB-GOV-1", "XX-LOCAL-FCDO-AMMAN"), ("activity", "T-0", "NGO-1"))["entity"]
    found = apply_entity_map(known, entity)
    assert "NGO-1" not in set(found["participation"]["activity_id"])
    assert "XX-LOCAL-FCDO-AMMAN" not in set(found["observation"]["org_id"])
    for name, frame in before.items():
        pd.testing.assert_frame_equal(known[name], frame)
        assert (found[name].dtypes == frame.dtypes).all()


def test_lists_hold_an_entity_once_and_a_marking_is_never_rewritten() -> None:
    entity = reference(("organisation", "GB-GOV-1", "XX-LOCAL-B"))["entity"]
    seen = {"indicator_id": "trust0", "place_id": "JO", "period": "2026-Q2", "org_id": "XX-LOCAL-B", "originator_org_id": "XX-LOCAL-B"}  # fmt: skip
    frames = {
        "merged_cell": pd.DataFrame({"org_ids": pd.Series(["GB-GOV-1;GB-GOV-8;XX-LOCAL-B", "GB-GOV-8"], dtype="str")}),
        "observation": table("observation", {**seen, "releasable_to": "XX-LOCAL-B"}, {**seen, "releasable_to": "HMG"}),
    }
    found = apply_entity_map(frames, entity)
    assert found["merged_cell"]["org_ids"].tolist() == ["GB-GOV-1;GB-GOV-8", "GB-GOV-8"]
    assert found["observation"]["org_id"].tolist() == ["GB-GOV-1", "GB-GOV-1"]
    assert found["observation"]["originator_org_id"].tolist() == ["XX-LOCAL-B", "GB-GOV-1"]
    assert found["observation"]["releasable_to"].tolist() == ["XX-LOCAL-B", "HMG"]


def test_money_of_an_activity_told_twice_counts_once() -> None:
    cell = {"org_id": "GB-GOV-1", "place_id": "JO", "period": "2026-Q2"}
    rows = [
        {**cell, "activity_id": a, "spend": s} for a, s in (("T-0", 7.0), ("T-0", 3.0), ("NGO-1", 10.0), ("T-9", 4.0))
    ]
    entity = reference(("activity", "T-0", "T-0"), ("activity", "T-0", "NGO-1"))["entity"]
    found = apply_entity_map({"activity_cell": table("activity_cell", *rows)}, entity)["activity_cell"]
    assert found.groupby("activity_id")["spend"].sum().to_dict() == {"T-0": 10.0, "T-9": 4.0}


def test_two_departments_that_quote_one_open_source_count_once() -> None:
    quoted = [
        {
            "indicator_id": "trust0",
            "place_id": "JO-AM",
            "period": "2026-Q2",
            "org_id": who,
            "value": 40.0,
            "origin": origin,
        }
        for who, origin in (("GB-GOV-1", "UCDP GED 26.1"), ("GB-GOV-8", "UCDP GED 26.1"))
    ]
    places = scored_places(reference()["place"], Programme(title="Test", country="JO"))

    def counted(rows: list[dict[str, Any]]) -> list[int]:
        cells = merge_cells(table("observation", *rows), reference()["indicator"], places, load_method(), PERIODS)
        found: list[int] = cells["org_count"].tolist()
        return found

    assert counted(quoted) == [1]
    assert counted([{**row, "origin": None} for row in quoted]) == [2]
