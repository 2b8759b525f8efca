"""How much of their targets activities reached in a quarter, and how many departments take part in each."""

from __future__ import annotations

from typing import NamedTuple

from idtracker.analyse.metrics.effects.arms import departments_of
from idtracker.analyse.metrics.effects.outcomes import rows_ending_in
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.quarter import Quarter

_MOST = 1.5


class Achieved(NamedTuple):
    """An activity, its departments, the mean achievement of its results, and where these rows are."""

    unit: str
    departments: int
    achieved: float
    rows: list[int]


def achievements(inputs: Inputs, quarter: Quarter) -> list[Achieved]:
    """The activities with a department and a result that has an achievement, in order."""

    def make() -> list[Achieved]:
        every = inputs.values("result_value", "activity_id", "baseline", "target", "actual", "disaggregation")
        departments, found = departments_of(inputs, quarter), dict[str, list[tuple[int, float]]]()
        for row in rows_ending_in(inputs, quarter):
            activity, baseline, target, actual, breakdown = every[row]
            reached = None if breakdown else achievement(baseline, target, actual)
            if reached is not None and departments.get(activity):
                found.setdefault(activity, []).append((row, reached))
        return [
            Achieved(activity, len(departments[activity]), sum(r for _, r in of) / len(of), [row for row, _ in of])
            for activity, of in sorted(found.items())
        ]

    return inputs.remember(("effect achieved", quarter), make)


def achievement(baseline: float | None, target: float | None, actual: float | None) -> float | None:
    """(actual - baseline) / (target - baseline) within 0 and 1.5, also where lower is better; None where a number is missing or
    the target equals the baseline."""
    if baseline is None or target is None or actual is None or target == baseline:
        return None
    return min(max((actual - baseline) / (target - baseline), 0.0), _MOST)
