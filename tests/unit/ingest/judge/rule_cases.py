"""For each rule of the catalogue a definition, a file that keeps it and one that breaks it; ELSEWHERE: those shown by other tests."""

from __future__ import annotations

BASE = {
    "title": "Returns",
    "publisher": "GB-GOV-11",
    "format": {"kind": "csv", "delimiter": ",", "encoding": "utf-8"},
    "cadence": {"every": "quarter"},
    "feeds": "activity_cell",
    "key": ["reference", "place"],
    "columns": [
        {"field": "reference", "heading": "ref", "required": True},
        {"field": "place", "heading": "governorate"},
        {"field": "partner", "heading": "partner"},
        {"field": "status", "heading": "status"},
        {"field": "start_on", "heading": "start"},
        {"field": "end_on", "heading": "end"},
        {"field": "spend", "heading": "spend", "currency": "GBP"},
        {"field": "people_targeted", "heading": "targeted"},
        {"field": "people_reached", "heading": "reached", "minimum": 0},
    ],
}
HEAD = "ref,governorate,partner,status,start,end,spend,targeted,reached\n"
GOOD = "A,Mafraq,UNHCR,2,2026-01-05,2026-02-05,100.50,20,10\nB,Irbid,UNHCR,2,2026-01-05,2026-02-05,7,20,12\n"
OBSERVATION = {
    "feeds": "observation",
    "key": ["indicator", "place", "period"],
    "columns": [
        {"field": "indicator", "heading": "indicator"},
        {"field": "place", "heading": "place"},
        {"field": "period", "heading": "period"},
        {"field": "value", "heading": "value"},
        {"field": "lower", "heading": "lower"},
        {"field": "upper", "heading": "upper"},
        {"field": "reliability", "heading": "grade"},
    ],
}
OBS_HEAD = "indicator,place,period,value,lower,upper,grade\n"
JUDGEMENT = {
    "feeds": "judgement",
    "key": ["reference"],
    "columns": [{"field": "reference"}, {"field": "scenario"}, {"field": "probability"}],
}
TIE = {
    "feeds": "governance_role",
    "key": ["scope", "role", "period"],
    "columns": [{"field": "scope"}, {"field": "role"}, {"field": "period"}, {"field": "is_filled"}],
}


def part(feeds: str, key: list[str], *fields: str, **changes: object) -> dict[str, object]:
    """A source that feeds one table, each heading the name of its field."""
    return {"feeds": feeds, "key": key, "columns": [{"field": f} for f in (*key, *fields)], **changes}


GROUPS = part("activity", ["reference"], "releasable_to")
FUNDS = part("activity", ["reference"], "start_on", "fund")
FUND_HEAD = "reference,start_on,fund\n"
TABBED = {"kind": "csv", "delimiter": "tab"}
UNITS = part("observation", ["indicator", "place", "period", "note"], "value", "unit")
UNIT_HEAD = "indicator,place,period,note,value,unit\n"
EVENTS = part("event", ["reference"], "event_on", "latitude", "longitude")
EVENT_HEAD = "reference,event_on,latitude,longitude\n"
POINTS = "".join(f"E{n},2026-01-0{n},31.{n},35.{n}\n" for n in range(1, 7))
CLAIM = part("effect_claim", ["reference"], "tier", "estimator", "cells_count", "status")
REVIEW = part("effect_claim", ["reference"], "tier", "catalytic_type", "external_actor", "status", "reviewer")
REVIEW_HEAD = "reference,tier,catalytic_type,external_actor,status,reviewer\n"
ACTORS = part("pai_record", ["actor", "ladder", "observed_on"], "level")
ACTOR_HEAD = "actor,ladder,observed_on,level\n"
FORECAST = part("judgement", ["reference"], "scenario", "yardstick", "probability")
RANGED = part(
    "judgement",
    ["reference"],
    "scenario",
    "probability_low_pct",
    "probability",
    "probability_high_pct",
    "confidence_pct",
)
RANGE_HEAD = "reference,scenario,probability_low_pct,probability,probability_high_pct,confidence_pct\n"
SCHEMES = part("judgement", ["reference"], "scenario", "yardstick", "icd203")
OUTCOME = part("judgement", ["reference"], "scenario", "resolved_on", "has_occurred")
TIES = part("collaboration_tie", ["from_organisation", "to_organisation", "period"], "frey_level", "trust_mission")
TIE_HEAD = "from_organisation,to_organisation,period,frey_level,trust_mission\n"
ROLES = part("governance_role", ["scope", "role", "period"], "organisation", "is_filled")
SCORES = part("result_value", ["reference", "result_indicator", "period"], "score_scheme", "score_code")
RESULTS = part("result_value", ["reference", "result_indicator", "period", "disaggregation"], "measure", "actual")
PEOPLE = "reference,result_indicator,period,disaggregation,measure,actual\nA,Trained,2026-Q1,,1,100\n"
SPENDING = {
    "format": {"kind": "json"},
    "parts": [
        {**part("activity", ["reference"], "title"), "layout": {"records": "activities"}},
        {**part("transaction", ["reference"], "activity", "amount"), "layout": {"records": "payments"}},
    ],
}
SPENT = '{"activities": [{"reference": "A", "title": "t"}], "payments": [{"reference": "P1", "activity": "A", "amount": "5 GBP"}, {"reference": "P2", "activity": "%s", "amount": "7 GBP"}]}'
Broken = tuple[str, dict[str, object], str | bytes, str | bytes, list[int]]


