"""Texts that people read are there in both languages, ask for the same words, and are found by whoever says them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import idtracker
from idtracker.model.messages import (
    LANGS,
    Message,
    counted,
    details_of,
    fields_in,
    listed,
    message,
    phrase,
    read_entries,
)

ROOT = Path(idtracker.__file__).parent
FILES = {f"{p.parent.parent.relative_to(ROOT)}/{p.stem}": p for p in sorted(ROOT.rglob("messages/*.yml"))}
FORMS = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}
READING = {"worded", "sized", "unreadable", "refusing"}
_SPEAKS = re.compile(r"\b(phrase|counted|message|worded|sized|unreadable|refusing)\(|= \"[a-z/]+/[a-z]+\"\n")


@cache
def entries(place: str) -> dict[str, dict[str, Any]]:
    return dict(read_entries(FILES[place].read_bytes()))


def fields(text: str | dict[str, str]) -> set[str]:
    """The words in braces of a text, of all its plural forms but for the number itself."""
    return fields_in(text) if isinstance(text, str) else set().union(*map(fields_in, text.values())) - {"count"}


def test_every_package_that_speaks_is_looked_at() -> None:
    assert {"feedback/answer", "ingest/read/reading", "model/findings/findings", "model/tables/labels"} <= set(FILES)


@pytest.mark.parametrize("place", FILES)
def test_every_text_is_there_in_both_languages_with_the_same_words_in_braces(place: str) -> None:
    names = [name for name, _ in read_entries(FILES[place].read_bytes())]
    assert sorted(set(names)) == sorted(names)
    for name, body in entries(place).items():
        assert tuple(body) == LANGS, name
        assert type(body["en"]) is type(body["ar"]), name
        assert fields(body["en"]) == fields(body["ar"]), name
        for lang, text in body.items():
            forms = text if isinstance(text, dict) else {"other": text}
            assert {"other"} <= set(forms) <= FORMS[lang], name
            assert all(isinstance(t, str) and (t.strip() or t) for t in forms.values()), name
        assert not any("\u0600" <= c <= "\u06ff" for c in str(body["en"])), name


def calls() -> Iterator[tuple[str, str, str, ast.Call]]:
    """(file, place, name, call) wherever a text is asked for by its name and the place is a constant of the file."""
    code = {path: path.read_text("utf-8") for path in ROOT.rglob("*.py")}
    trees = {path: ast.parse(text) for path, text in code.items() if _SPEAKS.search(text)}
    constants = {path: dict(_constants(tree)) for path, tree in trees.items()}
    for path, tree in trees.items():
        known = dict(constants[path])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("idtracker."):
                origin = constants.get(ROOT.parent / f"{node.module.replace('.', '/')}.py", {})
                known |= {a.asname or a.name: origin[a.name] for a in node.names if a.name in origin}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = [_text(argument, known) for argument in node.args]
                if node.func.id in READING and texts and texts[0]:
                    yield str(path), "ingest/read/reading", texts[0], node
                elif node.func.id in {"phrase", "counted", "message"} and len(texts) > 1 and texts[0] and texts[1]:
                    yield str(path), texts[0], texts[1], node


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from ((t.id, node.value.value) for t in node.targets if isinstance(t, ast.Name))


def _text(node: ast.expr, known: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_whoever_asks_for_a_text_finds_it_and_gives_its_words() -> None:
    asked = list(calls())
    assert len(asked) > 150
    for path, place, name, call in asked:
        assert name in entries(place), (path, name)
        given = {keyword.arg for keyword in call.keywords} | ({"count"} if "sized" in ast.dump(call.func) else set())
        assert None in given or fields(entries(place)[name]["en"]) <= given, (path, name)


def test_every_reason_for_not_reading_a_file_is_used() -> None:
    code = "\n".join(p.read_text("utf-8") for p in (ROOT / "ingest" / "read").rglob("*.py"))
    unused = [
        n for n in entries("ingest/read/reading") if f'"{n}"' not in code and f'"{n.replace("_", " ")}"' not in code
    ]
    assert unused == []


def test_words_are_filled_in_and_counted() -> None:
    assert phrase("model/findings/findings", "heading_name", "en", group="wave") == "wave in the file name"
    assert counted("feedback/answer", "rows", "en", 1200) == "1,200 rows"
    with pytest.raises(KeyError):
        phrase("feedback/answer", "no such text", "en")


def test_a_text_within_a_text_is_in_its_own_language() -> None:
    rows = message("ingest/read/reading", "rows", count="5")
    assert message("ingest/read/reading", "more_than", size=rows) == ("more than 5 rows", "أكثر من 5 صفاً")


def test_details_have_an_arabic_form_where_it_differs() -> None:
    values = {"a": Message("one", "واحد"), "b": Message("JSON", "JSON"), "c": 3}
    assert details_of(values) == {"a": "one", "a_ar": "واحد", "b": "JSON", "c": "3"}


def test_a_list_has_the_mark_of_its_language() -> None:
    assert listed([Message("a", "أ"), Message("b", "ب")]) == ("a, b", "أ، ب")
