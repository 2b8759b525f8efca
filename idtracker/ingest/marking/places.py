"""Where a marking counts: the same word is a marking in a header, and an ordinary value in a column of data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from idtracker.ingest.marking.folding import fold, may_be_labelled, may_mark
from idtracker.ingest.marking.vocabulary import Strength
from idtracker.ingest.marking.wording import LONGEST, Case, Wording, read_wording


class Place(Enum):
    """Where a text stands, from where an everyday word says most to where it says least."""

    KEYED = "under a heading, key or label that speaks of classification"
    FURNITURE = "header, footer, property, comment, text box"
    ALONE = "alone in its row above or below the table"
    NAME = "name of a sheet, file or defined range"
    DAMAGED = "what can be made out of a damaged file"
    ROW = "alone in its row inside the table"
    CELL = "among other values"


_PARTS = re.compile(r"[|;\t•·]")
_LABEL = re.compile(r"(?<![^\W_])(?:classification|classified|marking|gsc|gscp|التصنيف|تصنيف|السريه)(?![^\W_])", re.I)
_LONGEST_LINE = 20_000
_NAME_PARTS = re.compile(r"[\\/!]")
_SUFFIXES = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_WORD_STARTS = re.compile(r"[^\W_]+")
_MOST_WORDS = 40


def counts(wording: Wording, place: Place, text: str) -> bool:
    """Whether a wording is a marking where it stands; `text` is all of its cell."""
    is_weak, case = wording.strength == Strength.WEAK, wording.case
    if wording.is_labelled or place == Place.KEYED:
        return True
    if wording.is_protect and is_weak and (case != Case.UPPER or place == Place.NAME):
        return False
    if place in (Place.FURNITURE, Place.ALONE):
        return case != Case.LOWER or wording.strength == Strength.STRONG
    if place == Place.NAME:
        return case == Case.UPPER or (not is_weak and (case == Case.TITLE or wording.strength == Strength.STRONG))
    if place == Place.DAMAGED:
        return case == Case.UPPER or (case == Case.TITLE and wording.strength == Strength.STRONG)
    if is_weak:
        return False
    if wording.strength == Strength.STRONG:
        return case != Case.LOWER
    return case == Case.UPPER and (place == Place.ROW or text.upper() == text)


def marking_in(text: str, place: Place) -> str | None:
    """The marking that one of the lines of a text is at its place, in capitals; None where none of them is one."""
    text = fold(text)
    if not may_mark(text):
        return None
    if place == Place.NAME:
        return _in_name(text)
    for line in text.splitlines():
        found = _in_line(line, place)
        if found:
            return found
    return None


def labelled_in(line: str) -> str | None:
    """The marking after a label anywhere in a folded line, such as `Report. Classification: SECRET`."""
    if len(line) > _LONGEST_LINE or not may_be_labelled(line):
        return None
    for label in _LABEL.finditer(line):
        part = line[label.start() : label.start() + LONGEST]
        if may_mark(part):
            wording = read_wording(_first_clause(part))
            if wording and wording.is_labelled:
                return wording.name
    return None


def _first_clause(text: str) -> str:
    """The text up to the first full stop that ends a sentence."""
    return text.partition(". ")[0]


def _in_line(line: str, place: Place) -> str | None:
    line = line.strip()
    wording = read_wording(line)
    if wording and counts(wording, place, line):
        return wording.name
    if place in (Place.FURNITURE, Place.ALONE, Place.KEYED):
        return labelled_in(line) or _in_parts(line, place)
    return None


def _in_parts(line: str, place: Place) -> str | None:
    """A header often holds more than the marking: `Embassy | SECRET`, `Embassy - SECRET`."""
    if len(line) > _LONGEST_LINE or place != Place.FURNITURE:
        return None
    for part in _parts(line):
        wording = read_wording(part) if len(part) < len(line) and may_mark(part) else None
        if wording and wording.case == Case.UPPER and counts(wording, place, part):
            return wording.name
    return None


def _parts(line: str) -> Iterator[str]:
    for part in _PARTS.split(line):
        for piece in part.split("   "):
            yield from (piece, *piece.split(" - "))


def _in_name(text: str) -> str | None:
    """A marking that a name is, begins with in capitals, or ends with: `UK SECRET returns.csv`, `returns_SECRET.csv`."""
    for part in _NAME_PARTS.split(text):
        name = _SUFFIXES.sub("", _SUFFIXES.sub("", part.strip())).replace("_", " ").replace(".", " ")
        if len(name) > LONGEST or not may_mark(name):
            continue
        wording = read_wording(name)
        if wording and counts(wording, Place.NAME, name):
            return wording.name
        found = _at_end(name) or (_at_start(name) if name.upper() != name else None)
        if found:
            return found
    return None


def _at_end(name: str) -> str | None:
    for word in list(_WORD_STARTS.finditer(name))[1:_MOST_WORDS]:
        wording = read_wording(name[word.start() :])
        if wording and wording.case == Case.UPPER and not wording.is_protect:
            return wording.name
    return None


def _at_start(name: str) -> str | None:
    for word in list(_WORD_STARTS.finditer(name))[:3]:
        wording = read_wording(name[: word.end()])
        if wording and wording.case == Case.UPPER and wording.strength > Strength.WEAK:
            return wording.name
    return None
