"""What stands behind a cell: reports or governorates, the observations of a report, the facts an observation is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from idtracker.explain.tables import KnownTables, Row, rows_of
from idtracker.model.explanation import Node, first_of, node, row_node

if TYPE_CHECKING:
    from idtracker.analyse.merge.plan import Plan

_OBSERVATION = (
    "period",
    "value",
    "lower",
    "upper",
    "standard_error",
    "sample_size",
    "unit",
    "obs_status",
    "reliability",
    "credibility",
    "origin",
)
_SHOWN = {
    "event": ("event_id", "event_on", "event_type", "place_id", "fatalities"),
    "survey_response": ("response_id", "question", "answer", "answer_score", "weight"),
}


def contributing_reports(known: KnownTables, indicator_id: str, place_id: str, period: str) -> list[Row]:
    """Reports behind the cell of one quarter, those with most weight first; none where the publication does not keep them."""
    if not known.has("cell_report"):
        return []
    reports = known.select("cell_report", indicator_id=indicator_id, place_id=place_id, period=period)
    order = ["weight", "org_id", "origin"]
    return rows_of(reports.sort_values(order, ascending=[False, True, True], kind="stable"))


def governorates_of(known: KnownTables, country_id: str) -> pd.DataFrame:
    """The governorates of a country with their `weight`, the share of its population that national cells give them."""

    def build() -> Plan:
        from idtracker.analyse.merge.plan import weights_plan

        return weights_plan()

    def make() -> pd.DataFrame:
        from idtracker.analyse.merge.compiled_plans import compiled_plan

        return compiled_plan(("governorate_weights",), build).rows(known.tables, "weights")

    weights: pd.DataFrame = known.once("governorates", make)
    return weights[weights["country_id"] == country_id]


def contributing_rows(known: KnownTables, report: Row, limit: int | None) -> list[Node]:
    """The observation rows of a report as they were stated, or those computed from other facts with these below them."""
    stated = known.stated(report).sort_values(["period_start", "fact_id"])
    nodes = [row_node("observation", row, _OBSERVATION) for row in rows_of(stated)]
    missing = set(str(report["fact_ids"] or "").split(";")) - set(stated["fact_id"])
    if missing:
        nodes += [_computed(known, row, limit) for row in _computed_rows(known, report) if row["fact_id"] in missing]
    return first_of(nodes, limit)


def _computed_rows(known: KnownTables, report: Row) -> list[Row]:
    """The observations that are computed for the report's indicator, place and quarter."""

    def make() -> pd.DataFrame:
        from idtracker.analyse.merge.computed_indicators.observations import derive_observations

        return derive_observations(known.tables, known.tables["indicator"], known.tables["place"], [report["period"]])

    computed: KnownTables = known.once(
        ("computed", report["period"]), lambda: KnownTables({"observation": make()}, known.method)
    )
    return rows_of(computed.select("observation", indicator_id=report["indicator_id"], place_id=report["place_id"]))


def _computed(known: KnownTables, row: Row, limit: int | None) -> Node:
    """A computed observation: what it was computed from, how many facts they are, and the first of them."""
    indicator = known.indicator(row["indicator_id"])
    table, facts = contributing_facts(known, row)
    nodes = first_of([row_node(table, fact, _SHOWN[table]) for fact in rows_of(facts)], limit)
    shown = ", ".join(
        f"{name} {row[name]:g}" for name in ("value", "standard_error", "sample_size") if row[name] is not None
    )
    what = f"computed from {indicator['derived_from']} of {row['source_id']}, {row['period']}: {shown}"
    return node(what, len(facts), nodes, unit=f"rows of {table}", fact_id=row["fact_id"])


def contributing_facts(known: KnownTables, row: Row) -> tuple[str, pd.DataFrame]:
    """Table and rows that a computed observation was computed from; no rows behind a zero, which a whole feed says."""
    table, _, asked = str(known.indicator(row["indicator_id"])["derived_from"]).partition(":")
    facts = _facts_in(known, row["place_id"], table, row["source_id"])
    if table == "event":
        about = facts["event_on"].between(row["period_start"], row["period_end"])
        order = ["event_on", "event_id"]
    else:
        question, _, answers = asked.partition("=")
        values_used = facts["answer"] if answers else facts["answer_score"]
        about = (facts["question"] == question.strip()) & (facts["period"] == row["period"]) & values_used.notna()
        order = ["response_id", "fact_id"]
    return table, facts[about].sort_values(order, ignore_index=True)


def _facts_in(known: KnownTables, place_id: str, table: str, source_id: str) -> pd.DataFrame:
    """The facts of a source that fall in a place, each with the place that is stated for it."""
    facts = known.select(table, source_id=source_id)

    def make() -> dict[str, list[int]]:
        from idtracker.analyse.merge.computed_indicators.located_facts import rows_in_places

        return rows_in_places(facts, known.tables["place"])

    located: dict[str, list[int]] = known.once(("located", table, source_id), make)
    return facts.iloc[located.get(place_id, [])]
