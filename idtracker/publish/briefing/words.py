"""Sentences of the briefing: a text of a catalogue whose words in braces are figures, counts, links or texts."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import replace

from idtracker.model.messages import Lang, plural_form, texts_of
from idtracker.publish.briefing.parts import Count, Figure, Inline, Link, Name, Sentence

Piece = Inline | Link
_UNSAFE = re.compile("[^A-Za-z0-9-]")


def sentence(
    place: str, name: str, lang: Lang, level: int = 2, /, **parts: Piece | Sequence[Piece] | Sentence
) -> Sentence:
    """The text `name` of a place such as `publish/briefing/overview`, filled in. KeyError is a defect of the caller."""
    texts = texts_of(place, name)
    if texts is None:
        raise KeyError(f"{place} has no text {name}")
    return Sentence(_filled(str(texts[lang]), parts), level)


def counted_sentence(
    place: str, name: str, lang: Lang, count: Count, level: int = 2, /, **parts: Piece | Sequence[Piece] | Sentence
) -> Sentence:
    """The counted text `name` in the plural form of the count, which stands in it as {count}."""
    texts = texts_of(place, name)
    if texts is None:
        raise KeyError(f"{place} has no text {name}")
    forms: dict[str, str] = texts[lang]
    text = forms.get(plural_form(lang, count.value), forms["other"])
    return Sentence(_filled(text, {"count": count, **parts}), level)


def signed(figure: Figure) -> Figure:
    """The figure of a change, printed with its sign."""
    return replace(figure, is_signed=True)


def file_name_of(identifier: str) -> str:
    """A name for a file of a place or anything else, of letters, digits, `-` and `_` alone; no two identifiers share one."""
    return _UNSAFE.sub(lambda found: f"_{ord(found[0]):x}_", identifier) or "_"


def _filled(text: str, parts: Mapping[str, object]) -> list[Piece]:
    pieces: list[Piece] = []
    for literal, name, _, _ in string.Formatter().parse(text):
        if literal:
            pieces.append(literal)
        if name is not None:
            pieces += _pieces(parts[name])
    return pieces


def _pieces(part: object) -> list[Piece]:
    if isinstance(part, Sentence):
        return list(part.pieces)
    if isinstance(part, str):
        return [Name(part)]
    if isinstance(part, Figure | Count | Link):
        return [part]
    if isinstance(part, Sequence):
        return list(part)
    raise TypeError(f"a sentence has no {type(part).__name__}")
