"""What other people wrote never steers a terminal: control characters and turns of direction are shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.model.printable import printable, printable_json

STEERING = [*map(chr, (0, 7, 8, 0xB, 0xC, 0xD, 0x1B, 0x7F, 0x85, 0x9B, 0x2028, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF))]


@pytest.mark.parametrize("character", STEERING, ids=lambda c: f"{ord(c):04x}")
def test_a_character_that_steers_is_shown(character: str) -> None:
    shown = printable(f"a{character}b")
    assert shown.isprintable() and character not in shown and f"{ord(character):x}" in shown


def test_a_plain_text_is_itself() -> None:
    for text in ("Mafraq\tالمفرق\n", "", "№ 5 – “ok”", "نص\u200fعربي"):
        assert printable(text) == text
    assert printable("\x1b[31m") == "\\x1b[31m"
    assert printable("\u2068a\u202e\u2069", but="\u2068\u2069") == "\u2068a\\u202e\u2069"


@given(st.dictionaries(st.text(st.characters()), st.text(st.characters())))
def test_a_document_says_what_it_said(document: dict[str, str]) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    shown = printable_json(text)
    assert json.loads(shown) == json.loads(text)
    assert not set(shown) & set(STEERING)
