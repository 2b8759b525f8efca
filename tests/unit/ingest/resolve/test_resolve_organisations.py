"""Organisations: identifiers, codes, names, mergers, provisional identifiers."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resolving_cases import Resolving, groups, listed, rules

from idtracker.ingest.resolve.organisations import organisations_named, provisional_id
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names, ReviewedName
from idtracker.model.text import fold


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("GB-GOV-11", "GB-GOV-11"),
        ("gb-gov-11", "GB-GOV-11"),
        ("HMRC", "GB-GOV-11"),
        ("  hm revenue   and customs ", "GB-GOV-11"),
        ("HM Revenue & Customs", "GB-GOV-11"),
        ("هيئة الإيرادات والجمارك البريطانية", "GB-GOV-11"),
        ("المفوضية السامية للأمم المتحدة لشؤون اللاجئين", "XM-DAC-41121"),
        ("اليُونيسف", "XM-DAC-41122"),
        ("XM-DAC-928", "XM-DAC-41143"),
        ("GB-6", "GB-GOV-6"),
    ],
)
def test_known_organisations_are_found_by_identifier_or_name(
    resolve_column: Resolving, typed: str, expected: str
) -> None:
    resolved = resolve_column([typed], "organisation")
    assert listed(resolved.frame["thing_id"]) == [expected]
    assert listed(resolved.frame["thing"]) == [typed]
    assert rules(resolved) == []


def test_a_text_that_names_an_organisation_in_passing_says_which(register: Register) -> None:
    texts = ["unhcr", "المفوضية السامية للأمم المتحدة لشؤون اللاجئين", "WHO / منظمة الصحة العالمية", "A feed", None]
    found = organisations_named(pd.Series(texts, dtype="str"), register, Names())
    assert listed(found) == ["XM-DAC-41121", "XM-DAC-41121", "XM-DAC-41143", None, None]
    reviewed = Names(
        (ReviewedName("organisation", "A feed", "GB-GOV-6", "data team", date(2026, 1, 1), "names.csv:2"),)
    )
    assert listed(organisations_named(pd.Series(texts[3:4], dtype="str"), register, reviewed)) == ["GB-GOV-6"]


def test_a_code_counts_only_in_the_scheme_of_its_column(resolve_column: Resolving) -> None:
    assert listed(resolve_column(["41114"], "organisation", scheme="xm-dac").frame["thing_id"]) == ["XM-DAC-41114"]
    without = resolve_column(["41114"], "organisation")
    assert rules(without) == ["name.organisation"]


def test_one_name_of_successive_organisations_means_the_one_of_the_day(resolve_column: Resolving) -> None:
    days = ["2020-09-01", "2020-09-02", "2019-01-01", "2026-03-31"]
    resolved = resolve_column(["British Embassy Amman"] * 4, "organisation", days)
    assert listed(resolved.frame["thing_id"]) == ["GB-GOV-3", "GB-GOV-1", "GB-GOV-3", "GB-GOV-1"]
    assert rules(resolved) == []


def test_without_a_day_the_publisher_goes_before_the_latest(resolve_column: Resolving) -> None:
    latest = resolve_column(["UK aid"], "organisation", publisher="GB-GOV-8")
    own = resolve_column(["UK aid"], "organisation", publisher="GB-1")
    assert listed(latest.frame["thing_id"]) == ["GB-GOV-1"]
    assert listed(own.frame["thing_id"]) == ["GB-1"]


def test_an_organisation_outside_its_life_is_kept_with_a_warning(resolve_column: Resolving) -> None:
    resolved = resolve_column(
        ["DFID", "DFID", "FCDO", "DFID"], "organisation", ["2020-09-01", "2020-09-02", "2018-05-01", None]
    )
    assert listed(resolved.frame["thing_id"]) == ["GB-1", "GB-1", "GB-GOV-1", "GB-1"]
    found = {g.details["validity"]: g for g in groups(resolved, "name.organisation_inactive")}
    assert found["… – 2020-09-01"].rows == [3]
    assert found["… – 2020-09-01"].suggestions == ["Foreign, Commonwealth & Development Office"]
    assert found["2020-09-02 – …"].rows == [4]
    assert rules(resolved) == ["name.organisation_inactive"] * 2


def test_a_fund_that_was_replaced_points_to_its_successor(resolve_column: Resolving) -> None:
    resolved = resolve_column(["CSSF", "CSSF"], "organisation", ["2024-03-31", "2024-04-01"])
    (group,) = groups(resolved, "name.organisation_inactive")
    assert (group.rows, group.suggestions) == ([3], ["UK Integrated Security Fund"])


def test_unknown_organisations_are_kept_under_provisional_identifiers(resolve_column: Resolving) -> None:
    typed = ["Green Valley Society", None, "HMRCC", "GB-COH-07654321", "Green  valley society"]
    resolved = resolve_column(typed, "organisation")
    ids = listed(resolved.frame["thing_id"])
    assert ids == [
        "XX-LOCAL-GREEN-VALLEY-SOCIETY",
        None,
        "XX-LOCAL-HMRCC",
        "GB-COH-07654321",
        "XX-LOCAL-GREEN-VALLEY-SOCIETY",
    ]
    (group,) = groups(resolved, "name.organisation")
    assert group.rows == [2, 4, 5, 6]
    assert (group.column, group.position, group.sheet) == ("Thing", 3, "Sheet1")
    assert group.suggestions[1] == "HMRC"
    assert group.suggestions[0] is None


def test_a_near_name_is_suggested_and_never_matched(resolve_column: Resolving) -> None:
    resolved = resolve_column(["Norwegian Refuge Council"], "organisation")
    assert listed(resolved.frame["thing_id"]) == ["XX-LOCAL-NORWEGIAN-REFUGE-COUNCIL"]
    assert groups(resolved, "name.organisation")[0].suggestions == ["Norwegian Refugee Council"]


def test_a_short_abbreviation_gets_no_suggestion(resolve_column: Resolving) -> None:
    assert groups(resolve_column(["DE", "UNHC"], "organisation"), "name.organisation")[0].suggestions == [None, "UNHCR"]


def test_unknown_organisations_hold_the_row_where_the_source_says_so(resolve_column: Resolving) -> None:
    resolved = resolve_column(["UNDP", "Green Valley Society"], "organisation", unknown="hold")
    assert listed(resolved.frame["thing_id"]) == ["XM-DAC-41114", None]
    (group,) = groups(resolved, "name.organisation_held")
    assert (group.rows, group.values) == ([3], ["Green Valley Society"])
    assert rules(resolve_column(["UNDP"], "organisation", unknown="hold")) == []


def test_ministries_of_other_countries_are_not_taken_for_jordans(resolve_column: Resolving) -> None:
    resolved = resolve_column(["Ministry of Health", "Ministry of Health, Jordan"], "organisation")
    assert listed(resolved.frame["thing_id"]) == ["XX-LOCAL-MINISTRY-OF-HEALTH", "XX-LOCAL-JO-MOH"]


@given(st.text(min_size=1))
def test_a_provisional_identifier_is_short_plain_and_repeatable(text: str) -> None:
    made = provisional_id(text)
    if re.match(r"^[A-Z]{2}-[A-Z0-9]{2,6}-.+", text):
        assert made == text
        return
    assert made == provisional_id(f" {text} ") or fold(text) != fold(f" {text} ")
    assert re.fullmatch(r"XX-LOCAL-[A-Z0-9]+(-[A-Z0-9]+)*", made)
    assert len(made) <= 60


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_different_names_have_different_provisional_identifiers(one: str, other: str) -> None:
    if fold(one) != fold(other):
        assert provisional_id(one) != provisional_id(other)


def test_arabic_and_overlong_names_carry_a_mark() -> None:
    arabic = provisional_id("جمعية الوفاء")
    assert re.fullmatch(r"XX-LOCAL-[0-9A-F]{8}", arabic)
    assert arabic == provisional_id("جمعيّة الوفاء")
    long = provisional_id("Association " * 12)
    assert re.fullmatch(r"XX-LOCAL-(ASSOCIATION-)+[A-Z-]*[0-9A-F]{8}", long)
