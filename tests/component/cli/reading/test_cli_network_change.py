"""`explain metric … --since` through the command line: its document, both languages, and what it refuses.

The programme here has too few organisations for a figure; what is published of many, the tests of the bundled programme compare.
"""

from __future__ import annotations

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from tests.support.cli_programme import Program

WORDS = ("explain", "metric", "im-16", "--since", "2025-Q3", "--period", "2025-Q4")


def test_a_change_of_figures_that_are_withheld_is_no_number(published: Program) -> None:
    tree = published.document(*WORDS)
    jsonschema.validate(tree, schema_of("explain metric"))
    assert (tree["value"], tree["before"], tree["kind"]) == (None, None, "change")
    assert tree["sentence"] == "Co-delivery density has no value in 2025-Q3 nor in 2025-Q4."
    assert [part["because"] for part in tree["because"]] == [[]]


def test_the_sentence_is_arabic_where_that_is_asked_for(published: Program) -> None:
    assert "لا قيمة لرقم كثافة التنفيذ المشترك" in published.document(*WORDS, "--lang", "ar")["sentence"]


def test_what_was_known_at_an_instant_can_be_explained(published: Program) -> None:
    assert published.document(*WORDS, "--as-known-at", "2026-01-31")["since"] == "2025-Q3"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("IM-20", "--since", "2025-Q3"), "IM-20 is not divided into causes"),
        (("IM-16", "--since", "2025-Q3", "--scope", "place=JO-MA"), "leave --scope out"),
        (("IM-16", "--since", "1999-Q1"), "has no value in 1999-Q1"),
        (("IM-16", "--since", "2025-Q4"), "is not before 2025-Q4"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_a_reason(
    published: Program, words: tuple[str, ...], said: str
) -> None:
    result = published("explain", "metric", *words, code=None)
    assert result.exit_code != 0
    assert said in result.output
