"""The steps of deriving observations one after the other, as expressions over named tables: one plan for each fact table.

A plan serves all indicators at once: what they ask for is a table of its own (`asked`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idtracker.analyse.engine import Types, canonical_types
from idtracker.analyse.merge.calendar import quarter_of
from idtracker.analyse.merge.computed_indicators.events import counted_events, covered_cells, event_figures, feed_marks
from idtracker.analyse.merge.computed_indicators.places import PLACE, located, with_country
from idtracker.analyse.merge.computed_indicators.survey import (
    average_answers,
    placed_answers,
    requested_answers,
    respondents,
    survey_figures,
    with_errors,
)
from idtracker.analyse.merge.plan import QUARTERS, Plan
from idtracker.model.tables import FACTS

if TYPE_CHECKING:
    import ibis.expr.types as ir

_COLUMNS = {
    "event": ("event_on", "fatalities"),
    "survey_response": (
        *("response_id", "question", "period", "period_start", "period_end"),
        *("answer", "answer_score", "weight"),
    ),
}
_EVERY = (
    *("fact_id", "source_id", "submission_id", "place_id", "originator_org_id", "waiver"),
    *("classification", "handling", "releasable_to", "recorded_from"),
)
_ASKED: Types = dict.fromkeys(("indicator_id", "indicator_name", "unit", "level"), "string")


def derive_plan(table: str, partition_by: Types) -> Plan:
    """The table `observations` from the facts of one table, with the further key columns `partition_by` in front."""
    return {"event": event_plan, "survey_response": answer_plan}[table](partition_by)


def event_plan(partition_by: Types) -> Plan:
    """Counts of events and of deaths in them."""
    plan, keys = Plan(), tuple(partition_by)
    event = _facts(plan, "event", partition_by)
    place, quarters = plan.table("place", PLACE), plan.table("quarters", QUARTERS)
    requested = plan.table("asked", {**_ASKED, "measure": "string"})
    event = plan.keep("events", with_country(event, place, keys).mutate(quarter=quarter_of(event["event_on"])))
    cells = plan.keep("covered", covered_cells(event, place, quarters, keys))
    counted = plan.keep("counted", counted_events(located(event), keys))
    feeds = plan.keep("feeds", feed_marks(event, keys))
    plan.keep("observations", event_figures(cells, counted, feeds, requested, keys))
    return plan


def answer_plan(partition_by: Types) -> Plan:
    """Averages and shares of survey answers; `wanted` are the answers that a share counts."""
    plan, keys = Plan(), tuple(partition_by)
    response = _facts(plan, "survey_response", partition_by)
    place, quarters = plan.table("place", PLACE), plan.table("quarters", QUARTERS)
    requested = plan.table("asked", {**_ASKED, "question": "string", "is_share": "boolean"})
    wanted = plan.table("wanted", {"indicator_id": "string", "answer": "string"})
    answers = requested_answers(response, requested, wanted, quarters, keys)
    placed = plan.keep("placed", placed_answers(answers, requested, place, keys))
    people = plan.keep("people", respondents(placed, keys))
    averages = plan.keep("averages", with_errors(average_answers(people, keys), people, keys))
    plan.keep("observations", survey_figures(averages, placed, requested, keys))
    return plan


def _facts(plan: Plan, table: str, partition_by: Types) -> ir.Table:
    """A fact table as input: the columns that say what, and those that say whence and for whom."""
    types = canonical_types(FACTS[table])
    facts = plan.table(table, {**partition_by, **{name: types[name] for name in (*_EVERY, *_COLUMNS[table])}})
    return facts.mutate(
        submission_ids=facts["submission_id"], org_ids=facts["originator_org_id"], waivers=facts["waiver"]
    )
