"""What is true in the invented country, before anyone reports it: a latent score per governorate, dimension and quarter.

Every source draws from its own random stream, named after it, so that a new source changes no other.
"""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from idtracker.model.periods import quarters_between
from programme.places import COUNTRY, EVERYWHERE

SEED = 20261115
FIRST, LAST = "2023-Q3", "2026-Q3"
JOINT_FIRST = "2020-Q1"
CLOCK = "2026-11-15"
INDICATORS = Path(__file__).parents[1] / "sources" / "_reference" / "indicators.csv"
DIMENSIONS = ("BSF1", "BSF2", "BSF3", "BSF4", "BSF5")

# Level of each dimension, and of each governorate beside it, on the 0-100 scale (100 is stable).
BASE = {"BSF1": 52.0, "BSF2": 48.0, "BSF3": 70.0, "BSF4": 58.0, "BSF5": 62.0}
OFFSET = {
    "JO-AJ": -3.0,
    "JO-AM": 11.0,
    "JO-AQ": 9.0,
    "JO-AT": -8.0,
    "JO-AZ": -4.0,
    "JO-BA": 3.0,
    "JO-IR": 2.0,
    "JO-JA": -2.0,
    "JO-KA": 0.0,
    "JO-MA": -12.0,
    "JO-MD": 4.0,
    "JO-MN": -10.0,
    COUNTRY: 0.0,
}
# No access: neither the survey nor the interior ministry's return speaks of this governorate in these quarters.
NO_ACCESS = ("JO-AT", ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"))
# Points of change a quarter: the planted trends. Everything else drifts by less than half a point.
TREND = {("JO-MA", "BSF4"): 1.8, ("JO-MN", "BSF3"): -2.2, ("JO-AT", "BSF2"): -1.4, ("JO-AQ", "BSF5"): 1.2}


@dataclass(frozen=True, slots=True)
class Indicator:
    """What the generator needs to know of an indicator: where a score of 0 and of 100 lie."""

    code: str
    name: str
    name_ar: str
    dimension: str
    unit: str
    direction: int
    low: float
    high: float

    def value(self, score: float) -> float:
        """The indicator's value at a score between 0 and 100."""
        share = min(max(score, 0.0), 100.0) / 100
        return self.low + (self.high - self.low) * (share if self.direction > 0 else 1 - share)


class World:
    """The invented country of one seed."""

    def __init__(self, seed: int = SEED) -> None:
        self.seed = seed
        self.quarters = quarters_between(FIRST, LAST)
        self.joint_quarters = quarters_between(JOINT_FIRST, LAST)

    def can_reach(self, place: str, quarter: str) -> bool:
        """Whether interviewers and the interior ministry get to a governorate in a quarter."""
        return place != NO_ACCESS[0] or quarter not in NO_ACCESS[1]

    def stream(self, name: str) -> np.random.Generator:
        """A random stream of its own for every name."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Every indicator of the programme by code."""
        with INDICATORS.open(encoding="utf-8", newline="") as lines:
            return {
                r["indicator_id"]: Indicator(
                    r["indicator_id"],
                    r["name"],
                    r["name_ar"],
                    r["dimension_code"],
                    r["unit"],
                    int(r["direction"]),
                    float(r["goalpost_low"]),
                    float(r["goalpost_high"]),
                )
                for r in csv.DictReader(lines)
            }

    @cached_property
    def latent(self) -> dict[tuple[str, str, str], float]:
        """Latent score by (dimension, place, quarter), 0-100."""
        found: dict[tuple[str, str, str], float] = {}
        for dimension in DIMENSIONS:
            for place in (*EVERYWHERE, COUNTRY):
                found.update(self._path(dimension, place))
        return found

    def _path(self, dimension: str, place: str) -> dict[tuple[str, str, str], float]:
        rng = self.stream(f"latent {dimension} {place}")
        level = BASE[dimension] + OFFSET[place] + float(rng.normal(0, 2.0))
        drift = TREND.get((place, dimension), float(rng.uniform(-0.35, 0.35)))
        shock, path = 0.0, {}
        for step, quarter in enumerate(self.quarters):
            shock = 0.5 * shock + float(rng.normal(0, 0.8))
            path[dimension, place, quarter] = float(np.clip(level + drift * step + shock, 4, 96))
        return path

    @cached_property
    def truth(self) -> dict[tuple[str, str, str], float]:
        """Score of each indicator by (indicator, place, quarter), 0-100: latent score, own level, own noise."""
        found: dict[tuple[str, str, str], float] = {}
        for code, indicator in self.indicators.items():
            level = float(self.stream(f"level {code}").normal(0, 4.0))
            for place in (*EVERYWHERE, COUNTRY):
                noise = self.stream(f"indicator {code} {place}").normal(0, 1.2, len(self.quarters))
                for quarter, wobble in zip(self.quarters, noise, strict=True):
                    score = self.latent[indicator.dimension, place, quarter] + level + float(wobble)
                    found[code, place, quarter] = float(np.clip(score, 2, 98))
        return found

    def observed(
        self,
        rng: np.random.Generator,
        code: str,
        place: str,
        quarter: str,
        *,
        bias: float = 0.0,
        error: float = 1.5,
        digits: int = 1,
    ) -> float:
        """A value as an observer would state it: the truth plus a bias and an error, both in points of the 0-100 score."""
        score = self.truth[code, place, quarter] + bias + float(rng.normal(0, error))
        return round(self.indicators[code].value(score), digits)
