"""Schemes of verbal likelihood: the PHIA yardstick with its deliberate gaps, and that of ICD 203, which is never mixed with it."""

from __future__ import annotations

from dataclasses import dataclass

SCHEME = "phia_yardstick"
ICD203 = "icd203_yardstick"


@dataclass(frozen=True, slots=True)
class Band:
    """One term. `low` and `high` are per cent; both belong to the range unless `is_open` leaves `high` out."""

    code: str
    term: str
    low: float
    high: float
    is_open: bool = False

    def holds(self, probability_pct: float) -> bool:
        return self.low <= probability_pct < self.high or (probability_pct == self.high and not self.is_open)

    def distance(self, probability_pct: float) -> float:
        return max(self.low - probability_pct, probability_pct - self.high, 0.0)

    @property
    def midpoint(self) -> float:
        """The one number a term may stand for, to be marked as derived."""
        return (self.low + self.high) / 2


BANDS = (
    Band("P1", "remote chance", 0, 5),
    Band("P2", "highly unlikely", 10, 20),
    Band("P3", "unlikely", 25, 35),
    Band("P4", "realistic possibility", 40, 50, is_open=True),
    Band("P5", "likely / probable", 55, 75),
    Band("P6", "highly likely", 80, 90),
    Band("P7", "almost certain", 95, 100),
)

ICD203_BANDS = (
    Band("I1", "almost no chance", 1, 5),
    Band("I2", "very unlikely", 5, 20),
    Band("I3", "unlikely", 20, 45),
    Band("I4", "roughly even chance", 45, 55),
    Band("I5", "likely", 55, 80),
    Band("I6", "very likely", 80, 95),
    Band("I7", "almost certain", 95, 99),
)
SCHEMES = {SCHEME: BANDS, ICD203: ICD203_BANDS}


def band_of(probability_pct: float) -> tuple[Band, bool]:
    """The band of a probability in per cent, and whether it lies in a gap and was mapped to the nearest band.

    Half-way between two bands the less certain one is taken. ValueError outside 0 to 100.
    """
    if not 0 <= probability_pct <= 100:
        raise ValueError(f"{probability_pct} is not a probability in per cent")
    for band in BANDS:
        if band.holds(probability_pct):
            return band, False
    return min(BANDS, key=lambda b: (b.distance(probability_pct), abs(b.midpoint - 50))), True
