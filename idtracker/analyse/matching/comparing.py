"""How alike two names are, from 0 to 1: by the words that tell them apart, each weighed by how rare it is, in any script."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel, JaroWinkler

from idtracker.ingest.resolve.bilingual import sides_of
from idtracker.ingest.resolve.spelling import (
    core_of,
    initials_of,
    is_acronym,
    is_arabic,
    letters_of,
    skeleton_of,
    sound_of,
)
from idtracker.model.text import clean, fold

_NEAR, _LEAST_LETTERS, _LEAST_WORDS = 0.86, 4, 2
_FILLER = frozenset(
    fold(word)
    for word in [
        "society",
        "charity",
        "charitable",
        "organisation",
        "organization",
        "association",
        "foundation",
        "international",
        "humanitarian",
        "group",
        "trust",
        "fund",
        "institute",
        "institution",
        "committee",
        "national",
        "الخيرية",
        "الدولية",
    ]
)
_FILLER_WEIGHT = 0.25
_SAME_BONES, _AGREED_BONES = 0.7, 0.96
_ROUGHLY = 66.0
_LEGAL = re.compile(r"\b(?:[a-z]\.){2,}")
_BRACKETED = re.compile(r"^(?P<base>[^()\[\]]*\S)\s*[(\[](?P<inner>[^()\[\]]+)[)\]]\s*(?P<more>[^()\[\]]*)$")
_DASHED = re.compile(r"^(?P<inner>\S{2,8})\s+[-–—:]\s+(?P<base>.+)$")
_ACRONYM_WORTH = {2: 0.5, 3: 0.91, 4: 0.94}  # by its letters; longer ones 0.97
_INITIALS_WORTH = {3: 0.83, 4: 0.9}
_SHORT = "="  # in front of what stands beside a name and is an acronym
_CONFLICT, _ADDITION = 0.75, 0.94  # both names add different words in brackets, or one of them adds some


_JARO, _INDEL = JaroWinkler.similarity, Indel.normalized_similarity


@dataclass(frozen=True, slots=True)
class NameForm:
    """One way in which a thing is called: its telling words, their sounds and, where it is one, its acronym.

    `rest` is what the whole name says beside this form (`Directorate of Health (Erbil)`), unless that is its acronym.
    """

    shown: str
    words: tuple[str, ...]
    sounds: tuple[str, ...]
    acronym: str
    initials: frozenset[str]
    is_arabic: bool
    rest: frozenset[str]


def name_forms(names: Iterable[str]) -> tuple[NameForm, ...]:
    """Every form of the names, each once: the name, what stands before a bracket and in it, both sides of a bilingual one."""
    forms: dict[tuple[str, frozenset[str]], NameForm] = {}
    for name in names:
        for form in _forms_of(clean(name)):
            if form.words or form.acronym:
                forms.setdefault((fold(form.shown), form.rest), form)
    return tuple(forms.values())


def _forms_of(name: str) -> list[NameForm]:
    matched = _BRACKETED.match(name) or _DASHED.match(name)
    if matched is None:
        sides = sides_of(name)
        is_bilingual = len({is_arabic(fold(side)) for side in sides}) > 1
        return [_form(side) for side in (sides if is_bilingual else [name])]
    base, inner = clean(f"{matched['base']} {matched.groupdict().get('more') or ''}"), clean(matched["inner"])
    if is_acronym(inner) and (letters_of(fold(inner)) in initials_of(fold(base)) or is_arabic(fold(base))):
        return [_form(base), _form(inner)]
    if matched.re is _DASHED:
        return [_form(name)]
    if is_arabic(fold(inner)) != is_arabic(fold(base)):
        return [_form(base), _form(inner)]
    rest = frozenset([_SHORT + letters_of(fold(inner))] if is_acronym(inner) else core_of(fold(inner)))
    forms = [_form(name), _form(base, rest)]
    if is_acronym(inner):
        forms[0] = _form(inner)
    elif len(core_of(fold(inner))) >= _LEAST_WORDS:
        forms.append(_form(inner, frozenset(core_of(fold(base)))))
    return forms


def _form(text: str, rest: frozenset[str] = frozenset()) -> NameForm:
    folded = _LEGAL.sub(lambda dotted: dotted[0].replace(".", ""), fold(text))
    words = tuple(core_of(folded))
    acronym = letters_of(folded) if is_acronym(text) else ""
    return NameForm(text, words, tuple(map(sound_of, words)), acronym, initials_of(folded), is_arabic(folded), rest)


class Rarity:
    """How much each word tells: natural log of the number of things over those whose names hold it."""

    def __init__(self, names: Sequence[Collection[str]]) -> None:
        counts: dict[str, int] = {}
        for words in names:
            for word in set(words):
                counts[word] = counts.get(word, 0) + 1
        total = 2 + len(names)
        self._unseen = log(total)
        self._weights = {word: max(log(total / (0.5 + count)), 0.1) for word, count in counts.items()}

    def of(self, word: str) -> float:
        return self._weights.get(word, self._unseen) * (_FILLER_WEIGHT if word in _FILLER else 1.0)


@dataclass(frozen=True, slots=True)
class Named:
    """What two things have in common by name: similarity 0-1, the forms that are most alike, and in which way."""

    similarity: float
    left: str
    right: str
    way: str


def compare_names(
    left: Sequence[NameForm], right: Sequence[NameForm], rarity: Rarity, holders: Mapping[str, int]
) -> Named:
    """The forms most alike. `holders` counts the names that an acronym may stand for: one of many says little.

    Where both are known by full names that differ, the same acronym does not make them one.
    """
    best, full, short = Named(0.0, "", "", "words"), 0.0, Named(0.0, "", "", "acronym")
    for a in left:
        for b in right:
            if a.acronym or b.acronym:
                similarity, way = _compare_acronym(a, b, holders)
                if similarity > short.similarity:
                    short = Named(similarity, a.shown, b.shown, way)
                continue
            similarity, way = _compare_words(a, b, rarity)
            full = max(full, similarity)
            if similarity > best.similarity:
                best = Named(similarity, a.shown, b.shown, way)
    if full and short.similarity:
        short = replace(short, similarity=min(short.similarity, full + (1 - full) / 4))
    return short if short.similarity > best.similarity else best


def roughly_alike(forms: Sequence[Sequence[NameForm]], pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether the names of each pair have most letters of their telling sounds in common, or one an acronym: cheap, lenient."""
    from rapidfuzz import fuzz
    from rapidfuzz.process import cpdist

    ours: list[str] = []
    theirs: list[str] = []
    owner: list[int] = []
    texts = [[(f.is_arabic, *_in_order(f)) for f in own if not f.acronym] for own in forms]
    has_acronym = [any(form.acronym for form in own) for own in forms]
    wholes = [{"".join(form.words) for form in own} for own in forms]
    is_alike = np.zeros(len(pairs), dtype=bool)
    for row, (a, b) in enumerate(pairs.tolist()):
        is_alike[row] = has_acronym[a] or has_acronym[b] or not wholes[a].isdisjoint(wholes[b])
        for left in texts[a]:
            for right in texts[b]:
                by = 1 if left[0] == right[0] else 2  # two scripts agree on consonants, not on vowels
                ours.append(left[by])
                theirs.append(right[by])
                owner.append(row)
    if owner:
        alike = cpdist(ours, theirs, scorer=fuzz.ratio, score_cutoff=_ROUGHLY) > 0
        is_alike[np.array(owner)[alike]] = True
    return is_alike


