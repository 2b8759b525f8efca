"""Facts about influence, judgement and effect."""

from __future__ import annotations

from idtracker.model.tables.base import Fact, Flag, Integer, Moment, column


class PaiRecord(Fact):
    """Level of access to, or influence on, one pseudonymous actor at one date. The two ladders are never averaged."""

    actor_id: str = column(
        "Pseudonymous key of the actor; personal data stay outside", "text", field="actor", required=True
    )
    actor_type: str = column("Kind of actor", "text")
    objective_id: str = column("Objective served", "text", field="objective", references="objective.objective_id")
    ladder: str = column("ACCESS or INFLUENCE", "code", codelist="pai_ladder", required=True)
    level: Integer = column("Level on the ladder", "integer", required=True, ge=0, le=4, unit="0-4")
    observed_on: Moment = column("Date of the observation", "date", required=True, about_day=True)
    org_id: str = column("Observing organisation", "organisation", field="organisation", default="publisher")
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    evidence_grade: str = column("Admiralty credibility of the evidence", "code", codelist="information_credibility")


class ProgressMarker(Fact):
    """One graduated progress marker of one boundary partner (Outcome Mapping) at one date."""

    marker_id: str = column("Identifier of the marker", "text", field="reference", required=True)
    partner_org_id: str = column("Boundary partner", "organisation", field="partner", required=True)
    partner_name: str = column("Boundary partner as typed", "text", part_of="partner")
    marker_level: str = column("Expect, like or love to see", "code", codelist="marker_level", required=True)
    status: str = column("None, some or full", "code", codelist="marker_status", required=True)
    observed_on: Moment = column("Date of the observation", "date", required=True, about_day=True)
    statement: str = column("Text of the marker", "text")


class Judgement(Fact):
    """One expert judgement of likelihood about one scenario or question."""

    judgement_id: str = column("Identifier of the judgement", "text", field="reference", required=True)
    scenario: str = column("Scenario or question judged", "text", required=True)
    scenario_id: str = column("Identifier of the scenario, the same for all who judge it", "text")
    org_id: str = column("Assessing organisation", "organisation", field="organisation", default="publisher")
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    place_id: str = column("Place", "place", field="place")
    place_name: str = column("Place as typed", "text", part_of="place")
    period: str = column("Period in which the judgement was made", "period")
    period_start: Moment = column("First day of the period", "date", part_of="period")
    period_end: Moment = column("Last day of the period", "date", part_of="period")
    made_on: Moment = column("Date of the judgement", "date", about_day=True)
    horizon_on: Moment = column("Date up to which it speaks", "date", not_before="made_on")
    yardstick_code: str = column(
        "PHIA probability yardstick term", "code", field="yardstick", codelist="phia_yardstick"
    )
    icd203_code: str = column(
        "ICD 203 term, of a scheme of its own beside the PHIA yardstick",
        "code",
        field="icd203",
        codelist="icd203_yardstick",
    )
    probability_low_pct: float = column("Lower end of the stated range", "number", ge=0, le=100, unit="%")
    probability_pct: float = column(
        "Stated probability",
        "number",
        field="probability",
        ge=0,
        le=100,
        unit="%",
        between=("probability_low_pct", "probability_high_pct"),
    )
    probability_high_pct: float = column("Upper end of the stated range", "number", ge=0, le=100, unit="%")
    confidence_pct: float = column(
        "How sure the assessor is that the truth lies in the stated range, above 0 to 100", "number", unit="%"
    )
    value_low: float = column("Lowest plausible value of the quantity asked", "number")
    value_best: float = column(
        "Best estimate of the quantity asked, in its unit", "number", between=("value_low", "value_high")
    )
    value_high: float = column("Highest plausible value of the quantity asked", "number")
    value_unit: str = column("Unit of the quantity asked", "text")
    value_min: float = column("Lowest value that the quantity can have", "number")
    value_max: float = column("Highest value that the quantity can have", "number")
    ancr: str = column("Analytical confidence", "code", codelist="ancr")
    reliability: str = column("Admiralty reliability of the basis, A to F", "code", codelist="source_reliability")
    credibility: str = column("Admiralty credibility of the basis, 1 to 6", "code", codelist="information_credibility")
    warning_indicators: str = column("Indicators that would warn of it, `;` between", "text")
    resolved_on: Moment = column("Date on which the outcome was known", "date")
    has_occurred: Flag = column("Outcome", "flag")
    resolved_value: float = column("Value that the quantity turned out to have", "number")


