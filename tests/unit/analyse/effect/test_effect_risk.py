"""Interaction on the risk scale: the published example, an oracle by numerical derivatives, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from idtracker.analyse.effect.risk import Counts, Scale, risk_interaction
from idtracker.model.errors import UsageError

# Cancer of mouth and pharynx by alcohol and tobacco, cases among cases and controls with neither, alcohol, tobacco, both:
# Rothman and Keller 1972 as in Hosmer and Lemeshow 1992, the example of epi.interaction() in the R package epiR.
MOUTH: tuple[Counts, Counts] = (3, 6, 8, 225), (23, 18, 26, 391)


def test_the_published_example() -> None:
    found = risk_interaction(*MOUTH, scale="odds_ratio", level=0.95)
    assert found.reri and found.attributable and found.synergy
    assert (round(found.reri.value, 3), round(found.reri.lower, 3), round(found.reri.upper, 3)) == (
        3.740,
        -1.837,
        9.316,
    )
    assert (round(found.attributable.value, 3), round(found.synergy.value, 2)) == (0.414, 1.87)
    assert found.refused is None


@pytest.mark.parametrize("scale", ["risk_ratio", "odds_ratio"])
def test_intervals_are_those_of_numerical_derivatives(scale: Scale) -> None:
    events, totals = (10, 25, 18, 60), (120, 110, 90, 130)
    found = risk_interaction(events, totals, scale=scale)
    spread = _spreads(events, totals, scale)
    assert found.reri and found.attributable and found.synergy
    for estimate, wanted in ((found.reri, spread["reri"]), (found.attributable, spread["ap"])):
        assert (estimate.upper - estimate.lower) / 2 == pytest.approx(1.6448536 * wanted, rel=1e-5)
    assert np.log(found.synergy.upper / found.synergy.value) == pytest.approx(1.6448536 * spread["s"], rel=1e-5)


def _spreads(events: Counts, totals: Counts, scale: Scale) -> dict[str, float]:
    """Standard errors from the binomial variance of each arm and derivatives taken by small steps in its share."""
    shares = np.array(events) / np.array(totals)
    variances = shares * (1 - shares) / np.array(totals)

    def ratios(p: np.ndarray) -> np.ndarray:
        level = p / (1 - p) if scale == "odds_ratio" else p
        return np.asarray(level[1:] / level[0])

    def of(measure: Callable[[np.ndarray], float]) -> float:
        steps = np.eye(4) * 1e-6
        slopes = [(measure(ratios(shares + s)) - measure(ratios(shares - s))) / 2e-6 for s in steps]
        return float(np.sqrt(np.square(slopes) @ variances))

    return {
        "reri": of(lambda r: r[2] - r[0] - r[1] + 1),
        "ap": of(lambda r: (r[2] - r[0] - r[1] + 1) / r[2]),
        "s": of(lambda r: float(np.log((r[2] - 1) / (r[0] + r[1] - 2)))),
    }


def test_what_lowers_the_risk_has_no_synergy_index() -> None:
    found = risk_interaction((568, 461, 448, 343), (4300, 4295, 4300, 4292))
    assert found.refused == "lowers_risk" and found.synergy is None
    assert found.reri and found.reri.lower < 0 < found.reri.upper
    turned = risk_interaction((343, 448, 461, 568), (4292, 4300, 4295, 4300))
    assert turned.synergy and turned.refused is None


@pytest.mark.parametrize(
    ("events", "totals", "scale", "refused"),
    [
        ((1, 2, 0, 4), (9, 9, 0, 9), "risk_ratio", "missing_cells"),
        ((0, 2, 3, 4), (9, 9, 9, 9), "risk_ratio", "zero_count"),
        ((1, 2, 3, 9), (9, 9, 9, 9), "odds_ratio", "zero_count"),
    ],
)
def test_empty_arms_and_counts_of_zero_are_refused(events: Counts, totals: Counts, scale: Scale, refused: str) -> None:
    found = risk_interaction(events, totals, scale=scale)
    assert (found.refused, found.reri, found.attributable, found.synergy) == (refused, None, None, None)


def test_more_events_than_units_are_no_counts() -> None:
    with pytest.raises(UsageError, match="do not lie between"):
        risk_interaction((1, 2, 3, 4), (9, 9, 0, 9))