def _in_order(form: NameForm) -> tuple[str, str]:
    """The telling sounds of a form in alphabetical order, and their consonants in alphabetical order."""
    telling = [s for w, s in zip(form.words, form.sounds, strict=True) if w not in _FILLER] or list(form.sounds)
    return "".join(sorted(telling)), "".join(sorted(map(skeleton_of, telling)))


def _compare_words(a: NameForm, b: NameForm, rarity: Rarity) -> tuple[float, str]:
    similarity, way = shared_words(a.words, b.words, rarity, False), "words"
    if a.is_arabic != b.is_arabic:
        similarity, way = 0.97 * shared_words(a.sounds, b.sounds, rarity, True), "script"
    return similarity * _beside(a.rest, b.rest), way


def _compare_acronym(a: NameForm, b: NameForm, holders: Mapping[str, int]) -> tuple[float, str]:
    several = max(1, holders.get(a.acronym or b.acronym, 1)) ** 0.25
    if a.acronym and a.acronym == b.acronym:
        return _ACRONYM_WORTH.get(len(a.acronym), 0.97) / several * _beside(a.rest, b.rest), "acronym"
    for short, long in ((a, b), (b, a)):
        if short.acronym and short.acronym in long.initials:
            return _INITIALS_WORTH.get(len(short.acronym), 0.955) / several * _beside(a.rest, b.rest), "initials"
    return 0.0, "acronym"


