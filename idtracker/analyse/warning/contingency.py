"""How good yes-or-no warnings were: the contingency table and what forecast verification makes of it.

With hits a, false alarms b, misses c, correct negatives d and n of them all (Wilks 2011, chapter 8; Jolliffe & Stephenson):
  CSI    = a/(a + b + c)                                   critical success index (threat score)
  Peirce = a/(a + c) - b/(b + d)                           also Hanssen-Kuipers, true skill statistic
  Heidke = 2(ad - bc)/((a + c)(c + d) + (a + b)(b + d))    share right beyond what chance gets right
Peirce and Heidke have the sign of ad - bc, and "never warn" and "always warn" have 0 in both. Where the outcome always
came, or never, nobody could be told from anybody: both are undefined. What is undefined is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contingency:
    """Counts of warnings against outcomes."""

    hits: int
    false_alarms: int
    misses: int
    correct_negatives: int

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Contingency:
        """The table of (was warned, did come) pairs."""
        listed = list(pairs)
        return cls(*(listed.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))

    @property
    def n(self) -> int:
        return self.hits + self.false_alarms + self.misses + self.correct_negatives

    @property
    def events(self) -> int:
        return self.hits + self.misses

    @property
    def base_rate(self) -> float | None:
        """Share in which the outcome came."""
        return _share(self.events, self.n)

    @property
    def csi(self) -> float | None:
        return _share(self.hits, self.n - self.correct_negatives)

    @property
    def peirce(self) -> float | None:
        caught, alarmed = _share(self.hits, self.events), _share(self.false_alarms, self.n - self.events)
        return None if caught is None or alarmed is None else caught - alarmed

    @property
    def heidke(self) -> float | None:
        if not 0 < self.events < self.n:
            return None
        a, b, c, d = self.hits, self.false_alarms, self.misses, self.correct_negatives
        return 2 * (a * d - b * c) / ((a + c) * (c + d) + (a + b) * (b + d))

    @property
    def undefined_because(self) -> str | None:
        """Why a score is undefined; None where all are defined."""
        if not self.n:
            return "no quarter is counted yet"
        if not self.events:
            return "the outcome never came: nobody can tell a good rule from a bad one"
        return None if self.events < self.n else "the outcome always came: nobody can tell a good rule from a bad one"

    @property
    def never(self) -> Contingency:
        """The same outcomes, had nobody ever warned."""
        return Contingency(0, 0, self.events, self.n - self.events)

    @property
    def always(self) -> Contingency:
        """The same outcomes, had there been a warning each time."""
        return Contingency(self.events, self.n - self.events, 0, 0)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
