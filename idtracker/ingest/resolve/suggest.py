"""Known names that somebody may have meant, best first: for people to decide on, never to match by.

A name is compared as it is folded, by its words, by its initials, and by its sound, which leads from one script to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from idtracker.ingest.resolve.spelling import (
    core_of,
    initials_of,
    is_acronym,
    is_arabic,
    letters_of,
    skeleton_of,
    sound_of,
)
from idtracker.model.text import fold

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Scores = npt.NDArray[np.float32]

Why = Literal["spelling", "words", "initials", "letters", "script"]

SHOWN = 3
CUTOFF = 60.0
SHORTEST = 4
MOST_TEXTS = 2_000
_BLOCK = 256
_LEAST_CELLS = 50.0
_FEW_CONSONANTS, _DOUBT, _ALL = 3, 0.8, 100.0  # one consonant in three apart is another name: Azraq is not Iraq
# What each comparison is worth at best: only the very spelling says as much as it seems to say.
_WORTH: dict[Why, float] = {"spelling": 1.0, "words": 0.95, "initials": 0.9, "letters": 0.96, "script": 0.96}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known name like the one typed: `score` from 0 to 100, `why` what they have in common."""

    identifier: str
    name: str
    score: int
    why: Why


@dataclass(frozen=True, slots=True)
class _Forms:
    """The forms of one name that are compared."""

    spelled: str
    sound: str
    skeleton: str
    is_arabic: bool
    words: frozenset[str]

    @classmethod
    def of(cls, typed: str, folded: str) -> _Forms:
        sounds = [sound_of(word) for word in core_of(folded)]
        spoken = [] if is_acronym(typed) else sounds
        return cls(
            " ".join(sorted(folded.split())),
            " ".join(spoken),
            " ".join(map(skeleton_of, spoken)),
            is_arabic(folded),
            frozenset(sounds),
        )