class EffectClaim(Fact):
    """One claim that working together had an effect of some tier, with the basis of the claim."""

    claim_id: str = column("Identifier of the claim", "text", field="reference", required=True)
    activity_id: str = column("Activity", "text", field="activity", references="activity.activity_id")
    period: str = column("Period", "period")
    period_start: Moment = column("First day of the period", "date", part_of="period")
    period_end: Moment = column("Last day of the period", "date", part_of="period")
    org_id: str = column("Organisation that claims it", "organisation", field="organisation", default="publisher")
    org_name: str = column("Claiming organisation as typed", "text", part_of="organisation")
    tier_code: str = column("Tier of strategic effect", "code", field="tier", codelist="effect_tier", required=True)
    capability_id: str = column(
        "Capability that a claim of tier T3 speaks of",
        "text",
        field="capability",
        may_reference="capability.capability_id",
    )
    estimator: str = column("How the effect was estimated", "code", codelist="estimator")
    counterfactual_basis: str = column("What it is compared with", "text")
    cells_count: Integer = column(
        "Cells of the 2x2 with at least one unit (neither, A, B, both)", "integer", ge=0, le=4
    )
    estimate: float = column("Estimate, outcome units", "number", between=("lower", "upper"))
    lower: float = column("Lower bound, 90 %", "number")
    upper: float = column("Upper bound, 90 %", "number")
    p_value: float = column("p value", "number", ge=0, le=1)
    units_count: Integer = column("Units behind the estimate", "integer", ge=0)
    bond_voice: Integer = column("Bond: voice and inclusion", "integer", ge=1, le=4, unit="1-4")
    bond_appropriateness: Integer = column("Bond: appropriateness", "integer", ge=1, le=4, unit="1-4")
    bond_triangulation: Integer = column("Bond: triangulation", "integer", ge=1, le=4, unit="1-4")
    bond_contribution: Integer = column("Bond: contribution", "integer", ge=1, le=4, unit="1-4")
    bond_transparency: Integer = column("Bond: transparency", "integer", ge=1, le=4, unit="1-4")
    catalytic_type: str = column("Catalytic effect", "code", codelist="catalytic_type")
    external_actor_org_id: str = column("Actor outside the programme", "organisation", field="external_actor")
    external_actor_name: str = column("Actor as typed", "text", part_of="external_actor")
    contribution_id: str = column(
        "Identifier of what that actor gave or did, the same for all who claim it (such as a transaction's reference)",
        "text",
        may_reference="transaction.reference",
    )
    contribution_amount: float = column("What that actor gave, in money", "money", ge=0)
    contribution_amount_currency: str = column("ISO 4217 currency", "text", part_of="contribution_amount")
    status: str = column("State of the claim", "code", codelist="claim_status", required=True)
    reviewer_org_id: str = column("Reviewing organisation", "organisation", field="reviewer")
    reviewer_name: str = column("Reviewer as typed", "text", part_of="reviewer")


class Capability(Fact):
    """One capability first evidenced through working together."""

    capability_id: str = column("Identifier of the capability", "text", field="reference", required=True)
    description: str = column("What can now be done", "text", required=True)
    first_evidenced_on: Moment = column("First evidenced", "date", about_day=True)
    last_used_on: Moment = column("Last seen in use", "date")
    contributing_org_ids: str = column("Contributing organisations, `;` between", "text", field="contributors")
    pre_existing_org_ids: str = column("Organisations that had it before, `;` between", "text", field="pre_existing_in")
