"""Codes and indicators: spellings in two languages, validity, grades that cannot be judged, the yardstick."""

from __future__ import annotations

import pandas as pd
import pytest
from resolving_cases import Resolving, groups, listed, rules

from idtracker.ingest.resolve.yardstick import BANDS, band_of
from idtracker.model.errors import DefinitionError
from idtracker.model.register.register import Register


@pytest.mark.parametrize(
    ("scheme", "typed", "expected"),
    [
        ("activity_status", "2", "2"),
        ("activity_status", "٢", "2"),
        ("activity_status", "Implementation", "2"),
        ("activity_status", "قيد التنفيذ", "2"),
        ("activity_status", "Post-completion", "4"),
        ("kpq_answer", "yes", "YES"),
        ("kpq_answer", "جزئياً", "PARTLY"),
        ("kpq_answer", "جزئيا", "PARTLY"),
        ("organisation_role", "implementing", "4"),
        ("organisation_role", "joint_analyst", "JOINT_ANALYST"),
        ("transaction_type", "D", "3"),
        ("classification", "Official-Sensitive", "OFFICIAL-SENSITIVE"),
        ("tlp", "TLP:WHITE", "CLEAR"),
        ("tlp", "white", "CLEAR"),
        ("tlp", "TLP:AMBER+STRICT", "AMBER+STRICT"),
        ("phia_yardstick", "P4", "P4"),
        ("phia_yardstick", "Realistic possibility", "P4"),
        ("phia_yardstick", "probable", "P5"),
        ("phia_yardstick", "likely / probable (55-75 %)", "P5"),
        ("phia_yardstick", "شبه مؤكد", "P7"),
        ("effect_tier", "T1", "T1"),
        ("dimension", "Inclusive economic development", "BSF2"),
    ],
)
def test_codes_are_found_by_code_label_and_reviewed_spelling(
    resolve_column: Resolving, scheme: str, typed: str, expected: str
) -> None:
    resolved = resolve_column([typed], "code", codelist=scheme)
    assert listed(resolved.frame["thing"]) == [expected]
    assert rules(resolved) == []


def test_an_unknown_code_is_reported_with_what_is_allowed_and_the_nearest(resolve_column: Resolving) -> None:
    resolved = resolve_column(["VALIDATED", "validatd", None, "soup"], "code", codelist="claim_status")
    assert listed(resolved.frame["thing"]) == ["VALIDATED", None, None, None]
    (group,) = groups(resolved, "value.code")
    assert group.rows == [3, 5]
    assert group.suggestions == ["VALIDATED", None]
    assert group.details["codelist"] == "claim_status"
    assert group.details["allowed"] == "CLAIMED, REVIEWED, VALIDATED, REJECTED"
    assert "CLAIMED, REVIEWED" in group.message() and "CLAIMED، REVIEWED" in group.message("ar")


def test_long_lists_are_cut_and_bare_numbers_explained(resolve_column: Resolving) -> None:
    (group,) = groups(resolve_column(["99"], "code", codelist="transaction_type"), "value.code")
    assert group.details["allowed"].startswith("1 (Incoming funds), 2 (Outgoing commitment)")
    assert group.details["allowed"].endswith("12 (Outgoing pledge)…")
    assert "Incoming funds" not in group.message("ar")


def test_tlp_knows_no_other_labels(resolve_column: Resolving) -> None:
    assert rules(resolve_column(["EX:CHR", "UNCLEAR"], "code", codelist="tlp")) == ["value.code"]


def test_a_code_outside_its_validity_is_none_and_says_when_it_is_one(resolve_column: Resolving) -> None:
    days = ["2024-03-31", "2024-04-01", None]
    resolved = resolve_column(["ISF", "ISF", "ISF"], "code", days, codelist="fund")
    assert listed(resolved.frame["thing"]) == [None, "ISF", "ISF"]
    (group,) = groups(resolved, "value.code_validity")
    assert group.rows == [2]
    assert group.details["validity"] == "from 2024-04-01" and "2024-03-31: CSSF" in group.message()
    assert "من 2024-04-01" in group.message("ar")
    assert rules(resolved) == ["value.code_validity"]


def test_review_scores_belong_to_their_scheme(resolve_column: Resolving) -> None:
    assert listed(resolve_column(["A+"], "code", codelist="CSSF_AR_V1").frame["thing"]) == ["A+"]
    assert listed(resolve_column(["3"], "code", codelist="CSSF_AR_V2").frame["thing"]) == ["3"]
    assert rules(resolve_column(["3"], "code", codelist="CSSF_AR_V1")) == ["value.code"]
    assert rules(resolve_column(["A+"], "code", codelist="CSSF_AR_V2")) == ["value.code"]