class Suggester:
    """The known names of one kind, prepared once. `names` are pairs of a name as it is shown and its identifier."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._known = list(dict.fromkeys(names))
        folded = [fold(name) for name, _ in self._known]
        self._forms = [_Forms.of(name, text) for (name, _), text in zip(self._known, folded, strict=True)]
        self._initials: dict[str, list[int]] = {}
        self._letters: dict[str, list[int]] = {}
        for place, text in enumerate(folded):
            self._letters.setdefault(letters_of(text), []).append(place)
            for initials in initials_of(text):
                self._initials.setdefault(initials, []).append(place)
        self._weights = _weights([form.words for form in self._forms])
        self._holders = _holders([form.words for form in self._forms])

    def best(self, texts: Sequence[str], limit: int = SHOWN, cutoff: float = CUTOFF) -> list[tuple[Candidate, ...]]:
        """For each text up to `limit` candidates with a score of at least `cutoff`, best first, each identifier once.

        Of more than MOST_TEXTS texts the rest gets none: such a column holds no misspelt names, but another list.
        """
        candidates: list[tuple[Candidate, ...]] = []
        batch = list(texts[:MOST_TEXTS])
        for begin in range(0, len(batch), _BLOCK):
            candidates += self._block(batch[begin : begin + _BLOCK], limit, cutoff)
        return candidates + [()] * (len(texts) - len(batch))

    def _block(self, texts: list[str], limit: int, cutoff: float) -> list[tuple[Candidate, ...]]:
        import numpy as np

        if not self._known:
            return [()] * len(texts)
        folded = [fold(text) for text in texts]
        forms = [_Forms.of(typed, text) for typed, text in zip(texts, folded, strict=True)]
        spelled, sounded = self._spelled(forms), self._sounded(forms)
        candidates: list[tuple[Candidate, ...]] = []
        for row, text in enumerate(folded):
            scores: dict[int, tuple[float, Why]] = {}
            for place in np.flatnonzero(np.maximum(spelled[row], sounded[row]) >= _LEAST_CELLS).tolist():
                _raise(scores, place, float(spelled[row, place]), "spelling")
                why: Why = "script" if forms[row].is_arabic != self._forms[place].is_arabic else "letters"
                _raise(scores, place, float(sounded[row, place]), why)
            self._add_words(scores, forms[row])
            self._add_initials(scores, text)
            candidates.append(
                self._pick(scores, spelled[row], limit, cutoff) if len(text) >= SHORTEST or scores else ()
            )
        return candidates

    def _spelled(self, forms: list[_Forms]) -> Scores:
        from rapidfuzz import fuzz
        from rapidfuzz.process import cdist

        return cdist(
            [form.spelled if len(form.spelled) >= SHORTEST else "" for form in forms],
            [form.spelled for form in self._forms],
            scorer=fuzz.ratio,
            score_cutoff=_LEAST_CELLS,
        )

    def _sounded(self, forms: list[_Forms]) -> Scores:
        """Half by the consonants, which transliterations agree on, half with the vowels, which tell short names apart."""
        import numpy as np
        from rapidfuzz import fuzz
        from rapidfuzz.process import cdist

        theirs = [form.skeleton for form in self._forms]
        bones = cdist([form.skeleton for form in forms], theirs, scorer=fuzz.ratio)
        sounds = cdist([form.sound for form in forms], [form.sound for form in self._forms], scorer=fuzz.ratio)
        bones[[not form.sound for form in forms], :] = 0  # two names without a sound are not alike
        lengths = np.minimum.outer([len(form.skeleton) for form in forms], list(map(len, theirs)))
        doubt = np.where((lengths <= _FEW_CONSONANTS) & (bones < _ALL), _DOUBT, 1.0)
        both: Scores = (bones + sounds * (bones > 0)) / 2 * doubt
        return both

    def _add_words(self, scores: dict[int, tuple[float, Why]], form: _Forms) -> None:
        """Shared words, weighed by how rare they are among the known names (weighted Dice coefficient)."""
        shared: dict[int, float] = {}
        for word in form.words:
            for place in self._holders.get(word, ()):
                shared[place] = shared.get(place, 0.0) + self._weights[word]
        own_weight = sum(self._weights.get(word, max(self._weights.values(), default=1.0)) for word in form.words)
        for place, weight in shared.items():
            theirs = sum(self._weights[word] for word in self._forms[place].words)
            _raise(scores, place, 200.0 * weight / (own_weight + theirs), "words")

    def _add_initials(self, scores: dict[int, tuple[float, Why]], folded: str) -> None:
        """`MoWI` for Ministry of Water and Irrigation, and the other way round."""
        for place in self._initials.get(letters_of(folded), ()):
            _raise(scores, place, 100.0, "initials")
        for initials in initials_of(folded):
            for place in self._letters.get(initials, ()):
                _raise(scores, place, 100.0, "initials")

    def _pick(
        self, scores: dict[int, tuple[float, Why]], spelled: npt.NDArray[np.float32], limit: int, cutoff: float
    ) -> tuple[Candidate, ...]:
        """The best identifiers, each shown by the one of its names that is written most like the text."""
        places: dict[str, list[int]] = {}
        for place in sorted(scores, key=lambda p: (-scores[p][0], p)):
            places.setdefault(self._known[place][1], []).append(place)
        candidates: list[Candidate] = []
        for identifier, own in places.items():
            score, why = scores[own[0]]
            if score < cutoff or len(candidates) == limit:
                break
            shown = max(own, key=lambda p: (spelled[p], scores[p][0], -p))
            candidates.append(Candidate(identifier, self._known[shown][0], int(score), why))
        return tuple(candidates)


def _raise(scores: dict[int, tuple[float, Why]], place: int, score: float, why: Why) -> None:
    worth = score * _WORTH[why]
    if worth > scores.get(place, (0.0, why))[0]:
        scores[place] = (worth, why)


def _holders(names: Sequence[frozenset[str]]) -> dict[str, list[int]]:
    """Word -> places of the names that hold it."""
    holders: dict[str, list[int]] = {}
    for place, words in enumerate(names):
        for word in words:
            holders.setdefault(word, []).append(place)
    return holders


def _weights(names: Sequence[frozenset[str]]) -> dict[str, float]:
    """Word -> inverse document frequency among the names."""
    from math import log

    counts: dict[str, int] = {}
    for words in names:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return {word: log((1 + len(names)) / (0.5 + count)) for word, count in counts.items()}
