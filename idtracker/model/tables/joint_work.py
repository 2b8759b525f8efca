"""Facts about working together: joint analysis, sharing, decisions, governance, collaboration, enablers."""

from __future__ import annotations

from idtracker.model.tables.base import Fact, Flag, Integer, Moment, column


class AnalysisProduct(Fact):
    """One analysis product (JACS, tracker round, sitrep, political-economy analysis …)."""

    product_id: str = column("Identifier of the product", "text", field="reference", required=True)
    product_type: str = column("Type", "code", codelist="product_type", required=True)
    title: str = column("Title", "text")
    objective_id: str = column("Objective it informs", "text", field="objective", references="objective.objective_id")
    commissioned_on: Moment = column("Commissioned", "date")
    completed_on: Moment = column("Completed", "date", not_before="commissioned_on", about_day=True)


class ProductContribution(Fact):
    """One organisation's contribution to one analysis product, in one role."""

    product_id: str = column(
        "Product", "text", field="reference", required=True, references="analysis_product.product_id"
    )
    org_id: str = column("Contributing organisation", "organisation", field="organisation", required=True)
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    role: str = column("Role", "code", codelist="contribution_role", required=True)


class ShareEvent(Fact):
    """One item and one recipient entitled to it; `shared_on` stays empty until the item was shared."""

    share_id: str = column("Identifier of the share", "text", field="reference", required=True)
    object_type: str = column("What is shared", "code", codelist="shared_object_type")
    object_id: str = column("Identifier of the shared item", "text", field="object", required=True)
    from_org_id: str = column("Holder", "organisation", field="from_organisation", required=True)
    from_org_name: str = column("Holder as typed", "text", part_of="from_organisation")
    to_org_id: str = column(
        "Entitled recipient", "organisation", field="to_organisation", required=True, other_than="from_org_id"
    )
    to_org_name: str = column("Recipient as typed", "text", part_of="to_organisation")
    available_on: Moment = column("Available to the holder", "date", required=True, about_day=True)
    shared_on: Moment = column("Shared with the recipient", "date", not_before="available_on")
    first_read_on: Moment = column("First read by the recipient", "date", follows="shared_on")
    channel: str = column("Channel", "text")


class Decision(Fact):
    """One decision of a board at post, regional or Whitehall level."""

    decision_id: str = column("Identifier of the decision", "text", field="reference", required=True)
    board: str = column("Board", "text")
    level: str = column("Level", "code", codelist="decision_level")
    decided_on: Moment = column("Date of the decision", "date", required=True, about_day=True)
    product_ids: str = column("Products cited, `;` between", "text", field="products")
    objective_ids: str = column("Objectives concerned, `;` between", "text", field="objectives")
    title: str = column("What was decided", "text")


class Objective(Fact):
    """One objective in the hierarchy from the National Security Council down to the local level."""

    objective_id: str = column("Identifier of the objective", "text", field="reference", required=True)
    level: str = column("Level", "code", codelist="objective_level", required=True)
    parent_id: str = column("Objective above", "text", field="parent", references="objective.objective_id")
    title: str = column("Text of the objective", "text")
    is_shared: Flag = column("Shared by more than one department", "flag")
    local_indicator_count: Integer = column("Sub-national or local indicators that measure it", "integer", ge=0)
    local_evidence_count: Integer = column("Local evidence items behind it", "integer", ge=0)


class GovernanceRole(Fact):
    """One role of the governance of an objective or activity, filled or not."""

    scope_id: str = column(
        "Objective or activity", "text", field="scope", required=True, may_reference="activity.activity_id"
    )
    role: str = column("Role", "code", codelist="governance_role", required=True)
    org_id: str = column("Organisation that holds it", "organisation", field="organisation")
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    is_filled: Flag = column("Filled", "flag")
    period: str = column("Review round as a period", "period", required=True)
    period_start: Moment = column("First day of the period", "date", part_of="period", required=True)
    period_end: Moment = column("Last day of the period", "date", part_of="period", required=True)


class CollaborationTie(Fact):
    """How one organisation rates its working relation with another in one round."""

    period: str = column("Round as a period", "period", required=True)
    period_start: Moment = column("First day of the period", "date", part_of="period", required=True)
    period_end: Moment = column("Last day of the period", "date", part_of="period", required=True)
    from_org_id: str = column("Rating organisation", "organisation", field="from_organisation", required=True)
    from_org_name: str = column("Rating organisation as typed", "text", part_of="from_organisation")
    to_org_id: str = column(
        "Rated organisation", "organisation", field="to_organisation", required=True, other_than="from_org_id"
    )
    to_org_name: str = column("Rated organisation as typed", "text", part_of="to_organisation")
    frey_level: Integer = column("Level of collaboration (Frey et al. 2006)", "integer", ge=0, le=5, unit="level 0-5")
    trust_reliability: Integer = column("PARTNER trust: reliability", "integer", ge=1, le=4, unit="1-4")
    trust_mission: Integer = column("PARTNER trust: support of the mission", "integer", ge=1, le=4, unit="1-4")
    trust_openness: Integer = column("PARTNER trust: open to discussion", "integer", ge=1, le=4, unit="1-4")
    value_power: Integer = column("PARTNER value: power and influence", "integer", ge=1, le=4, unit="1-4")
    value_involvement: Integer = column("PARTNER value: involvement", "integer", ge=1, le=4, unit="1-4")
    value_resources: Integer = column("PARTNER value: resources", "integer", ge=1, le=4, unit="1-4")


class EnablerAssessment(Fact):
    """One organisation's rating of one barrier to integrated delivery (B1-B6) in one round."""

    scope_id: str = column(
        "Programme or objective assessed", "text", field="scope", required=True, may_reference="activity.activity_id"
    )
    barrier_code: str = column("Barrier", "code", field="barrier", codelist="barrier", required=True)
    period: str = column("Round as a period", "period", required=True)
    period_start: Moment = column("First day of the period", "date", part_of="period", required=True)
    period_end: Moment = column("Last day of the period", "date", part_of="period", required=True)
    org_id: str = column("Assessing organisation", "organisation", field="organisation", required=True)
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    rating: Integer = column("Rating, 4 is best", "integer", ge=1, le=4, unit="1-4")
    action: str = column("Action agreed", "text")
    action_opened_on: Moment = column("Constraint logged", "date")
    action_resolved_on: Moment = column("Constraint resolved", "date", follows="action_opened_on")


class KpqResponse(Fact):
    """One organisation's answer to one key performance question in one round."""

    kpq_code: str = column("Key performance question", "code", field="kpq", codelist="kpq", required=True)
    scope_id: str = column(
        "Programme or objective", "text", field="scope", required=True, may_reference="activity.activity_id"
    )
    stage: str = column("Stage of the programme cycle", "code", codelist="programme_stage")
    period: str = column("Round as a period", "period", required=True)
    period_start: Moment = column("First day of the period", "date", part_of="period", required=True)
    period_end: Moment = column("Last day of the period", "date", part_of="period", required=True)
    org_id: str = column("Answering organisation", "organisation", field="organisation", required=True)
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    answer: str = column("Answer", "code", codelist="kpq_answer")
    ancr: str = column("Analytical confidence", "code", codelist="ancr")
    evidence: str = column("Evidence cited", "text")
