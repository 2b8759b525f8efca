"""Organisations as they were and as they are."""

from __future__ import annotations

import pandas as pd
from metrics_given import read_reference, table

from idtracker.analyse.metrics.organisations import Organisations

BEFORE, LAST, AFTER = pd.Timestamp("2020-07-01"), pd.Timestamp("2020-09-01"), pd.Timestamp("2020-09-02")


def _organisations() -> Organisations:
    return Organisations(read_reference()["organisation"])


def test_a_merged_organisation_is_itself_to_its_last_day_and_then_its_successor() -> None:
    ids = pd.Series(["GB-1", "GB-GOV-3", "GB-GOV-8", None, "NOT-IN-REGISTER"], dtype="str")
    assert _organisations().identify(ids, LAST).equals(ids)
    after = _organisations().identify(ids, AFTER)
    assert after.dropna().tolist() == ["GB-GOV-1", "GB-GOV-1", "GB-GOV-8", "NOT-IN-REGISTER"]
    assert after.isna().tolist() == ids.isna().tolist()


def test_attributes_follow_the_day() -> None:
    rows = pd.DataFrame(
        {
            "org_id": ["X", "X"],
            "group_code": ["HMG_ALB", "HMG_DEPT"],
            "is_hmg": ["true", "true"],
            "is_traditional": ["false", "false"],
            "valid_from": ["2019-01-01", "2020-09-02"],
            "valid_to": ["2020-09-01", None],
        }
    )
    organisations = Organisations(table("organisation", rows))
    for day, expected in ((BEFORE, False), (AFTER, True), (pd.Timestamp("2018-01-01"), False)):
        assert organisations.describe(pd.Series(["X"]), day)["is_department"].tolist() == [expected]


def test_a_body_of_hmg_belongs_to_its_department_and_everyone_else_to_itself() -> None:
    ids = pd.Series(["GB-HO-BODY", "GB-GOV-6", "XM-UN", "NOT-IN-REGISTER"])
    found = _organisations().describe(ids, AFTER)
    assert found["department"].tolist() == ["GB-GOV-6", "GB-GOV-6", "XM-UN", "NOT-IN-REGISTER"]
    assert found["is_external"].tolist() == [False, False, True, False]
    assert found["is_known"].tolist() == [True, True, True, False]


def test_a_circle_of_successors_ends() -> None:
    rows = pd.DataFrame(
        {
            "org_id": ["A", "B"],
            "group_code": ["OTHER", "OTHER"],
            "is_hmg": ["false", "false"],
            "successor_org_id": ["B", "A"],
            "valid_to": ["2020-01-01", "2020-01-01"],
        }
    )
    assert Organisations(table("organisation", rows)).successors(AFTER) == {"A": "B", "B": "A"}
