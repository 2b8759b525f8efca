"""What a rule would have been worth: each quarter's warning as it was known then, against what is known now to have come.

A quarter counts once its horizon has ended and as many days have passed since as the rule waits for values. It is left
out where the rule had no value to judge then, where the outcome cannot be told (no value beyond the level, and one of the
horizon is not known), and, with `only_new`, where the outcome was there already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from idtracker.analyse.warning.conditions import Series
from idtracker.analyse.warning.contingency import Contingency
from idtracker.model.warnings.rule import Outcome

MINIMUM_COUNTED = 20
"""Counted quarters below which a rule is not yet tested."""
MINIMUM_EACH = 5
"""As many of them have to be with the outcome, and as many without."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Whether a rule warned of a place in a quarter, as known when it was first judged; None: it had no value to judge."""

    place_id: str
    quarter: int
    is_warned: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule may warn, and why."""

    code: str
    why: str

    @property
    def may_warn(self) -> bool:
        return self.code in ("BETTER", "NOT_YET_TESTED", "SIGNED")


@dataclass(frozen=True, slots=True)
class Replay:
    """The table of a rule's past, and how many of its quarters are not in it."""

    table: Contingency
    left_out: int


def replay(outcome: Outcome, forecasts: Iterable[Forecast], known_now: Mapping[str, Series], ended: int) -> Replay:
    """The past of a rule whose horizon has ended: quarters up to `ended` less the horizon."""
    pairs, left_out = [], 0
    for forecast in forecasts:
        if forecast.quarter + outcome.within > ended:
            continue
        series = known_now.get(forecast.place_id)
        came = None if series is None else did_come(outcome, series, forecast.quarter)
        if forecast.is_warned is None or came is None:
            left_out += 1
        else:
            pairs.append((forecast.is_warned, came))
    return Replay(Contingency.of(pairs), left_out)


def did_come(outcome: Outcome, series: Series, quarter: int) -> bool | None:
    """Whether the outcome came within the horizon after a quarter; None where that cannot be told or does not count."""
    start = series.points.get(quarter)
    if outcome.below is None and outcome.above is None:
        if start is None:
            return None
    elif outcome.only_new and (start is None or has_arrived(outcome, series, quarter)):
        return None
    held: list[bool | None] = []
    for ahead in range(1, outcome.within + 1):
        since = series.comparable_from(quarter + ahead)
        point = series.points.get(quarter + ahead)
        is_comparable = since is None or since <= quarter
        known = point is not None and is_comparable
        held.append(_is_so(outcome, point.value, start.value if start else 0.0) if known and point else None)
    return True if True in held else None if None in held else False


def has_arrived(outcome: Outcome, series: Series, quarter: int) -> bool:
    """Whether what a rule warns of is so already, where only what is new counts: there is nothing left to warn of."""
    point = series.points.get(quarter)
    is_level = outcome.below is not None or outcome.above is not None
    return is_level and outcome.only_new and point is not None and _is_so(outcome, point.value, point.value)


def _is_so(outcome: Outcome, value: float, start: float) -> bool:
    if outcome.below is not None:
        return value < outcome.below
    if outcome.above is not None:
        return value > outcome.above
    if outcome.falls_by is not None:
        return start - value > outcome.falls_by
    return value - start > (outcome.rises_by or 0.0)


def verdict_of(table: Contingency, signed: str | None = None) -> Verdict:
    """Whether a rule with this past may warn; `signed` says who answers for it, where somebody does."""
    short = _too_short(table)
    if short:
        return Verdict("NOT_YET_TESTED", short)
    if table.heidke is not None and table.heidke > 0:
        return Verdict("BETTER", "its past is better than never warning")
    why = "its past is no better than never warning"
    return Verdict("SIGNED", f"{why}; {signed}") if signed else Verdict("REFUSED", why)


def _too_short(table: Contingency) -> str | None:
    if table.n < MINIMUM_COUNTED:
        return f"{table.n} quarters counted, {MINIMUM_COUNTED} are needed"
    for count, words in ((table.events, "with"), (table.n - table.events, "without")):
        if count < MINIMUM_EACH:
            return f"{count} quarters {words} the outcome, {MINIMUM_EACH} are needed"
    if not table.hits + table.false_alarms:
        return "it never warned: nothing says what a warning of it is worth"
    return None