@pytest.mark.parametrize(("scheme", "graded", "ungraded"), [
    ("source_reliability", "B", "F"), ("information_credibility", "2", "6"),
])  # fmt: skip
def test_grades_that_cannot_be_judged_are_kept_and_warned_about(
    resolve_column: Resolving, scheme: str, graded: str, ungraded: str
) -> None:
    resolved = resolve_column([graded, ungraded, None], "code", codelist=scheme)
    assert listed(resolved.frame["thing"]) == [graded, ungraded, None]
    assert groups(resolved, "grade.ungraded")[0].rows == [3]
    assert rules(resolve_column([graded], "code", codelist=scheme)) == []


def test_ungraded_has_no_rank(register: Register) -> None:
    lists = register.codelists.set_index(["scheme", "code"])["rank"]
    assert pd.isna(lists["source_reliability", "F"])
    assert pd.isna(lists["information_credibility", "6"])
    assert lists["source_reliability", "A"] == 1


def test_percentages_become_terms_and_gaps_are_reported(resolve_column: Resolving) -> None:
    resolved = resolve_column(["52%", "60 %", "٨٥٪", "120%", "60"], "code", codelist="phia_yardstick")
    assert listed(resolved.frame["thing"]) == ["P4", "P5", "P6", None, None]
    assert groups(resolved, "judgement.yardstick_gap")[0].rows == [2]
    assert groups(resolved, "value.code")[0].rows == [5, 6]
    assert "judgement.yardstick_gap" not in rules(resolve_column(["60 %"], "code", codelist="phia_yardstick"))


@pytest.mark.parametrize(
    ("probability", "code", "in_gap"),
    [(0, "P1", False), (5, "P1", False), (7, "P1", True), (9, "P2", True), (20, "P2", False), (22.5, "P3", True),
     (35, "P3", False), (49.9, "P4", False), (50, "P4", True), (52, "P4", True), (53, "P5", True), (52.5, "P4", True),
     (55, "P5", False), (77, "P5", True), (80, "P6", False), (93, "P7", True), (100, "P7", False)],
)  # fmt: skip
def test_every_probability_has_a_band(probability: float, code: str, in_gap: bool) -> None:
    band, is_gap = band_of(probability)
    assert (band.code, is_gap) == (code, in_gap)


def test_what_is_no_probability_has_no_band() -> None:
    with pytest.raises(ValueError, match="not a probability"):
        band_of(101)


def test_yardstick_and_codelist_say_the_same(register: Register) -> None:
    labels = register.codelists.query("scheme == 'phia_yardstick'").set_index("code")["label_en"]
    assert list(labels.index) == [band.code for band in BANDS]
    for band in BANDS:
        between = f"{band.low:g} to under {band.high:g}" if band.is_open else f"{band.low:g}-{band.high:g}"
        assert labels[band.code] == f"{band.term} ({between} %)"


def test_a_codelist_that_does_not_exist_is_a_mistake_of_the_definition(resolve_column: Resolving) -> None:
    with pytest.raises(DefinitionError, match="codelist `colour` does not exist; expected one of"):
        resolve_column(["red"], "code", codelist="colour")


def test_a_code_field_without_a_codelist_is_left_alone(resolve_column: Resolving) -> None:
    resolved = resolve_column(["anything"], "code")
    assert listed(resolved.frame["thing"]) == ["anything"]


@pytest.mark.parametrize("typed", ["BSF2-UNEMP", "bsf2-unemp", "Unemployment  rate", "معدّل البطالة"])
def test_indicators_are_found_by_identifier_and_name(resolve_column: Resolving, typed: str) -> None:
    resolved = resolve_column([typed], "indicator")
    assert listed(resolved.frame["thing_id"]) == ["BSF2-UNEMP"]
    assert rules(resolved) == []


def test_an_unknown_indicator_holds_the_row_unless_it_is_to_be_kept(resolve_column: Resolving) -> None:
    held = resolve_column(["Unemployment rates", "Security events"], "indicator")
    assert listed(held.frame["thing_id"]) == [None, "BSF3-EVENTS"]
    (group,) = groups(held, "name.indicator")
    assert (group.rows, group.suggestions) == ([2], ["Unemployment rate"])
    kept = resolve_column(["VA.EST", "Security events"], "indicator", unknown="keep", scheme="wgi")
    assert listed(kept.frame["thing_id"]) == ["wgi:VA.EST", "BSF3-EVENTS"]
    assert rules(kept) == ["name.indicator_kept"]
