"""From the condition in each quarter to warnings that are raised, stand, and end.

A warning is raised once its condition held in `persistence` quarters in a row; a quarter without a value breaks the row.
It ends in the first quarter in which the condition is judged and does not hold. A quarter that cannot be judged ends
nothing: the warning stands, UNJUDGED. A change of counts too small to tell is LIMITED, and no warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from idtracker.analyse.warning.conditions import Judgement, Series, judge
from idtracker.model.warnings.rule import Rule, Side

ACTIVE = ("RAISED", "UNJUDGED")


@dataclass(frozen=True, slots=True)
class State:
    """What a rule says of one quarter: RAISED, UNJUDGED, CLEARED, LIMITED, or None: nothing. `since`: raised in that quarter."""

    quarter: int
    state: str | None
    judged: Judgement
    since: int | None = None

    @property
    def is_warned(self) -> bool:
        return self.state in ACTIVE


def states_of(rule: Rule, side: Side, series: Series) -> Iterator[State]:
    """What the rule says of every quarter of a series, oldest first."""
    row, since = 0, None
    for quarter in series.quarters:
        judged = judge(rule.when, side, series, quarter)
        row = row + 1 if judged.holds else 0
        if since is None and row >= rule.persistence:
            since = quarter
            yield State(quarter, "RAISED", judged, since)
        elif since is None:
            yield State(quarter, "LIMITED" if judged.is_limited else None, judged)
        elif judged.holds is False:
            yield State(quarter, "CLEARED", judged, since)
            since = None
        else:
            yield State(quarter, "RAISED" if judged.holds else "UNJUDGED", judged, since)
