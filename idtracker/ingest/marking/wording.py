"""How protective markings are worded: owner, level, caveats, and the labels that lead to them. Word by word, without patterns.

The forms that count, and those that do not, are listed in `forms.yml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from idtracker.ingest.marking.folding import fold, may_be_labelled
from idtracker.ingest.marking.vocabulary import (
    AFTER,
    ARABIC_AFTER,
    BEFORE,
    BEGINS,
    CAVEATS,
    FREE_CAVEATS,
    LABEL_CORES,
    LABEL_WORDS,
    LEVELS,
    OWNERS,
    Strength,
)

LONGEST = 200
_FIRST = re.compile(r"[^\W_]++")
_TOKENS = re.compile(r"[^\W_]+|[^\w\s]|_")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTER_BY_LETTER = 6


class Case(IntEnum):
    """How the level and its owner are written; Arabic counts as capitals."""

    LOWER = 1
    TITLE = 2
    UPPER = 3


class Word(NamedTuple):
    """One word as written and in lower case, and the marks that stand before it."""

    written: str
    plain: str
    before: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text says that is worded as a marking from its first to its last word."""

    name: str
    strength: Strength
    case: Case
    is_labelled: bool = False

    @property
    def is_protect(self) -> bool:
        return self.name.endswith("PROTECT")


_LABEL_ENDS = frozenset(":=-/>|,;\t(")
_JOINS = frozenset(("", "-", "_", "/", ",", "&", ".", "--"))


def read_wording(text: str) -> Wording | None:
    """The marking that a folded text is from its first to its last word; None where it is anything else."""
    if len(text) > LONGEST or not _may_begin(text):
        return None
    words = _words(_CAMEL.sub(" ", text))
    at, is_labelled = _past_label(words)
    while at < len(words) and (words[at].plain in BEFORE or words[at].plain.isdecimal()):
        at += 1
    start = at
    while at < len(words) and words[at].plain in OWNERS and (at == start or _joins(words[at])):
        at += 1
    found = _level(words, at)
    if found is None:
        return None
    end, name, alone = found
    strength = _with_tail(words[end:], name, Strength.STRONG if at > start else alone, is_labelled)
    case = _case(words[start:end])
    if strength is None or (strength == Strength.FREE and case != Case.UPPER):
        return None
    owners = "".join(("/" if "/" in w.before and n else " " if n else "") + w.plain.upper()
                     for n, w in enumerate(words[start:at]))  # fmt: skip
    return Wording(f"{owners} {name}".strip(), strength, case, is_labelled)


@lru_cache(maxsize=4096)
def is_label(text: str) -> bool:
    """Whether a heading, key, tag or attribute speaks of classification and of nothing else."""
    if len(text) > LONGEST or not may_be_labelled(fold(text)):
        return False
    words = [w.plain for w in _words(_CAMEL.sub(" ", fold(text)))]
    return bool(words) and not LABEL_CORES.isdisjoint(words) and LABEL_WORDS.issuperset(words)


def _may_begin(text: str) -> bool:
    """Whether the first word is one that a marking may begin with; most texts are told apart by that."""
    first = _FIRST.search(text)
    if first is None:
        return False
    word = _CAMEL.sub(" ", first[0]).partition(" ")[0].casefold()
    return word in BEGINS or len(word) == 1 or word.isdecimal()


def _words(text: str) -> list[Word]:
    """The words of a text, each with the marks before it; S P A C E D ones are joined."""
    words: list[Word] = []
    marks = ""
    for token in _TOKENS.findall(text):
        if token[0].isalnum():
            words.append(Word(token, token.casefold(), marks))
            marks = ""
        else:
            marks += token
    return _joined(words)


def _joined(words: list[Word]) -> list[Word]:
    if sum(len(w.written) == 1 for w in words) < _LETTER_BY_LETTER:
        return words
    result: list[Word] = []
    run: list[Word] = []
    for word in [*words, Word("", "", "")]:
        if len(word.written) == 1 and (not run or not word.before):
            run.append(word)
            continue
        if len(run) >= _LETTER_BY_LETTER:
            written = "".join(w.written for w in run)
            result.append(Word(written, written.casefold(), run[0].before))
        else:
            result += run
        run = [word] if len(word.written) == 1 else []
        result += [word] if len(word.written) > 1 else []
    return result


def _past_label(words: list[Word]) -> tuple[int, bool]:
    """Where the text goes on after `Protective marking:`, and whether it begins so."""
    at = 0
    while at < len(words) and words[at].plain in LABEL_WORDS:
        at += 1
    if at in (0, len(words)) or LABEL_CORES.isdisjoint(w.plain for w in words[:at]):
        return 0, False
    is_led = bool(_LABEL_ENDS.intersection(words[at].before)) or words[at].written.isupper()
    is_arabic = words[at].plain >= "\u0600"
    return (at, True) if is_led or is_arabic else (0, False)


def _level(words: list[Word], at: int) -> tuple[int, str, Strength] | None:
    for length in (2, 1):
        part = words[at : at + length]
        found = LEVELS.get(tuple(w.plain for w in part))
        if found and len(part) == length and all(w.before in ("", "-", "_", ".") for w in part[1:]):
            return at + length, *found
    return None


def _joins(word: Word) -> bool:
    return word.before in _JOINS


def _with_tail(tail: list[Word], name: str, strength: Strength, is_labelled: bool) -> Strength | None:
    """How strong a level is with what follows it; None where it is the beginning of something else."""
    if not tail:
        return strength
    first = tail[0]
    is_apart = bool(first.before.strip("_&'\"’"))
    knows_rest = all(w.plain in AFTER or w.plain.isdecimal() for w in tail[1:])
    if first.plain in ARABIC_AFTER or "//" in first.before:
        return Strength.STRONG
    if first.plain in FREE_CAVEATS and strength != Strength.WEAK:
        return Strength.STRONG
    if first.plain in CAVEATS and knows_rest:
        is_vague = strength == Strength.WEAK and (name == "PROTECT" or first.plain in ("page", "copy"))
        return Strength.PLAIN if is_vague else Strength.STRONG
    if not is_apart:
        return None
    if is_labelled:
        return strength
    if first.plain in AFTER and knows_rest and name.isascii():
        return max(strength, Strength.PLAIN)
    return None if strength == Strength.WEAK else Strength.FREE


def _case(words: list[Word]) -> Case:
    if all(w.written.upper() == w.written for w in words):
        return Case.UPPER
    return Case.TITLE if all(w.written[0].upper() == w.written[0] for w in words) else Case.LOWER
