"""What columns state of other columns, table by table, against a list written by hand."""

from __future__ import annotations

import pytest

from idtracker.model.register.entity_columns import activity_columns
from idtracker.model.tables import FACTS, ColumnSpec, bounds_of, columns_of, days_of, referenced, referring
from idtracker.model.tables.base import Fact, Moment, column
from idtracker.model.tables.labels import rows_of

PERIOD, DATES = ("period_start", "period_end"), ("start_on", "end_on")


def stating(relation: str) -> dict[tuple[str, str], object]:
    """(table, column) -> what it states, for the columns of facts that state the relation."""
    plain = ColumnSpec("", "text", "", None, "", False, None, None, None, None, None)
    return {
        (table, spec.name): getattr(spec, relation)
        for table, model in FACTS.items()
        for spec in columns_of(model)
        if getattr(spec, relation) != getattr(plain, relation)
    }


def test_dates_follow_each_other() -> None:
    assert stating("not_before") == {
        ("event", "event_end_on"): "event_on",
        ("analysis_product", "completed_on"): "commissioned_on",
        ("share_event", "shared_on"): "available_on",
        ("judgement", "horizon_on"): "made_on",
    }
    assert stating("follows") == {
        **{(table, "end_on"): "start_on" for table in ("activity", "participation", "activity_cell", "result_value")},
        ("share_event", "first_read_on"): "shared_on",
        ("enabler_assessment", "action_resolved_on"): "action_opened_on",
    }
    assert set(stating("by_arrival")) == {
        (table, "period_end")
        for table in ("observation", "activity", "activity_cell", "result_value", "survey_response")
    }


def test_numbers_have_bounds_in_other_columns() -> None:
    assert stating("between") == {
        ("observation", "value"): ("lower", "upper"),
        ("effect_claim", "estimate"): ("lower", "upper"),
        ("event", "fatalities"): ("fatalities_low", "fatalities_high"),
        ("judgement", "probability_pct"): ("probability_low_pct", "probability_high_pct"),
        ("judgement", "value_best"): ("value_low", "value_high"),
    }
    assert bounds_of(FACTS["event"]) == {"fatalities_low", "fatalities_high"}
    assert stating("at_most") == {
        (table, "people_reached"): "people_targeted" for table in ("activity", "activity_cell")
    }


def test_columns_refer_to_tables() -> None:
    assert referenced() == {
        "activity": "activity_id",
        "analysis_product": "product_id",
        "objective": "objective_id",
    }
    found = {(t, c): target for target in referenced() for t in FACTS for c in referring(FACTS[t], target)}
    of_activity = ("participation", "activity_cell", "result_value", "transaction", "effect_claim")
    assert found == {
        **{(table, "activity_id"): "activity" for table in of_activity},
        **{(table, "objective_id"): "objective" for table in ("activity", "analysis_product", "pai_record")},
        ("objective", "parent_id"): "objective",
        ("product_contribution", "product_id"): "analysis_product",
    }
    assert all(text for table in referenced() for text in rows_of(table))


@pytest.mark.parametrize("relation", ["references", "may_reference"])
def test_what_is_referred_to_exists(relation: str) -> None:
    known = {f"{table}.{spec.name}" for table, model in FACTS.items() for spec in columns_of(model)}
    assert set(stating(relation).values()) <= known


def test_activities_stand_in_these_columns() -> None:
    named = ("activity", "participation", "activity_cell", "result_value", "transaction", "effect_claim")
    assert {table: columns for table, columns in activity_columns().items() if columns} == {
        **dict.fromkeys(named, ("activity_id",)),
        "participation": ("activity_id", "org_activity_id"),
        "transaction": ("activity_id", "provider_activity_id", "receiver_activity_id"),
        **dict.fromkeys(("governance_role", "enabler_assessment", "kpq_response"), ("scope_id",)),
    }
    assert set(stating("count_once")) == {
        *(("activity", name) for name in ("budget", "people_targeted", "people_reached")),
        *(("activity_cell", name) for name in ("spend", "people_targeted", "people_reached")),
    }


def test_rows_speak_of_days() -> None:
    by_period = ("observation", "survey_response", "governance_role", "collaboration_tie", "enabler_assessment")
    assert {table: days_of(model) for table, model in FACTS.items()} == {
        **dict.fromkeys((*by_period, "kpq_response", "effect_claim"), (PERIOD,)),
        **dict.fromkeys(("activity", "participation", "activity_cell", "result_value"), (PERIOD, DATES)),
        **dict.fromkeys(("pai_record", "progress_marker"), (("observed_on", "observed_on"),)),
        **dict.fromkeys(("product_contribution", "objective"), ()),
        "transaction": (("transaction_on", "transaction_on"),),
        "event": (("event_on", "event_on"),),
        "analysis_product": (("completed_on", "completed_on"),),
        "share_event": (("available_on", "available_on"),),
        "decision": (("decided_on", "decided_on"),),
        "judgement": (PERIOD, ("made_on", "made_on")),
        "capability": (("first_evidenced_on", "first_evidenced_on"),),
    }


def test_the_rest() -> None:
    assert stating("other_than") == {
        (table, "to_org_id"): "from_org_id" for table in ("share_event", "collaboration_tie")
    }
    assert stating("codelist_from") == {("result_value", "score_code"): "score_scheme"}
    assert set(stating("is_measure")) == {
        ("observation", "standard_error"),
        ("result_value", "baseline"),
        ("survey_response", "weight"),
    }
    assert {table for table, model in FACTS.items() if not model.has_series} == {"event", "survey_response"}


def test_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="Visit has no column began_on"):

        class Visit(Fact):
            """One visit."""

            ended_on: Moment = column("End", "date", follows="began_on")


def test_a_relation_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="not_after"):
        column("End", "date", not_after="began_on")
