"""What two organisations have in common, worked out by hand, and held against the metrics that count the same."""

from __future__ import annotations

import pandas as pd
import pytest

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.overlap.pair_rows import PairRow, pair_rows
from idtracker.analyse.metrics.quarter import Quarter
from tests.unit.analyse.metrics.metrics_given import Case, Frames, cases, read_reference, table

NOW, AS_OF = "2020-Q4", pd.Timestamp("2021-03-31")


def facts() -> Frames:
    """FCO (FCDO from 2 September 2020) and the UN share two activities and a cell; HMRC shared an item with the UN and rated it."""
    took_part = [(a, org, NOW) for a in ("A", "B") for org in ("GB-GOV-3", "XM-UN")]
    participation = pd.DataFrame(took_part, columns=["activity_id", "org_id", "period"])
    cells = [
        ("GB-GOV-3", "JO-MA", "Water"),
        ("XM-UN", "JO-MA", "water"),
        ("XM-UN", "JO-AM", "health"),
        ("GB-GOV-11", "JO-AM", "health"),
    ]
    activity_cell = pd.DataFrame(cells, columns=["org_id", "place_id", "sector"]).assign(period=NOW)
    activity_cell["activity_id"] = [f"X{n}" for n in range(len(cells))]
    items = [("S1", "GB-GOV-11", "XM-UN", "2020-10-01", "2020-11-01"), ("S2", "XM-UN", "GB-GOV-11", "2020-10-01", None)]
    shared = pd.DataFrame(items, columns=["object_id", "from_org_id", "to_org_id", "available_on", "shared_on"])
    shared["share_id"] = shared["object_id"]
    rated = pd.DataFrame([("GB-GOV-11", "XM-UN", 1, NOW)], columns=["from_org_id", "to_org_id", "frey_level", "period"])
    frames = {
        "participation": participation,
        "activity": participation[["activity_id", "period"]].drop_duplicates(),
        "activity_cell": activity_cell,
        "share_event": shared,
        "collaboration_tie": rated,
    }
    return {name: table(name, frame) for name, frame in frames.items()}


def test_pairs_worked_by_hand() -> None:
    found = {
        (row.org_id, row.other_org_id): row
        for row in pair_rows(Inputs(facts(), read_reference(), AS_OF), Quarter.of(NOW))
    }
    assert found == {
        ("GB-GOV-1", "XM-UN"): PairRow(
            NOW, "GB-GOV-1", "XM-UN", "GB-GOV-1", "XM-UN", 2, 0, 0, 1, "JO-MA water", None, True
        ),
        ("GB-GOV-11", "XM-UN"): PairRow(
            NOW, "GB-GOV-11", "XM-UN", "GB-GOV-11", "XM-UN", 0, 0, 1, 1, "JO-AM health", 1, False
        ),
    }


def test_there_are_cases_to_hold_pairs_against() -> None:
    assert {"IM-16", "IM-34"} <= {case.metric_id for case in cases()}


def counted(case: Case, period: str) -> list[PairRow]:
    return pair_rows(Inputs(case.given(), read_reference(), case.as_of), Quarter.of(period))


def of_programme(case: Case, measure: str, period: str) -> pd.Series:
    rows = case.measured()
    [row] = rows[(rows["measure"] == measure) & (rows["scope"] == "programme") & (rows["period"] == period)].to_dict(
        "records"
    )
    return pd.Series(row)


@pytest.mark.parametrize("case", [case for case in cases() if case.metric_id == "IM-34"], ids=str)
def test_pairs_that_meet_are_those_of_the_rate_of_uncoordinated_overlap(case: Case) -> None:
    for period in case.periods:
        rate, rows = of_programme(case, "value", period), counted(case, period)
        met = [row for row in rows if row.shared_cell_count]
        assert len(met) == rate["denominator"]
        if rate["denominator"]:
            assert sum(not row.is_coordinated for row in met) == rate["numerator"]


@pytest.mark.parametrize("case", [case for case in cases() if case.metric_id == "IM-16"], ids=str)
def test_pairs_that_share_activities_are_the_ties_of_the_density(case: Case) -> None:
    for period in case.periods:
        ties = sum(row.shared_activity_count > 0 for row in counted(case, period))
        assert ties == (of_programme(case, "value", period)["numerator"] or 0)
