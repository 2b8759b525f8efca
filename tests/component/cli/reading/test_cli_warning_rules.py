"""`warnings check` of a programme that has published nothing yet: every rule in words, in the language asked for."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from idtracker.model.home import Home
from tests.support.cli_programme import Program


@pytest.fixture
def program(home: Home) -> Program:
    return Program(home)


def words(program: Program, *more: str) -> dict[str, list[str]]:
    document: dict[str, Any] = program.document("warnings", "check", *more)
    jsonschema.validate(document, schema_of("warnings check"))
    return {rule["rule"]: rule["words"] for rule in document["rules"]}


def test_rules_are_said_in_the_language_asked_for_with_the_same_figures(program: Program) -> None:
    english, arabic = words(program), words(program, "--lang", "ar")
    assert words(program, "--lang", "en") == english and set(arabic) == set(english) != set()
    for rule, said in english.items():
        assert said[0].startswith("It looks at") and re.search("[\u0600-\u06ff]", arabic[rule][0])
        figures = [set(re.findall(r"\b\d+(?:\.\d+)?%?", " ".join(text[rule]))) - {"2"} for text in (english, arabic)]
        assert figures[0] == figures[1] != set(), "but for two quarters, which are one word in Arabic"
    assert "تنذر عندما" in program("warnings", "check", "--lang", "ar").stdout