def _beside(left: frozenset[str], right: frozenset[str]) -> float:
    """What two names that are alike add beside it: nothing or an acronym, one of them words, both the same, or different ones."""
    if left and right:
        return 1.0 if left & right else _CONFLICT
    return 1.0 if all(word.startswith(_SHORT) for word in left | right) else _ADDITION


def shared_words(left: Sequence[str], right: Sequence[str], rarity: Rarity, by_sound: bool) -> float:
    """Weighted Dice coefficient of words, each taken once, a misspelt one for as much as it is alike."""
    weigh = {w: rarity.of(w) for w in (*left, *right)}
    total = sum(weigh[w] for w in left) + sum(weigh[w] for w in right)
    if not total:
        return 0.0
    open_right = list(right)
    common = 0.0
    for word in sorted(left, key=lambda w: -weigh[w]):
        similarity, other = _closest(word, open_right, by_sound)
        if other is not None:
            open_right.remove(other)
            common += similarity * (weigh[word] + weigh[other])
    joined = 0.0
    if "".join(left) == "".join(right):
        joined = 1.0
    return max(common / total, joined)


def _closest(word: str, others: Sequence[str], by_sound: bool) -> tuple[float, str | None]:
    if word in others:
        return 1.0, word
    best: tuple[float, str | None] = (0.0, None)
    for other in others:
        similarity = _sound_alike(word, other) if by_sound else _spelt_alike(word, other)
        if similarity >= (_NEAR - 0.1 if by_sound else _NEAR) and similarity > best[0]:
            best = (similarity, other)
    return best


@lru_cache(maxsize=1 << 16)
def _sound_alike(sound: str, other: str) -> float:
    """Similarity of two sounds of different scripts: nearly 1 where the consonants agree, else by letters."""
    bones = skeleton_of(sound)
    if len(bones) > 1 and bones == skeleton_of(other):
        return _AGREED_BONES
    is_long = min(len(sound), len(other)) >= _LEAST_LETTERS
    return min(_JARO(sound, other), _INDEL(sound, other) + 0.05) if is_long else 0.0


@lru_cache(maxsize=1 << 18)
def _spelt_alike(word: str, other: str) -> float:
    """Similarity of two different words; 0 of short ones and of numbers, which mean something else at once."""
    if word.isdigit() or other.isdigit() or min(len(word), len(other)) < _LEAST_LETTERS:
        return 0.0
    similarity = min(_JARO(word, other), _INDEL(word, other) + 0.05)
    if similarity > _SAME_BONES and skeleton_of(sound_of(word)) == skeleton_of(sound_of(other)):
        return max(similarity, 0.93)
    return similarity