def column(field: str, **changes: object) -> dict[str, object]:
    """The base source with one column changed."""
    return {"columns": [{**c, **changes} if c["field"] == field else c for c in BASE["columns"]]}  # type: ignore[attr-defined]


def row(**cells: str) -> str:
    """One row of the base source."""
    known = {"ref": "C", "governorate": "Ajloun", "partner": "UNHCR", "status": "2", "start": "2026-01-05",
             "end": "2026-02-05", "spend": "1", "targeted": "20", "reached": "1"}  # fmt: skip
    return ",".join({**known, **cells}.values()) + "\n"


def unit(value_and_unit: str) -> str:
    return f"IND-3,Mafraq,2026-Q1,{value_and_unit.replace(',', ' ')},{value_and_unit}\n"


def obs(**cells: str) -> str:
    known = {
        "indicator": "IND-1",
        "place": "JO-MA",
        "period": "2026-Q1",
        "value": "50",
        "lower": "40",
        "upper": "60",
        "grade": "A",
    }
    return ",".join({**known, **cells}.values()) + "\n"


CASES: list[Broken] = [
    ("file.unknown_type", {}, HEAD + GOOD, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", []),
    ("file.empty", {}, HEAD + GOOD, b"", []),
    ("file.unreadable", {"format": {"kind": "xlsx"}}, b"", b"PK\x03\x04[Content_Types].xml xl/workbook.xml cut", []),
    ("file.encoding", {}, HEAD + GOOD, (HEAD + row(partner="Société Générale", governorate="Ma’an")).encode("cp1252"), []),
    ("file.delimiter", {}, HEAD + GOOD, (HEAD + GOOD).replace(",", ";"), []),
    ("file.delimiter_absent", {**FUNDS, "format": TABBED}, FUND_HEAD.replace(",", "\t") + "A\t\t\n", "reference\nA\n", []),
    ("file.rows_left_out", {"where": {"governorate": ["Mafraq", "Irbid"]}}, HEAD + GOOD, HEAD + GOOD + row(), []),
    ("file.none_left", {"where": {"governorate": "Irbid"}}, HEAD + row(governorate="irbid "), HEAD + row(), []),
    ("heading.missing", {}, HEAD + GOOD, "ref,partner\nA,UNHCR\n", []),
    ("heading.missing_optional", {}, HEAD + GOOD, "ref,governorate\nA,Mafraq\n", []),
    ("heading.duplicate", {}, HEAD + GOOD, "ref,governorate,governorate\nA,Mafraq,Irbid\n", []),
    ("heading.unmapped", {}, HEAD + GOOD, "extra," + HEAD + "x," + row(), []),
    ("row.ragged", {}, HEAD + GOOD, HEAD + GOOD + row().strip() + ",more,cells\n", [4]),
    ("row.trailing_cells", {}, HEAD + GOOD, HEAD + GOOD + row().strip() + ",,\n", [4]),
    ("row.duplicate", {}, HEAD + GOOD, HEAD + GOOD + row() + row(), [5]),
    ("row.duplicate_key", {}, HEAD + GOOD, HEAD + row(reached="1") + GOOD + row(reached="2"), [2, 5]),
    ("value.required", {}, HEAD + GOOD, HEAD + GOOD + row(ref=""), [4]),
    ("value.number", {**OBSERVATION}, OBS_HEAD + obs(), OBS_HEAD + obs(value="about fifty"), [2]),
    ("value.integer", {}, HEAD + GOOD, HEAD + GOOD + row(reached="1.5"), [4]),
    ("value.date", {}, HEAD + GOOD, HEAD + row(start="2026-02-30"), [2]),
    ("value.period", {**OBSERVATION}, OBS_HEAD + obs(), OBS_HEAD + obs(period="2026-Q5"), [2]),
    ("calendar.year_start", {**OBSERVATION}, OBS_HEAD + obs(period="FY2025/26 (Apr-Mar)"), OBS_HEAD + obs() + obs(period="FY2025/26 (Oct-Sep)"), [3]),
    ("calendar.year_by_end", {**OBSERVATION, "calendar": {"year_starts": 10}}, OBS_HEAD + obs(period="FY2024/25"), OBS_HEAD + obs() + obs(period="FY25"), [3]),
    ("period.ambiguous", {**OBSERVATION}, OBS_HEAD + obs(period="Oct 2025"), OBS_HEAD + obs() + obs(period="2025Oct"), [3]),
    ("period.several_years", {**OBSERVATION}, OBS_HEAD + obs(period="2015/16"), OBS_HEAD + obs() + obs(period="2015/21"), [3]),
    ("period.unsupported", {**OBSERVATION}, OBS_HEAD + obs(period="2026W5"), OBS_HEAD + obs() + obs(period="2026WedW5"), [3]),
    ("value.money", {}, HEAD + GOOD, HEAD + GOOD + row(spend="a lot"), [4]),
    ("value.flag", {**TIE}, "scope,role,period,is_filled\nO1,DELIVERY_LEAD,2026-Q1,yes\n", "scope,role,period,is_filled\nO1,DELIVERY_LEAD,2026-Q1,perhaps\n", [2]),
    ("value.code", {}, HEAD + GOOD, HEAD + GOOD + row(status="17"), [4]),
    ("value.code_validity", FUNDS, FUND_HEAD + "A,2024-05-01,ISF\n", FUND_HEAD + "A,2024-05-01,ISF\nB,2023-05-01,ISF\n", [3]),
    ("unit.converted", UNITS, UNIT_HEAD + unit("20,minutes"), UNIT_HEAD + unit("20,minutes") + unit("0.5,hours"), [3]),
    ("unit.other_dimension", UNITS, UNIT_HEAD + unit("20,"), UNIT_HEAD + unit("20,") + unit("20,people"), [3]),
    ("unit.unknown", UNITS, UNIT_HEAD + unit("20,دقائق"), UNIT_HEAD + unit("20,") + unit("20,heartbeats"), [3]),
    ("value.range", {}, HEAD + GOOD, HEAD + GOOD + row(reached="-4"), [4]),
    ("value.digits", {}, HEAD + GOOD, HEAD + GOOD.replace("100.50", '"1.234,50"'), [2]),
    ("value.ambiguous_number", {}, HEAD + GOOD, HEAD + row(spend='"1.234,50"') + row(ref="D", spend='"1,234"'), [3]),
    ("value.formula_error", {}, HEAD + GOOD, HEAD + GOOD + row(spend="#DIV/0!"), [4]),
    ("file.nil", {}, HEAD + GOOD, HEAD + "nothing to report\n", [2]),
    ("file.no_rows", {}, HEAD + GOOD, HEAD, []),
    ("calendar.hijri", {}, HEAD + GOOD, HEAD + GOOD + row(start="5 رمضان 1446 هـ", end=""), [4]),
    ("name.organisation", {}, HEAD + GOOD, HEAD + GOOD + row(partner="Unheard-of Society"), [4]),
    ("name.organisation_held", column("partner", unknown="hold"), HEAD + GOOD, HEAD + GOOD + row(partner="Unheard-of Society"), [4]),
    ("name.organisation_inactive", {}, HEAD + GOOD, HEAD + GOOD + row(partner="GB-1"), [4]),
    ("name.place", {}, HEAD + GOOD, HEAD + GOOD + row(governorate="Atlantis"), [4]),
    ("name.place_inactive", {}, HEAD + GOOD, HEAD + GOOD + row(governorate="Old Town"), [4]),
    ("name.place_kept", column("place", unknown="keep"), HEAD + GOOD, HEAD + GOOD + row(governorate="Atlantis"), [4]),
    ("name.indicator", {**OBSERVATION}, OBS_HEAD + obs(), OBS_HEAD + obs() + obs(indicator="IND-99"), [3]),
    ("name.indicator_kept",
     {**OBSERVATION, "columns": [{**c, "unknown": "keep"} if c["field"] == "indicator" else c for c in OBSERVATION["columns"]]},  # type: ignore[attr-defined]
     OBS_HEAD + obs(), OBS_HEAD + obs() + obs(indicator="IND-99"), [3]),
    ("period.order", {}, HEAD + GOOD, HEAD + GOOD + row(start="2026-03-01", end="2026-02-01"), [4]),
    ("period.future", {**OBSERVATION}, OBS_HEAD + obs(), OBS_HEAD + obs() + obs(period="2026-Q4"), [3]),
    ("interval.order", {**OBSERVATION}, OBS_HEAD + obs(), OBS_HEAD + obs() + obs(place="JO-IR", value="70"), [3]),
    ("judgement.yardstick_gap", {**JUDGEMENT}, "reference,scenario,probability\nJ1,s,45\n", "reference,scenario,probability\nJ1,s,52\n", [2]),
    ("grade.ungraded", {**OBSERVATION}, OBS_HEAD + obs(), OBS_HEAD + obs() + obs(place="JO-IR", grade="F"), [3]),
    ("count.subset", {}, HEAD + GOOD, HEAD + GOOD + row(targeted="5", reached="6"), [4]),
    ("judgement.yardstick_term", FORECAST, "reference,scenario,yardstick,probability\nJ1,s,likely,60\n", "reference,scenario,yardstick,probability\nJ1,s,likely,15\n", [2]),
    ("judgement.two_schemes", SCHEMES, "reference,scenario,yardstick,icd203\nJ1,s,likely,\nJ2,s,,likely\n", "reference,scenario,yardstick,icd203\nJ1,s,likely,likely\n", [2]),
    ("judgement.confidence", RANGED, RANGE_HEAD + "J1,s,20,41,60,80\n", RANGE_HEAD + "J1,s,20,41,60,0\nJ2,s,20,41,60,120\n", [2, 3]),
    ("judgement.one_sided", RANGED, RANGE_HEAD + "J1,s,20,41,60,80\nJ2,s,,41,,\n", RANGE_HEAD + "J1,s,20,41,,80\nJ2,s,,41,60,80\nJ3,s,20,,60,80\n", [2, 3, 4]),
    ("judgement.outcome_missing", OUTCOME, "reference,scenario,resolved_on,has_occurred\nJ1,s,2026-03-31,no\nJ2,s,,\n", "reference,scenario,resolved_on,has_occurred\nJ1,s,2026-03-31,\n", [2]),
    ("judgement.effect_cells", CLAIM, "reference,tier,estimator,cells_count,status\nC1,T1,IC,4,CLAIMED\nC2,T2,IC,2,CLAIMED\n", "reference,tier,estimator,cells_count,status\nC1,T1,IC,2,CLAIMED\n", [2]),
    ("judgement.own_review", REVIEW, REVIEW_HEAD + "C1,T1,,,VALIDATED,MOD\nC2,T1,,,CLAIMED,\n", REVIEW_HEAD + "C1,T1,,,VALIDATED,HMRC\nC2,T1,,,VALIDATED,MOD\n", [2]),
    ("judgement.review_missing", REVIEW, REVIEW_HEAD + "C1,T1,,,VALIDATED,MOD\nC2,T1,,,CLAIMED,\n", REVIEW_HEAD + "C1,T1,,,VALIDATED,\nC2,T1,,,REVIEWED,\nC3,T1,,,REJECTED,MOD\n", [2, 3]),
    ("judgement.effect_outside", REVIEW, REVIEW_HEAD + "C1,T4,SCALE_UP,UNHCR,CLAIMED,\nC2,T3,,,CLAIMED,\n", REVIEW_HEAD + "C1,T4,SCALE_UP,,CLAIMED,\nC2,T4,,UNHCR,CLAIMED,\n", [2, 3]),
    ("judgement.actor_in_clear", ACTORS, ACTOR_HEAD + "ACT-01,ACCESS,2026-01-05,2\nk7f,ACCESS,2026-01-05,2\n", ACTOR_HEAD + "ACT-01,ACCESS,2026-01-05,2\nDeputy Minister 2,ACCESS,2026-01-05,2\nQasim,ACCESS,2026-01-05,2\nq1@x.jo,ACCESS,2026-01-05,2\n", [3, 4, 5]),
    ("cross.currency", part("transaction", ["reference"], "amount", "amount_currency"), "reference,amount,amount_currency\nP1,5,JOD\nP2,0,\n", "reference,amount,amount_currency\nP1,5,JOD\nP2,7,\n", [3]),
    ("cross.start_missing", {}, HEAD + GOOD + row(start="", end=""), HEAD + GOOD + row(start=""), [4]),
    ("cross.breakdown", RESULTS, PEOPLE + "A,Trained,2026-Q1,sex=f,1,60\nA,Trained,2026-Q1,sex=m,1,40\nA,Trained,2026-Q1,age=adult,1,90\n", PEOPLE + "A,Trained,2026-Q1,sex=f,1,80\nA,Trained,2026-Q1,sex=m,1,40\n", [2]),
    ("cross.coordinates_swapped", EVENTS, EVENT_HEAD + POINTS, EVENT_HEAD + POINTS + "E7,2026-01-07,35.9,31.9\n", [8]),
    ("cross.coordinates_zero", EVENTS, EVENT_HEAD + POINTS + "E7,2026-01-07,,\n", EVENT_HEAD + POINTS + "E7,2026-01-07,0,0\n", [8]),
    ("cross.coordinates_incomplete", EVENTS, EVENT_HEAD + POINTS, EVENT_HEAD + POINTS + "E7,2026-01-07,31.9,\n", [8]),
    ("cross.same_organisation", TIES, TIE_HEAD + "GB-GOV-1,GB-GOV-8,2026-Q1,3,2\n", TIE_HEAD + "GB-GOV-1,GB-GOV-1,2026-Q1,3,2\n", [2]),
    ("cross.trust_without_tie", TIES, TIE_HEAD + "GB-GOV-1,GB-GOV-8,2026-Q1,0,\n", TIE_HEAD + "GB-GOV-1,GB-GOV-8,2026-Q1,0,2\n", [2]),
    ("cross.role_without_holder", ROLES, "scope,role,period,organisation,is_filled\nO1,DELIVERY_LEAD,2026-Q1,GB-GOV-1,yes\nO1,SRO_COUNTRY,2026-Q1,,no\n", "scope,role,period,organisation,is_filled\nO1,DELIVERY_LEAD,2026-Q1,,yes\n", [2]),
    ("cross.score_without_scheme", SCORES, "reference,result_indicator,period,score_scheme,score_code\nA,Review,2025/26,FCDO_AR,A+\n", "reference,result_indicator,period,score_scheme,score_code\nA,Review,2025/26,,A+\n", [2]),
    ("cross.reference", SPENDING, SPENT % "A", SPENT % "X", [2]),
    ("row.unknown_group", GROUPS, "reference,releasable_to\nA,HMG;PARTNERS\nB,\nC,ORIGINATOR\n", "reference,releasable_to\nA,HMG\nB,HMG; PARTNRES\n", [3]),
    ("bounds.rows_few", {"bounds": {"rows": [2, 5]}}, HEAD + GOOD, HEAD + row(), []),
    ("bounds.rows_many", {"bounds": {"rows": [1, 2]}}, HEAD + GOOD, HEAD + GOOD + row(), []),
    ("bounds.filled", {"bounds": {"filled": {"partner": 0.9}}}, HEAD + GOOD, HEAD + GOOD + row(partner=""), []),
    ("bounds.held_rate", {"bounds": {"held_rate": 0.2}}, HEAD + GOOD, HEAD + GOOD + row(ref=""), []),
]  # fmt: skip
ELSEWHERE = {
    "bounds.removal": "tests/system/histories/test_half_a_file.py: a truncated file waits and what is known stays",
    "bounds.magnitude": "tests/unit/ingest/records/test_magnitude.py: a file that is wholly a hundredth of the usual waits",
    "heading.changing_key": "tests/unit/ingest/shape/test_edited_records.py: a key that edits change is told",
    "row.deleted_unknown": "tests/unit/ingest/records/test_deletions.py: a deletion of what never came is told",
    "share.sum": "tests/unit/ingest/read/iati/test_read_iati.py: shares that do not add up are reported",
    "iati.schema": "tests/unit/ingest/read/iati/test_iati_conformance.py: test_a_break_of_the_schema_has_the_name_that_xml_schema_gives_it",
    "iati.codelist": "tests/unit/ingest/read/iati/test_iati_conformance.py: test_a_code_outside_its_codelist_is_named_by_list_and_path",
    "iati.published_codelist": "tests/unit/ingest/read/iati/test_iati_conformance.py: test_a_code_outside_its_codelist_is_named_by_list_and_path",
    "iati.version": "tests/unit/ingest/read/iati/test_iati_conformance.py: test_a_version_that_is_missing_or_unknown_is_said",
    "iati.link": "tests/unit/ingest/read/iati/test_iati_links.py: test_links_are_read_and_what_is_none_is_named_and_left_out",
    "iati.more": "tests/unit/ingest/read/iati/test_iati_conformance.py: test_ten_thousand_violations_are_few_findings",
    "iati.unchecked": "tests/unit/ingest/read/iati/test_iati_conformance.py: test_where_no_standard_is_at_hand_one_finding_says_so",
    "choice.unknown": "tests/unit/ingest/contract/test_contract_codebook.py: an answer that the form does not offer",
    "template.outdated": "tests/component/feedback/test_report_template.py: a template of an earlier form",
    "template.other_source": "tests/component/feedback/test_report_template.py: one of another source is refused",
    "period.locked": "tests/component/store/test_locks.py: a closed period stays as it was",
    "held.unknown_row": "tests/component/store/test_corrections.py: a line that names no row on record is held",
    "held.released": "tests/component/store/test_corrections.py: a line about a row that is in use replaces it",
    "held.repeated": "tests/component/store/test_corrections.py: the same correction twice is nothing new",
    "held.left_out": "tests/component/store/test_corrections.py: a line may be left out",
    "held.same_row": "tests/component/store/test_corrections.py: two lines for one row are both held",
    "cross.reference_unseen": "tests/unit/ingest/contract/test_contract_history.py: a reference that no earlier file explains",
    "history.outlier": "tests/unit/ingest/contract/test_contract_history.py: one value far from the usual",
    "history.unit": "tests/unit/ingest/contract/test_contract_history.py: a value in another unit",
    "history.sign": "tests/unit/ingest/contract/test_contract_history.py: a changed sign",
    "history.copy": "tests/unit/ingest/contract/test_contract_history.py: the last period sent again",
    "file.name_pattern": "tests/system/commands/test_cli_inbox.py: test_a_name_that_does_not_fit_is_said_and_not_placed",
    "file.protective_marking": "tests/system/runs/test_operate_run.py: a refused file stops only its own source",
    "file.name_period": "tests/unit/ingest/judge/test_name_period.py: no row is about the period of the name, or many about later days",
    "file.incomplete": "tests/unit/ingest/whole/test_incomplete.py: every row of such a file is held",
    "file.sheet_missing": "tests/unit/ingest/judge/test_rules.py: test_a_sheet_that_is_missing_is_named",
    "file.other_source": "tests/unit/ingest/judge/test_rules.py: test_a_misdirected_file_names_its_source",
    "file.too_large": "tests/unit/ingest/read/test_read_limits.py: test_each_limit_refuses_the_file",
    "file.other_kind": "tests/unit/ingest/read/test_read_other_kinds.py: test_another_kind_is_read_and_said",
    "file.quoting": "tests/unit/ingest/read/text/test_read_damage.py: test_backslashes_before_quotation_marks",
    "file.member_unused": "tests/unit/ingest/read/archive/test_read_archive.py: test_members_without_data_are_named",
    "file.member_unreadable": "tests/unit/ingest/read/archive/test_read_archive.py: test_a_broken_member_leaves_the_others",
    "file.member_name": "tests/unit/ingest/read/archive/test_read_archive.py: test_names_that_lead_astray_are_cleaned",
    "value.percent": "tests/unit/ingest/stated/test_percentages.py: test_what_takes_no_percentage_is_held",
    "value.percent_scale": "tests/unit/ingest/stated/test_percentages.py: test_a_percentage_says_its_own_scale",
    "unit.in_cell": "tests/unit/ingest/stated/test_percentages.py: test_a_cell_counts_before_the_column_of_units",
    "value.date_without_day": "tests/unit/ingest/stated/test_months.py: test_no_day_is_made_up",
    "value.dates_mixed": "tests/unit/ingest/stated/test_dates_in_one_form.py: test_a_column_that_parses_only_mixed_is_held",
    "value.date_form": "tests/unit/ingest/stated/test_dates_in_one_form.py: test_a_column_in_one_other_form_is_read_so",
    "value.currency": "tests/unit/ingest/stated/test_currencies_stated.py: test_a_cell_that_names_another_currency",
    "value.currency_unclear": "tests/unit/ingest/stated/test_currencies_stated.py: test_a_sign_of_several_currencies_is_held",
    "value.scale": "tests/unit/ingest/stated/test_headings_state.py: test_a_scale_in_a_heading",
    "unit.in_heading": "tests/unit/ingest/stated/test_headings_state.py: test_the_unit_of_the_row_counts_before_that_of_the_heading",
    "row.damaged": "tests/unit/ingest/read/text/test_read_damage.py: test_a_quotation_mark_that_is_never_closed_holds_its_row",
    "row.total": "tests/unit/ingest/read/test_read_rows.py: test_totals_are_held",
    "row.total_unnamed": "tests/unit/ingest/whole/test_total_rows.py: test_figures_that_sum_up_the_rows_above",
    "row.sum": "tests/unit/ingest/whole/test_total_rows.py: test_figures_that_sum_up_the_rows_above",
    "row.repeated_heading": "tests/unit/ingest/read/test_read_rows.py: test_repeated_headings_are_passed_over",
    "row.control_characters": "tests/unit/ingest/read/test_read_rows.py: test_hidden_characters_are_reported",
    "sheet.hidden": "tests/unit/ingest/read/workbook/test_read_workbook_sheets.py: test_a_hidden_sheet_is_reported_where_it_is_read",
    "sheet.not_read": "tests/unit/ingest/read/workbook/test_sheets_not_read.py: test_every_other_sheet_with_the_headings_is_named",
    "sheet.hidden_rows": "tests/unit/ingest/read/workbook/test_read_workbook_sheets.py: test_hidden_rows_are_read_and_reported",
    "sheet.filtered_rows": "tests/unit/ingest/read/workbook/test_read_workbook_sheets.py: test_rows_hidden_by_a_filter_are_read_and_reported",
    "sheet.hidden_columns": "tests/unit/ingest/read/workbook/test_read_workbook_sheets.py: test_hidden_columns_are_reported_where_they_are_read",
    "sheet.merged_cells": "tests/unit/ingest/read/workbook/test_read_workbook_sheets.py: test_merged_labels_stand_in_each_row_and_numbers_only_in_the_first",
    "sheet.formula_without_value": "tests/unit/ingest/read/workbook/test_read_workbook_sheets.py: test_a_formula_without_a_value_is_an_error_where_it_is_read",
    "sheet.macros": "tests/unit/ingest/read/workbook/test_read_workbook_sheets.py: test_values_from_other_workbooks_and_macros_are_advisories",
    "sheet.external_links": "tests/unit/ingest/read/workbook/test_read_workbook_sheets.py: test_values_from_other_workbooks_and_macros_are_advisories",
}
