"""What reporting officers read, in both languages, never speaks of definitions: those are the data team's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import pytest

from idtracker.model.findings import rules
from idtracker.model.messages import LANGS, Lang, read_entries

PLACES = (
    "feedback/messages/answer",
    "feedback/messages/annotate",
    "feedback/messages/template",
    "model/findings/messages/findings",
    "ingest/judge/messages/rules",
    "ingest/judge/messages/correction",
    "ingest/read/messages/reading",
    "ingest/shape/messages/values",
    "ingest/resolve/messages/codes",
)
OFFERED = {"`--json`", "`--html`", "`idtracker check … --json`"}
"""What an officer may type to read more of the answer itself."""
SPOKEN_OF_DEFINITIONS = re.compile(
    r"`[^`]*`|\w+\.(?:yml|yaml|csv|py)\b|\b(?:YAML|regex|codebook|unpivot)\b|\b(?:un)?map(?:s|ped|ping)?\b"
    r"|\bdefinitions?\b|\b[a-z]+_[a-z_]+\b|تعريف المصدر|التعريف"
)
"""Quoted keys, names of files, and every key of two words; `map` and `definition` also unquoted."""
PLURAL_VOICE = re.compile(r"\b\w*[^\W\d_]{2}(?:وا)\b|\b(?:لديكم|تقريركم|ملفكم|لكم|عليكم|إجراءاتكم|منكم)\b")


def texts(lang: Lang) -> Iterator[tuple[str, str]]:
    """(where, text) of everything that is said to an officer."""
    for rule in rules().values():
        yield f"{rule.id}", rule.text[lang]
        yield f"{rule.id}: remedy", rule.remedy[lang]
    for place in PLACES:
        for name, body in read_entries((resources.files("idtracker") / f"{place}.yml").read_bytes()):
            forms = body[lang] if isinstance(body[lang], dict) else {"": body[lang]}
            yield from ((f"{place}: {name}", str(text)) for text in forms.values())
    notes = dict(read_entries((resources.files("idtracker") / "feedback/messages/held.yml").read_bytes()))["notes"]
    yield "feedback/messages/held: notes", notes[lang]


def spoken(text: str) -> str:
    """The text without the words in braces, which are filled in, and without what an officer may type."""
    for typed in OFFERED:
        text = text.replace(typed, "")
    return re.sub(r"\{\w+\}", "", text)


@pytest.mark.parametrize("lang", LANGS)
def test_no_text_for_officers_speaks_of_definitions(lang: Lang) -> None:
    said = {where: found for where, text in texts(lang) if (found := SPOKEN_OF_DEFINITIONS.findall(spoken(text)))}
    assert said == {}


@pytest.mark.parametrize(
    "text", ["add it to the `map` of the column", "declare skip_rows", "see names.csv", "the mapped heading"]
)
def test_a_slip_would_be_found(text: str) -> None:
    assert SPOKEN_OF_DEFINITIONS.search(spoken(text))


def test_no_text_for_officers_names_a_rule() -> None:
    named = re.compile("|".join(rf"\b{re.escape(rule_id)}\b" for rule_id in rules()))
    for lang in LANGS:
        assert {where: text for where, text in texts(lang) if named.search(text)} == {}


def test_officers_are_spoken_to_in_one_way() -> None:
    """Arabic: the imperative of one person, everywhere; English: without `please` among the remedies."""
    assert {where: found for where, text in texts("ar") if (found := PLURAL_VOICE.findall(text))} == {}
    assert [where for where, text in texts("en") if "please " in text] == []


def test_what_the_data_team_does_is_said_in_both_languages_and_apart() -> None:
    told = [rule for rule in rules().values() if rule.team]
    assert {"row.total", "row.sum", "heading.unmapped", "name.place", "sheet.not_read"} <= {r.id for r in told}
    assert all(set(rule.team) == set(LANGS) for rule in told)
