"""How protective markings are worded: owner, level, caveats, and the labels that lead to them. Word by word, without patterns.

The forms that count, and those that do not, are listed in `forms.yml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from idtracker.ingest.marking.folding import fold

LONGEST = 200
_TOKENS = re.compile(r"[^\W_]+|[^\w\s]|_")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTER_BY_LETTER = 6


class Strength(IntEnum):
    """How little else a wording can mean."""

    WEAK = 1
    """An everyday word: PROTECT, RESTRICTED, CONFIDENTIAL."""
    PLAIN = 2
    """SECRET alone, or an everyday word with a descriptor (PROTECT - PERSONAL)."""
    FREE = 3
    """SECRET, a mark that separates, and words that nobody knows."""
    STRONG = 4
    """TOP SECRET, a level with its owner (UK SECRET), or with a caveat (SECRET UK EYES ONLY)."""


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


_LEVELS: dict[tuple[str, ...], tuple[str, Strength]] = {
    ("top", "secret"): ("TOP SECRET", Strength.STRONG),
    ("topsecret",): ("TOP SECRET", Strength.STRONG),
    ("tres", "secret"): ("TRÈS SECRET", Strength.STRONG),
    ("secret", "defense"): ("SECRET DÉFENSE", Strength.STRONG),
    ("confidentiel", "defense"): ("CONFIDENTIEL DÉFENSE", Strength.STRONG),
    ("diffusion", "restreinte"): ("DIFFUSION RESTREINTE", Strength.STRONG),
    ("ts", "ue"): ("TRÈS SECRET UE", Strength.STRONG),
    ("s", "ue"): ("SECRET UE", Strength.STRONG),
    ("c", "ue"): ("CONFIDENTIEL UE", Strength.STRONG),
    ("r", "ue"): ("RESTREINT UE", Strength.STRONG),
    ("secret",): ("SECRET", Strength.PLAIN),
    ("confidential",): ("CONFIDENTIAL", Strength.WEAK),
    ("confidentiel",): ("CONFIDENTIEL", Strength.WEAK),
    ("restricted",): ("RESTRICTED", Strength.WEAK),
    ("restreint",): ("RESTREINT", Strength.WEAK),
    ("protect",): ("PROTECT", Strength.WEAK),
    ("سري", "للغايه"): ("سري للغاية", Strength.STRONG),
    ("سريه", "للغايه"): ("سري للغاية", Strength.STRONG),
    ("سري", "جدا"): ("سري جدا", Strength.STRONG),
    ("سريه", "جدا"): ("سري جدا", Strength.STRONG),
    ("محدود", "التداول"): ("محدود التداول", Strength.PLAIN),
    ("محدوده", "التداول"): ("محدود التداول", Strength.PLAIN),
    ("مقيد", "التداول"): ("مقيد التداول", Strength.PLAIN),
    ("سري",): ("سري", Strength.WEAK),
    ("سريه",): ("سري", Strength.WEAK),
    ("مكتوم",): ("مكتوم", Strength.WEAK),
    ("محدود",): ("محدود", Strength.WEAK),
}
_OWNERS = frozenset(
    [
        "uk",
        "us",
        "usa",
        "aus",
        "can",
        "nz",
        "eu",
        "ue",
        "nato",
        "otan",
        "eapc",
        "cosmic",
        "atomal",
        "fvey",
        "hmg",
        "five",
        "isaf",
        "kfor",
    ]
)
_CAVEATS = frozenset(
    [
        "eyes",
        "when",
        "strap",
        "strap1",
        "strap2",
        "strap3",
        "atomic",
        "codeword",
        "noforn",
        "nf",
        "rel",
        "releasable",
        "release",
        "page",
        "copy",
        "locsen",
        "orcon",
    ]
)
_FREE_CAVEATS = frozenset(
    [
        "strap",
        "strap1",
        "strap2",
        "strap3",
        "atomic",
        "codeword",
        "noforn",
        "nf",
        "rel",
        "releasable",
        "release",
        "orcon",
    ]
)
_MORE = frozenset(
    [
        "only",
        "to",
        "of",
        "and",
        "is",
        "in",
        "if",
        "no",
        "once",
        "complete",
        "completed",
        "filled",
        "full",
        "populated",
        "handling",
        "personal",
        "data",
        "commercial",
        "staff",
        "medical",
        "management",
        "policy",
        "honours",
        "appointments",
        "budget",
        "contracts",
        "investigations",
        "investigation",
        "private",
        "regulatory",
        "visits",
        "market",
        "sensitive",
        "top",
        "secret",
        "confidential",
        "restricted",
        "restreint",
        "protect",
        "r",
        "s",
        "c",
        "ts",
        "وخاص",
        "وشخصي",
        "وعاجل",
        "ومستعجل",
        "ومكتوم",
        "وفوري",
        "خاص",
        "شخصي",
        "عاجل",
    ]
)
_AFTER = _OWNERS | _CAVEATS | _MORE
_ARABIC_AFTER = frozenset(["وخاص", "وشخصي", "وعاجل", "ومستعجل", "ومكتوم", "وفوري"])
_BEFORE = frozenset(["page", "of", "draft", "final", "copy"])
_ARABIC_BEFORE = frozenset(["وثيقه", "مستند", "كتاب", "تقرير", "ملف", "معلومات", "بيانات"])
_LABEL_CORES = frozenset(["classification", "classified", "marking", "gsc", "gscp", "التصنيف", "تصنيف", "السريه"])
_LABEL_WORDS = _LABEL_CORES | frozenset(
    [
        "security",
        "protective",
        "government",
        "document",
        "data",
        "information",
        "sensitivity",
        "national",
        "hmg",
        "level",
        "meta",
        "handling",
        "overall",
        "code",
        "value",
        "name",
        "of",
        "this",
        "the",
        "file",
        "row",
        "is",
        "as",
        "الامني",
        "الامنيه",
        "درجه",
        "مستوي",
        "الوثيقه",
        "المستند",
        "الحمايه",
        "وثيقه",
        "البيانات",
    ]
)
_LABEL_ENDS = frozenset(":=-/>|,;\t(")
_JOINS = frozenset(("", "-", "_", "/", ",", "&", ".", "--"))


def read_wording(text: str) -> Wording | None:
    """The marking that a folded text is from its first to its last word; None where it is anything else."""
    if len(text) > LONGEST:
        return None
    words = _words(_CAMEL.sub(" ", text))
    at, is_labelled = _past_label(words)
    while at < len(words) and (words[at].plain in _BEFORE | _ARABIC_BEFORE or words[at].plain.isdecimal()):
        at += 1
    start = at
    while at < len(words) and words[at].plain in _OWNERS and (at == start or _joins(words[at])):
        at += 1
    found = _level(words, at)
    if found is None:
        return None
    end, name, strength = found
    has_owner = at > start
    strength = _with_tail(words[end:], name, Strength.STRONG if has_owner else strength, is_labelled)
    case = _case(words[start:end])
    if strength is None or (strength == Strength.FREE and case != Case.UPPER):
        return None
    owners = "".join(("/" if "/" in w.before and n else " " if n else "") + w.plain.upper()
                     for n, w in enumerate(words[start:at]))  # fmt: skip
    return Wording(f"{owners} {name}".strip(), strength, case, is_labelled)


@lru_cache(maxsize=4096)
def is_label(text: str) -> bool:
    """Whether a heading, key, tag or attribute speaks of classification and of nothing else."""
    if len(text) > LONGEST:
        return False
    words = [w.plain for w in _words(_CAMEL.sub(" ", fold(text)))]
    return bool(words) and not _LABEL_CORES.isdisjoint(words) and _LABEL_WORDS.issuperset(words)


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
    while at < len(words) and words[at].plain in _LABEL_WORDS:
        at += 1
    if at in (0, len(words)) or _LABEL_CORES.isdisjoint(w.plain for w in words[:at]):
        return 0, False
    is_led = bool(_LABEL_ENDS.intersection(words[at].before)) or words[at].written.isupper()
    is_arabic = words[at].plain >= "\u0600"
    return (at, True) if is_led or is_arabic else (0, False)


def _level(words: list[Word], at: int) -> tuple[int, str, Strength] | None:
    for length in (2, 1):
        part = words[at : at + length]
        found = _LEVELS.get(tuple(w.plain for w in part))
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
    knows_rest = all(w.plain in _AFTER or w.plain.isdecimal() for w in tail[1:])
    if first.plain in _ARABIC_AFTER or "//" in first.before:
        return Strength.STRONG
    if first.plain in _FREE_CAVEATS and strength != Strength.WEAK:
        return Strength.STRONG
    if first.plain in _OWNERS | _CAVEATS and knows_rest:
        is_vague = strength == Strength.WEAK and (name == "PROTECT" or first.plain in ("page", "copy"))
        return Strength.PLAIN if is_vague else Strength.STRONG
    if not is_apart:
        return None
    if is_labelled:
        return strength
    if first.plain in _AFTER and knows_rest:
        return max(strength, Strength.PLAIN)
    return None if strength == Strength.WEAK else Strength.FREE


def _case(words: list[Word]) -> Case:
    if all(w.written.upper() == w.written for w in words):
        return Case.UPPER
    return Case.TITLE if all(w.written[0].upper() == w.written[0] for w in words) else Case.LOWER
