"""The rule catalogue is complete in both languages, and an entry that is not is refused with its name."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest

from idtracker.model.findings import Findings, column_label, rule, rules
from idtracker.model.findings.rules import entry_problems, severity_consequence
from idtracker.model.messages import fields_in, read_entries

SOUND: dict[str, Any] = {
    "severity": "error",
    "dimension": "validity",
    "en": "{column} is wrong.",
    "ar": "العمود {column} خطأ.",
    "remedy_en": "Correct it.",
    "remedy_ar": "صححه.",
    "valid": "1",
    "invalid": "x",
}


def files() -> dict[str, bytes]:
    folder = resources.files("idtracker.model.findings") / "catalogue"
    return {f.name.removesuffix(".yml"): f.read_bytes() for f in folder.iterdir() if f.name.endswith(".yml")}


@pytest.mark.parametrize("family", sorted(files()))
def test_every_entry_of_a_family_is_complete(family: str) -> None:
    assert list(entry_problems(family, read_entries(files()[family]))) == []


def test_every_rule_follows_from_a_file_and_says_what_it_is_in_both_languages() -> None:
    for found in rules().values():
        for said in (found.text, found.remedy):
            assert any("\u0600" <= c <= "\u06ff" for c in said["ar"]), found.id
            assert not any("\u0600" <= c <= "\u06ff" for c in said["en"]), found.id
            assert said["en"].endswith(".") and said["ar"].endswith("."), found.id
        assert found.valid != found.invalid, found.id
        assert found.consequence_in("ar") == severity_consequence(found.severity, "ar") != found.consequence_in("en")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"remedy_ar": None}, "v.x: `remedy_ar`: expected text"),
        ({"valid": ...}, "v.x: `valid` is missing"),
        ({"colour": "red"}, "v.x: `colour` is not known"),
        ({"severity": "fatal"}, "v.x: `severity`: expected one of critical, error, warning, advisory; got `fatal`"),
        ({"dimension": "beauty"}, "v.x: `dimension`: expected one of"),
        ({"waivable": "perhaps"}, "v.x: `waivable`: expected true or false"),
        ({"ar": "خطأ."}, "v.x: `en` and `ar` do not have the same words in braces"),
    ],
)
def test_an_entry_that_is_not_complete_is_named(change: dict[str, Any], problem: str) -> None:
    body = {k: v for k, v in {**SOUND, **change}.items() if v is not ...}
    assert problem in "\n".join(entry_problems("v", [("v.x", body)]))


def test_an_entry_in_the_wrong_file_or_given_twice_is_named() -> None:
    entries = read_entries(b"v.x: {en: a}\nw.y: {en: b}\nv.x: {en: c}\n")
    problems = "\n".join(entry_problems("v", entries))
    assert "w.y: expected a name that begins with `v.`" in problems
    assert "v.x: stands more than once" in problems


def test_a_sound_entry_has_no_problem() -> None:
    assert list(entry_problems("v", [("v.x", {**SOUND, "waivable": True})])) == []


def test_the_words_of_a_rule_are_filled_in_the_language_of_the_reader() -> None:
    findings = Findings()
    findings.add("value.range", column="@name.period", rows=[2], bounds="at least 0", bounds_ar="0 على الأقل")
    (group,) = findings
    assert group.message("en") == "The value in “period in the file name” is outside the bounds: at least 0."
    assert "الفترة في اسم الملف" in group.message("ar") and "0 على الأقل" in group.message("ar")
    assert list(findings.to_frame()["column"]) == ["period in the file name"]


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("heading", ["@sheet", "@file", "@row", "@name.period", "@name.wave"])
def test_a_virtual_heading_is_told_in_words(heading: str, lang: str) -> None:
    assert "@" not in column_label(heading, lang)
    assert column_label("#adm1+code", lang) == "#adm1+code"


def test_the_words_in_braces_are_known_by_name() -> None:
    assert fields_in(rule("value.code").text["en"]) == {"column", "codelist", "allowed"}
