"""Facts that departments and partners report: observations, activities, participation, results, money, events."""

from __future__ import annotations

from idtracker.model.tables.base import Fact, Flag, Integer, Moment, column


class Observation(Fact):
    """One value of one indicator for one place and period, as one organisation states it."""

    indicator_id: str = column("Indicator", "indicator", field="indicator", required=True)
    indicator_name: str = column("Indicator as typed", "text", part_of="indicator")
    place_id: str = column("Place", "place", field="place", required=True)
    place_name: str = column("Place as typed", "text", part_of="place")
    period: str = column("Period, ISO form (2026-04, 2026-Q2, 2026-H1, 2026, 2025/26)", "period", required=True)
    period_start: Moment = column("First day of the period", "date", part_of="period", required=True)
    period_end: Moment = column("Last day of the period", "date", part_of="period", by_arrival=True, required=True)
    org_id: str = column(
        "Organisation whose statement it is", "organisation", field="organisation", default="publisher"
    )
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    value: float = column(
        "Value in the indicator's unit; empty means reported without a value", "number", between=("lower", "upper")
    )
    lower: float = column("Lower bound of the stated interval, 90 % unless noted", "number")
    upper: float = column("Upper bound of the stated interval", "number")
    standard_error: float = column("Stated standard error, in the indicator's unit", "number", ge=0, is_measure=False)
    sample_size: Integer = column("Respondents or units behind the value", "integer", ge=0)
    unit: str = column("Unit as reported", "text")
    disaggregation: str = column("Breakdown, such as `sex=f`; empty is the total", "text")
    obs_status: str = column("SDMX observation status", "code", codelist="obs_status")
    reliability: str = column(
        "Admiralty source reliability A-F", "code", codelist="source_reliability", default="grading.reliability"
    )
    credibility: str = column(
        "Admiralty information credibility 1-6",
        "code",
        codelist="information_credibility",
        default="grading.credibility",
    )
    origin: str = column("Open source quoted, as typed; one origin counts once", "text", default="grading.origin")
    origin_org_id: str = column(
        "Organisation that the origin names, where the register knows it; it counts once under all its names",
        "organisation",
        part_of="origin",
    )
    note: str = column("Remark of the reporter", "text")


class Activity(Fact):
    """One activity, as its reporting organisation describes it (per period where the source reports by period)."""

    activity_id: str = column(
        "Identifier of the activity (IATI identifier where there is one)", "text", field="reference", required=True
    )
    period: str = column("Reporting period, where reported by period", "period")
    period_start: Moment = column("First day of the period", "date", part_of="period")
    period_end: Moment = column("Last day of the period", "date", part_of="period", by_arrival=True)
    title: str = column("Title", "text")
    description: str = column("Description", "text")
    org_id: str = column("Reporting organisation", "organisation", field="organisation", default="publisher")
    org_name: str = column("Reporting organisation as typed", "text", part_of="organisation")
    partner_org_id: str = column("Main counterpart", "organisation", field="partner")
    partner_name: str = column("Main counterpart as typed", "text", part_of="partner")
    place_id: str = column("Place", "place", field="place")
    place_name: str = column("Place as typed", "text", part_of="place")
    sector: str = column("Sector as coded by the reporter (DAC purpose code, cluster)", "text")
    status: str = column("IATI activity status", "code", codelist="activity_status")
    hierarchy: str = column("IATI hierarchy: 1 programme, 2 project", "text")
    related_activity_ids: str = column(
        "Activities that it names as related to it, of whatever programme, `;` between",
        "text",
        field="related_activities",
    )
    fund: str = column("Fund that pays (CSSF, ISF, ODA_DEPT, OTHER)", "code", codelist="fund")
    integration_mode: str = column("How departments work together on it", "code", codelist="integration_mode")
    objective_id: str = column("Objective served", "text", field="objective", references="objective.objective_id")
    start_on: Moment = column("Start, actual where known else planned", "date", about_until="end_on")
    end_on: Moment = column("End, actual where known else planned", "date", follows="start_on")
    budget: float = column("Budget over the whole activity", "money", count_once=True)
    budget_currency: str = column("ISO 4217 currency of the budget", "text", part_of="budget")
    people_targeted: Integer = column("People targeted", "integer", ge=0, unit="people", count_once=True)
    people_reached: Integer = column(
        "People reached", "integer", ge=0, unit="people", at_most="people_targeted", count_once=True
    )


