"""Files of warning rules: what is refused, and that each problem names what is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from idtracker.model.config.json_schema import warning_json_schema
from idtracker.model.warnings.load import SHIPPED, Known, load_rules, places_of, side_of
from idtracker.model.warnings.rule import Rule
from idtracker.model.warnings.words import words_of

KNOWN = Known(
    frozenset({"STABILITY", "BSF3"}),
    {"BSF3-FATAL": "above"},
    frozenset({"BSF3-FATAL"}),
    {"JO": "country", "JO-MA": "adm1", "JO-AQ": "adm1"},
)
SOUND = """\
title: {en: Deaths, ar: قتلى}
on: {indicator: BSF3-FATAL}
level: adm1
when: {kind: deterioration, over: 4, by_share: 1}
outcome: {above: 5, within: 2}
"""


def load(tmp_path: Path, text: str) -> tuple[dict[str, Rule], list[str]]:
    folder = tmp_path / "_warnings"
    folder.mkdir(exist_ok=True)
    (folder / "deaths.yml").write_text(text, encoding="utf-8")
    rules = load_rules(tmp_path, KNOWN)
    return rules.sound, rules.wrong.get("deaths", [])


def test_every_shipped_rule_is_sound_for_the_bundled_method(tmp_path: Path) -> None:
    rules = load_rules(tmp_path, KNOWN)
    assert set(rules.sound) == {path.stem for path in SHIPPED.glob("*.yml")} and not rules.problems


def test_a_sound_rule_takes_its_side_and_places_from_the_register(tmp_path: Path) -> None:
    sound, problems = load(tmp_path, SOUND)
    assert not problems
    rule = sound["deaths"]
    assert side_of(rule, KNOWN) == "above" and places_of(rule, KNOWN) == ["JO-MA", "JO-AQ"]
    assert "rose by more than 100% of what it was over 4 quarters" in " ".join(words_of(rule, "above"))


@pytest.mark.parametrize(
    ("when", "english", "arabic"),
    [
        ("{kind: threshold, level: 3.5}", "the value lies above 3.5", "تقع القيمة فوق 3.5"),
        ("{kind: deterioration, over: 1, by: 2}", "rose by more than 2 over one quarter", "بأكثر من 2 خلال ربع واحد"),
        ("{kind: change_point}", "became higher (Pettitt's test, p below 0.1", "أعلى (اختبار بيتيت، p أقل من 0.1"),
        ("{kind: probability, level: 40, at_least: 0.8}", "the value lies above 40 is at least 80%", "فوق 40 عن 80%"),
        (
            "{kind: probability, by: 3, over: 2, at_least: 0.8}",
            "it rose by more than 3 over 2 quarters",
            "بأكثر من 3 خلال ربعين",
        ),
    ],
)
def test_a_rule_is_said_in_both_languages(tmp_path: Path, when: str, english: str, arabic: str) -> None:
    sound, problems = load(tmp_path, SOUND.replace("{kind: deterioration, over: 4, by_share: 1}", when))
    assert not problems
    for lang, part in (("en", english), ("ar", arabic)):
        said = words_of(sound["deaths"], "above", lang)  # type: ignore[arg-type]
        assert len(said) == 4 and part in said[1], said


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("BSF3-FATAL", "BSF3-DEATHS", "there is no indicator `BSF3-DEATHS`"),
        ("{indicator: BSF3-FATAL}", "{node: BSF9}", "there is no node `BSF9`"),
        ("level: adm1", "places: [JO-XX]", "the tracker has no place `JO-XX`"),
        ("{above: 5,", "{indicator: BSF3-X, above: 5,", "there is no indicator `BSF3-X`"),
        ("level: adm1", "levl: adm1", "levl"),
        ("over: 4", "ovr: 4", "ovr"),
        ("kind: deterioration", "kind: decline", "kind"),
        ("by_share: 1", "by_share: 1, by: 2", "name either `by` or `by_share`"),
        ("above: 5, ", "", "name one of `below`, `above`, `falls_by`, `rises_by`"),
        ("level: adm1", "level: adm1\naccepted_by: the desk", "`accepted_by`, `because` and `until` go together"),
        ("within: 2", "within: 0", "at least 1"),
    ],
)
def test_a_problem_names_the_file_and_what_is_wrong(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in SOUND
    sound, problems = load(tmp_path, SOUND.replace(old, new))
    assert "deaths" not in sound
    assert any(named in line and "_warnings/deaths.yml" in line for line in problems), problems


def test_a_signature_ends_on_its_day(tmp_path: Path) -> None:
    text = f"{SOUND}accepted_by: the desk\nbecause: nobody else watches it\nuntil: 2026-06-30\n"
    rule = load(tmp_path, text)[0]["deaths"]
    assert rule.signed_on(date(2026, 6, 30)) and not rule.signed_on(date(2026, 7, 1))
    assert not load(tmp_path, SOUND)[0]["deaths"].signed_on(date(2026, 6, 30))


def test_the_schema_refuses_unknown_keys_and_explains_each() -> None:
    schema = warning_json_schema()
    assert schema["additionalProperties"] is False
    assert all("description" in body for body in schema["properties"].values())
