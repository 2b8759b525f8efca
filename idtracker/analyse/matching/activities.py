"""Activities that look the same across sources: by title, organisations, places, sectors, dates, budget and identifiers.

Weights are natural log odds, stated here and measured by `python -m benchmarks.matching`. Two activities of one reporter with
two identifiers in one source are two, since phases of a programme look alike, and are never proposed. The same identifier in another writing is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from idtracker.analyse.matching.blocking import Pairs, pairs_that_share
from idtracker.analyse.matching.candidates import Activity, Frames, gather_activities
from idtracker.analyse.matching.comparing import Rarity
from idtracker.analyse.matching.comparing_values import compare_amounts, compare_days, compare_sets, compare_titles
from idtracker.analyse.matching.scorer import Measure, Scorer, Similarity
from idtracker.ingest.resolve.spelling import letters_of, skeleton_of, sound_of, words_of
from idtracker.model.register.match_kind import CERTAIN, LEAST, NEARLY, Proposal, Reason, best_first
from idtracker.model.text import fold

_TAIL = re.compile(r"[0-9]{5,}")
_LEAST_LETTERS = 3
_LEAST_IDENTIFIER = 8

ACTIVITY = Scorer(
    measures=(
        Measure("title", (0.3, 0.5, 0.7, 0.85, 0.95), (-6.0, -3.0, -0.5, 2.0, 4.0, 5.5)),
        Measure("number", (0.5,), (0.0, 3.0)),
        Measure("mention", (0.5,), (0.0, 4.0)),
        Measure("reporter", (0.5,), (0.5, -3.5)),
        Measure("organisation", (0.01, 0.5), (-1.5, 0.5, 1.2)),
        Measure("country", (0.01,), (-3.0, 0.4)),
        Measure("place", (0.01,), (-0.7, 0.8)),
        Measure("sector", (0.01,), (-0.8, 0.5)),
        Measure("start", (0.4, 0.8, 0.97), (-2.0, -0.3, 0.4, 1.2)),
        Measure("end", (0.4, 0.8, 0.97), (-1.5, -0.2, 0.3, 0.9)),
        Measure("budget", (0.8, 0.99), (-0.5, 0.5, 1.5)),
    ),
    prior=-3.0,
)


def propose_activities(frames: Frames, least: float = LEAST, scorer: Scorer = ACTIVITY) -> list[Proposal]:
    """Pairs of activities with a score of at least `least`, best first."""
    things = gather_activities(frames)
    pairs = candidate_activities(things)
    similarity = compare_activities(things, pairs)
    return sorted(_proposals(things, pairs, similarity, scorer, least), key=best_first)


def candidate_activities(things: Sequence[Activity]) -> Pairs:
    """Pairs that share an identifier in another writing, a number of it, a rare word of the title, or budget and start."""
    keys: list[set[str]] = []
    for thing in things:
        block_keys = {f"id {_squeezed(thing.activity_id)}"} | {f"number {n}" for n in _numbers(thing)}
        block_keys |= {f"mention {m}" for m in _mentioned(thing)} | {f"mention {_squeezed(thing.activity_id)}"}
        words = [w for w in words_of(fold(thing.title or "")) if len(w) >= _LEAST_LETTERS]
        block_keys |= {f"word {skeleton_of(sound_of(w))}" for w in words}
        if thing.budget == thing.budget and thing.start == thing.start:
            block_keys.add(f"money {thing.budget:.0f} {thing.start:.0f}")
        keys.append(block_keys)
    pairs = pairs_that_share(keys)
    is_open = np.array([not _told_apart(things[a], things[b]) for a, b in pairs.tolist()], dtype=bool)
    told_once: Pairs = pairs[is_open]
    return told_once


def _told_apart(left: Activity, right: Activity) -> bool:
    """Whether one reporter gives both identifiers in one source: then they are two, however alike."""
    return bool(left.reporters & right.reporters and left.sources & right.sources)


def compare_activities(things: Sequence[Activity], pairs: Pairs) -> dict[str, Similarity]:
    """Similarity of each pair in each field, and `code` where both identifiers are one in two writings."""
    left, right = [things[a] for a in pairs[:, 0]], [things[b] for b in pairs[:, 1]]
    rarity = Rarity([words_of(fold(thing.title or "")) for thing in things])
    both = list(zip(left, right, strict=True))
    squeezed = {t.activity_id: _squeezed(t.activity_id) for t in things}
    mentioned = {t.activity_id: _mentioned(t) for t in things}
    currency = np.array([a.currency == b.currency for a, b in both], dtype=bool)
    budget = compare_amounts(_numbers_of(left, "budget"), _numbers_of(right, "budget"))
    return {
        "code": _is(squeezed[a.activity_id] == squeezed[b.activity_id] for a, b in both),
        "title": compare_titles([t.title for t in left], [t.title for t in right], rarity),
        "number": _is(bool(_numbers(a) & _numbers(b)) for a, b in both),
        "mention": _is(
            squeezed[a.activity_id] in mentioned[b.activity_id] or squeezed[b.activity_id] in mentioned[a.activity_id]
            for a, b in both
        ),
        "reporter": compare_sets([t.reporters for t in left], [t.reporters for t in right]),
        "organisation": compare_sets([t.organisations for t in left], [t.organisations for t in right]),
        "country": compare_sets([t.countries for t in left], [t.countries for t in right]),
        "place": compare_sets([t.places for t in left], [t.places for t in right]),
        "sector": compare_sets([t.sectors for t in left], [t.sectors for t in right]),
        "start": compare_days(_numbers_of(left, "start"), _numbers_of(right, "start")),
        "end": compare_days(_numbers_of(left, "end"), _numbers_of(right, "end")),
        "budget": np.where(currency, budget, np.nan),
    }


def _is(answers: Iterator[bool]) -> Similarity:
    """1 where it is so, else missing: not sharing a number says nothing."""
    return np.array([1.0 if answer else np.nan for answer in answers], dtype=np.float64)


def _numbers_of(things: Sequence[Activity], name: str) -> Similarity:
    return np.array([getattr(thing, name) for thing in things], dtype=np.float64)


def _squeezed(identifier: str) -> str:
    return letters_of(fold(identifier))


def _numbers(thing: Activity) -> set[str]:
    """Long numbers of the identifier, without those of the organisations that take part."""
    own = thing.activity_id.upper()
    for org in sorted(thing.reporters | thing.organisations, key=len, reverse=True):
        own = own.replace(org.upper(), "")
    return set(_TAIL.findall(own))


def _mentioned(thing: Activity) -> set[str]:
    """Words of title and description that have the form of an identifier, squeezed."""
    text = " ".join((*thing.titles, *thing.texts))
    words = {word for word in text.split() if any(c.isdigit() for c in word) and len(word) >= _LEAST_IDENTIFIER}
    return {_squeezed(word.strip("().,;:")) for word in words}


def _proposals(
    things: Sequence[Activity], pairs: Pairs, similarity: Mapping[str, Similarity], scorer: Scorer, least: float
) -> Iterator[Proposal]:
    parts, scores = scorer.parts(similarity), scorer.score(similarity)
    certain = np.nan_to_num(similarity["code"]) > 0
    scores = np.where(certain, CERTAIN, np.minimum(scores, NEARLY))
    for row in np.flatnonzero(scores >= least).tolist():
        left, right = things[pairs[row, 0]], things[pairs[row, 1]]
        reasons = (
            [Reason("code", 1.0, float("inf"), "code", left.activity_id, right.activity_id)] if certain[row] else []
        )
        for field, weights in parts.items():
            alike = float(similarity[field][row])
            if alike == alike and weights[row]:
                reasons.append(
                    Reason(field, round(alike, 3), float(weights[row]), field, *_field_texts(field, left, right))
                )
        yield Proposal(
            "activity", left.activity_id, right.activity_id, round(float(scores[row]), 4), tuple(reasons),
            left.title or left.activity_id, right.title or right.activity_id,
            tuple(sorted(left.sources)), tuple(sorted(right.sources)),
        )  # fmt: skip


_TEXT_OF = {"reporter": "reporters", "organisation": "organisations", "country": "countries", "place": "places", "sector": "sectors"}  # fmt: skip


def _field_texts(field: str, left: Activity, right: Activity) -> tuple[str, str]:
    """What each side says in a field, as a short text."""
    if field in _TEXT_OF:
        one, other = (";".join(sorted(getattr(t, _TEXT_OF[field]))) for t in (left, right))
        return one, other
    if field in ("start", "end"):
        one, other = (str(np.datetime64(int(getattr(t, field)), "D")) for t in (left, right))
        return one, other
    if field == "budget":
        return (
            f"{left.budget:,.0f} {left.currency or ''}".strip(),
            f"{right.budget:,.0f} {right.currency or ''}".strip(),
        )
    if field == "title":
        return left.title or "", right.title or ""
    return left.activity_id, right.activity_id