class Participation(Fact):
    """One organisation's part in one activity, in one role."""

    activity_id: str = column("Activity", "text", field="reference", required=True, references="activity.activity_id")
    org_id: str = column("Organisation taking part", "organisation", field="organisation", required=True)
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    role: str = column(
        "IATI organisation role 1-4, or an extension role", "code", codelist="organisation_role", required=True
    )
    contribution_type: str = column("What it brings", "code", codelist="contribution_type")
    place_id: str = column("Place of the participation, where narrower than the activity", "place", field="place")
    place_name: str = column("Place as typed", "text", part_of="place")
    period: str = column("Period, where reported by period", "period")
    period_start: Moment = column("First day of the period", "date", part_of="period")
    period_end: Moment = column("Last day of the period", "date", part_of="period")
    start_on: Moment = column("Start of the participation", "date", about_until="end_on")
    end_on: Moment = column("End of the participation", "date", follows="start_on")
    org_activity_id: str = column(
        "Activity under which that organisation reports its part, of whatever programme",
        "text",
        field="organisation_activity",
        may_reference="activity.activity_id",
    )
    amount: float = column("Money contributed", "money")
    amount_currency: str = column("ISO 4217 currency", "text", part_of="amount")


class ActivityCell(Fact):
    """Who does what where and when: one organisation, sector and place in one period (3W/4W/5W)."""

    activity_id: str = column(
        "Activity, where the return names one", "text", field="reference", references="activity.activity_id"
    )
    org_id: str = column("Organisation present", "organisation", field="organisation", default="publisher")
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    partner_org_id: str = column("Implementing partner or counterpart", "organisation", field="partner")
    partner_name: str = column("Partner as typed", "text", part_of="partner")
    sector: str = column("Sector or cluster", "text")
    place_id: str = column("Place", "place", field="place", required=True)
    place_name: str = column("Place as typed", "text", part_of="place")
    location: str = column("Named location inside the place", "text")
    period: str = column("Period", "period")
    period_start: Moment = column("First day of the period", "date", part_of="period")
    period_end: Moment = column("Last day of the period", "date", part_of="period", by_arrival=True)
    start_on: Moment = column("Start, where dated instead of reported by period", "date", about_until="end_on")
    end_on: Moment = column("End, where dated instead of reported by period", "date", follows="start_on")
    status: str = column("IATI activity status", "code", codelist="activity_status")
    beneficiary_type: str = column("For whom", "text")
    plan: str = column("Response plan", "text")
    spend: float = column("Spend in the period", "money", count_once=True)
    spend_currency: str = column("ISO 4217 currency", "text", part_of="spend")
    people_targeted: Integer = column("People targeted", "integer", ge=0, unit="people", count_once=True)
    people_reached: Integer = column(
        "People reached", "integer", ge=0, unit="people", at_most="people_targeted", count_once=True
    )


class ResultValue(Fact):
    """Target and actual of one result indicator in one period (logframe, IATI result)."""

    activity_id: str = column("Activity", "text", field="reference", required=True, references="activity.activity_id")
    result_type: str = column("IATI result type", "code", codelist="result_type")
    result_title: str = column("Result statement", "text")
    result_indicator: str = column("Indicator of the result", "text", required=True)
    measure: str = column("IATI indicator measure", "code", codelist="indicator_measure")
    is_ascending: Flag = column("Higher is better; empty counts as true (IATI default)", "flag")
    is_aggregable: Flag = column("May be summed over activities (IATI aggregation status)", "flag")
    org_id: str = column("Reporting organisation", "organisation", field="organisation", default="publisher")
    org_name: str = column("Organisation as typed", "text", part_of="organisation")
    place_id: str = column("Place", "place", field="place")
    place_name: str = column("Place as typed", "text", part_of="place")
    period: str = column("Period", "period")
    period_start: Moment = column("First day of the period", "date", part_of="period")
    period_end: Moment = column("Last day of the period", "date", part_of="period", by_arrival=True)
    start_on: Moment = column("Start of the period, where dated", "date", about_until="end_on")
    end_on: Moment = column("End of the period, where dated", "date", follows="start_on")
    baseline: float = column("Baseline", "number", is_measure=False)
    target: float = column("Target", "number")
    actual: float = column("Actual; empty is not zero", "number")
    unit: str = column("Unit as reported", "text")
    disaggregation: str = column("Breakdown, such as `sex=f`", "text")
    score_scheme: str = column("Scheme of the review score", "code", codelist="score_scheme")
    score_code: str = column(
        "Review score, a code of the codelist that score_scheme names", "text", codelist_from="score_scheme"
    )


