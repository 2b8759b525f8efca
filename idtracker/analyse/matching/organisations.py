"""Organisations that look the same across sources: proposed with a score and its reasons, never taken by itself.

Weights are natural log odds, stated here and measured by `python -m benchmarks.matching`. The same identifier in another
scheme is certain. Organisations that follow one another in the register are the register's business, and never proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from idtracker.analyse.matching.blocking import Pairs, pairs_that_share
from idtracker.analyse.matching.candidates import Frames, NamedColumns, Organisation, gather_organisations
from idtracker.analyse.matching.comparing import Named, NameForm, Rarity, compare_names, name_forms, roughly_alike
from idtracker.analyse.matching.comparing_values import compare_sets
from idtracker.analyse.matching.scorer import Measure, Scorer, Similarity
from idtracker.ingest.resolve.spelling import skeleton_of, words_of
from idtracker.model.frames import records
from idtracker.model.register.connected_components import successor_chains
from idtracker.model.register.match_kind import CERTAIN, LEAST, NEARLY, Proposal, Reason, best_first
from idtracker.model.text import fold

_LOCAL_BODIES = frozenset(
    fold(word)
    for word in (
        *("ministry", "directorate", "department", "municipality", "governorate", "mayor", "government", "wezaret"),
        *("وزارة", "مديرية", "بلدية", "دائرة"),
    )
)
_FEW_LETTERS = 3

ORGANISATION = Scorer(
    measures=(
        Measure("name", (0.45, 0.6, 0.72, 0.82, 0.9, 0.955, 0.999), (-6.0, -4.0, -2.2, -0.3, 1.5, 3.0, 4.0, 5.2)),
        Measure("number", (0.5,), (0.0, 4.0)),
        Measure("type", (0.5,), (-1.5, 0.3)),
        Measure("country", (0.01,), (-0.2, 0.5)),
        Measure("abroad", (0.5,), (0.0, -0.8)),
        Measure("seat", (0.25, 0.75), (-5.0, -2.0, 0.5)),
        Measure("land", (0.25, 0.75), (-4.0, -0.8, 0.3)),
        Measure("register", (0.5,), (-4.0, 0.0)),
    ),
    prior=-2.0,
)


def propose_organisations(
    frames: Frames, columns: NamedColumns, least: float = LEAST, scorer: Scorer = ORGANISATION
) -> list[Proposal]:
    """Pairs of organisations with a score of at least `least`, best first."""
    things = gather_organisations(frames, columns)
    lands = _lands(frames)
    chains = successor_chains(frames["organisation"])
    forms = [name_forms(thing.names) for thing in things]
    pairs = _apart(things, candidate_organisations(things, forms), chains)
    by_code = [
        bool(things[a].codes & things[b].codes or things[a].numbers & things[b].numbers) for a, b in pairs.tolist()
    ]
    pairs = pairs[roughly_alike(forms, pairs) | np.array(by_code, dtype=bool)]
    similarity, names = _compare(things, forms, pairs, lands)
    return sorted(_proposals(things, pairs, similarity, names, scorer, least), key=best_first)


def candidate_organisations(things: Sequence[Organisation], forms: Sequence[Sequence[NameForm]]) -> Pairs:
    """Pairs that share a code, a telling word however spelt, or an acronym."""
    keys: list[set[str]] = []
    for thing, own_forms in zip(things, forms, strict=True):
        block_keys = {f"code {code}" for code in thing.codes} | {f"number {n}" for n in thing.numbers}
        for form in own_forms:
            if form.acronym:
                block_keys.add(f"short {form.acronym}")
                continue
            bones = [skeleton_of(sound) for sound in form.sounds]
            block_keys |= {f"word {b}" for b in bones if len(b) >= _FEW_LETTERS}
            block_keys |= {f"sound {s}" for s, b in zip(form.sounds, bones, strict=True) if len(b) < _FEW_LETTERS}
            block_keys |= {f"begin {s[:5]}" for s in form.sounds if len(s) > 5}
            block_keys |= {f"short {initials}" for initials in form.initials}
            block_keys.add(f"whole {''.join(form.words)}")
        keys.append(block_keys)
    return pairs_that_share(keys)


def _apart(things: Sequence[Organisation], pairs: Pairs, chains: Mapping[str, str]) -> Pairs:
    """Pairs without those that follow one another in the register."""
    chain = np.array([chains.get(thing.org_id, "") for thing in things], dtype=object)
    if not len(pairs):
        return pairs
    left, right = chain[pairs[:, 0]], chain[pairs[:, 1]]
    apart: Pairs = pairs[~((left == right) & (left != ""))]
    return apart


def _compare(
    things: Sequence[Organisation], forms: Sequence[Sequence[NameForm]], pairs: Pairs, lands: Mapping[str, str]
) -> tuple[dict[str, Similarity], list[Named]]:
    rarity = Rarity([{w for form in own for w in (*form.words, *form.sounds)} for own in forms])
    expansions = {(initials, form.words) for own in forms for form in own for initials in form.initials}
    holders = Counter(initials for initials, _ in expansions)
    names = [compare_names(forms[a], forms[b], rarity, holders) for a, b in pairs.tolist()]
    left, right = [things[a] for a in pairs[:, 0]], [things[b] for b in pairs[:, 1]]
    is_local = [any(w in _LOCAL_BODIES for form in own for w in form.words) for own in forms]
    both_local = np.array([is_local[a] and is_local[b] for a, b in pairs.tolist()], dtype=bool)
    country = compare_sets([t.countries for t in left], [t.countries for t in right])
    return {
        "name": np.array([named.similarity for named in names], dtype=np.float64),
        "code": compare_sets([t.codes for t in left], [t.codes for t in right]),
        "number": np.array(
            [1.0 if a.numbers & b.numbers else np.nan for a, b in zip(left, right, strict=True)], dtype=np.float64
        ),
        "type": _types(left, right),
        "country": np.where(both_local, np.nan, country),
        "abroad": np.where(
            [n.way in ("acronym", "initials") for n in names], np.where(country > 0, np.nan, 1.0), np.nan
        ),
        "seat": np.where(both_local, np.where(np.isnan(country), 0.5, np.where(country > 0, 1.0, 0.0)), np.nan),
        "land": np.array([_land(_spoken(n.left, lands), _spoken(n.right, lands)) for n in names], dtype=np.float64),
        "register": np.where(
            [a.is_registered and b.is_registered for a, b in zip(left, right, strict=True)], 0.0, np.nan
        ),
    }, names


def _types(left: Sequence[Organisation], right: Sequence[Organisation]) -> Similarity:
    """1 for one IATI organisation type, 0 where the first digits differ (government, NGO, multilateral …), else missing."""
    similarity = np.full(len(left), np.nan)
    for place, (a, b) in enumerate(zip(left, right, strict=True)):
        if a.org_type and b.org_type:
            similarity[place] = 1.0 if a.org_type == b.org_type else 0.0 if a.org_type[0] != b.org_type[0] else np.nan
    return similarity


def _lands(frames: Frames) -> dict[str, str]:
    """Folded one-word name of a country -> the country."""
    places: dict[str, str] = {}
    for place, level, *names in records(frames["place"], "place_id", "level", "name", "name_ar"):
        if level == "country":
            places |= {fold(name): place for name in names if name and " " not in name.strip()}
    return places | {"uk": "GB", "usa": "US", "us": "US", "drc": "CD"}


def _spoken(name: str, lands: Mapping[str, str]) -> set[str]:
    return {lands[word] for word in words_of(fold(name)) if word in lands}


def _land(left: Collection[str], right: Collection[str]) -> float:
    """Countries in the names: 1 the same, 0.5 only one side names one, 0 different ones."""
    if not left and not right:
        return float("nan")
    if left and right:
        return 1.0 if set(left) & set(right) else 0.0
    return 0.5


def _proposals(
    things: Sequence[Organisation],
    pairs: Pairs,
    similarity: Mapping[str, Similarity],
    names: Sequence[Named],
    scorer: Scorer,
    least: float,
) -> Iterator[Proposal]:
    parts, scores = scorer.parts(similarity), scorer.score(similarity)
    certain = np.nan_to_num(similarity["code"]) > 0
    scores = np.where(certain, CERTAIN, np.minimum(scores, NEARLY))
    for row in np.flatnonzero(scores >= least).tolist():
        left, right = things[pairs[row, 0]], things[pairs[row, 1]]
        reasons = [Reason("code", 1.0, float("inf"), "code", *_codes(left, right))] if certain[row] else []
        for field, weights in parts.items():
            alike = float(similarity[field][row])
            if alike == alike and (weights[row] or field == "name"):
                detail = names[row] if field == "name" else Named(alike, *_field_texts(field, left, right), field)
                reasons.append(
                    Reason(field, round(alike, 3), float(weights[row]), detail.way, detail.left, detail.right)
                )
        yield Proposal(
            "organisation", left.org_id, right.org_id, round(float(scores[row]), 4), tuple(reasons),
            _first(left), _first(right),
            tuple(sorted(left.sources)), tuple(sorted(right.sources)),
        )  # fmt: skip


def _codes(left: Organisation, right: Organisation) -> tuple[str, str]:
    shared = min(left.codes & right.codes)
    return shared, shared


def _field_texts(field: str, left: Organisation, right: Organisation) -> tuple[str, str]:
    if field == "number":
        shared = min(left.numbers & right.numbers)
        return shared, shared
    if field == "type":
        return left.org_type or "", right.org_type or ""
    if field in ("country", "seat", "abroad"):
        return ";".join(sorted(left.countries)), ";".join(sorted(right.countries))
    return _first(left), _first(right)


def _first(thing: Organisation) -> str:
    return next(iter(thing.names), thing.org_id)