class Transaction(Fact):
    """One movement of money (IATI transaction, departmental spend line)."""

    reference: str = column("Reference of the transaction", "text", required=True)
    activity_id: str = column("Activity it belongs to", "text", field="activity", references="activity.activity_id")
    transaction_type: str = column("IATI transaction type", "code", codelist="transaction_type")
    org_id: str = column("Provider organisation", "organisation", field="organisation", default="publisher")
    org_name: str = column("Provider as typed", "text", part_of="organisation")
    receiver_org_id: str = column("Receiver organisation", "organisation", field="receiver")
    receiver_name: str = column("Receiver as typed", "text", part_of="receiver")
    transaction_on: Moment = column("Date of the transaction", "date", about_day=True)
    amount: float = column("Amount; negative is a refund or correction", "money")
    amount_currency: str = column("ISO 4217 currency", "text", part_of="amount")
    provider_activity_id: str = column(
        "Activity of the provider that the money comes from, of whatever programme",
        "text",
        field="provider_activity",
        may_reference="activity.activity_id",
    )
    receiver_activity_id: str = column(
        "Activity of the receiver that the money goes to, of whatever programme",
        "text",
        field="receiver_activity",
        may_reference="activity.activity_id",
    )
    description: str = column("Description or account", "text")
    entity: str = column("Entity or unit inside the provider", "text")


class Event(Fact):
    """One conflict or security event of a living feed."""

    has_series = False

    event_id: str = column("Identifier in the feed", "text", field="reference", required=True)
    event_on: Moment = column("Day of the event (first day of a range)", "date", required=True, about_day=True)
    event_end_on: Moment = column("Last day of the event", "date", not_before="event_on")
    event_type: str = column("Type in the feed's own classification", "text")
    place_id: str = column("Place", "place", field="place")
    place_name: str = column("Place as typed", "text", part_of="place")
    location: str = column("Named location", "text")
    latitude: float = column("Latitude, WGS 84", "number", ge=-90, le=90, unit="degrees")
    longitude: float = column("Longitude, WGS 84", "number", ge=-180, le=180, unit="degrees")
    actor: str = column("First actor (group, never a person)", "text")
    other_actor: str = column("Second actor (group, never a person)", "text")
    fatalities: Integer = column(
        "Best estimate of deaths", "integer", ge=0, unit="people", between=("fatalities_low", "fatalities_high")
    )
    fatalities_low: Integer = column("Low estimate", "integer", ge=0, unit="people")
    fatalities_high: Integer = column("High estimate", "integer", ge=0, unit="people")


class SurveyResponse(Fact):
    """One answer of one anonymous respondent to one question."""

    has_series = False

    response_id: str = column(
        "Anonymous identifier of the respondent in the round", "text", field="reference", required=True
    )
    question: str = column("Question, as named in the form", "text", required=True)
    period: str = column("Survey round as a period", "period", required=True)
    period_start: Moment = column("First day of the period", "date", part_of="period", required=True)
    period_end: Moment = column("Last day of the period", "date", part_of="period", by_arrival=True, required=True)
    place_id: str = column("Place", "place", field="place", required=True)
    place_name: str = column("Place as typed", "text", part_of="place")
    answer: str = column("Answer as chosen", "text")
    answer_score: float = column("Answer as a number, where the scale has one", "number")
    weight: float = column("Survey weight", "number", ge=0, is_measure=False)
