"""From an approach to an actor to a recorded act of theirs: how long it took where one department was in touch, and where several were.

An actor is approached from the first day on which somebody recorded access or influence above none, and jointly from the first day
by which two departments had. The wait for an act after a single approach ends unfinished where a second department joins: what
follows belongs to the joint one, so that an actor who holds out for long does not count as joint from the start.
"""

from __future__ import annotations

from typing import NamedTuple

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.quarter import Quarter, day_number
from idtracker.analyse.metrics.scopes.labels import departments

ACTED = 4
TOGETHER = 2  # departments


class Approach(NamedTuple):
    """An actor, the days waited for an act (to the last day known, where it still is), and whether it came."""

    actor: str
    days: int
    has_acted: bool


class Approaches(NamedTuple):
    """The waits of all actors approached, of those approached by one department, and by several."""

    every: list[Approach]
    single: list[Approach]
    joint: list[Approach]


class _Seen(NamedTuple):
    """What is known of an actor: the first days of approaches, by department (None: by others), and the levels of influence by day."""

    approached: dict[str | None, int]
    influence: dict[int, list[int]]


def approaches(inputs: Inputs, quarter: Quarter) -> Approaches:
    """The waits as known at the end of the quarter, or the day of knowledge where that is earlier, in the order of actors."""
    until, found = day_number(inputs.last_day(quarter)), Approaches([], [], [])
    for actor, seen in sorted(_seen(inputs, quarter, until).items()):
        if not seen.approached:
            continue
        first = min(seen.approached.values())
        of_departments = sorted(day for org, day in seen.approached.items() if org is not None)
        joint = of_departments[TOGETHER - 1] if len(of_departments) >= TOGETHER else None
        acts = [day for day, levels in seen.influence.items() if min(levels) >= ACTED and day >= first]
        act = min(acts, default=None)
        found.every.append(_wait(actor, first, act, until))
        if joint is None or first < joint:
            has_acted_before = act is not None and (joint is None or act <= joint)
            found.single.append(
                _wait(actor, first, act if has_acted_before else None, until if joint is None else joint)
            )
        if joint is not None and (act is None or act > joint or first == joint):
            found.joint.append(_wait(actor, joint, act, until))
    return found


def _wait(actor: str, start: int, act: int | None, until: int) -> Approach:
    return Approach(actor, (until if act is None else act) - start, act is not None)


def _seen(inputs: Inputs, quarter: Quarter, until: int) -> dict[str, _Seen]:
    of, found = departments(inputs, quarter), dict[str, _Seen]()
    columns = ("actor_id", "ladder", "level", "observed_on", "org_id")
    for actor, ladder, level, day, org in inputs.values("pai_record", *columns):
        if day is None or level is None or day > until:
            continue
        seen = found.setdefault(actor, _Seen({}, {}))
        if level >= 1:
            department = of.get(org or "")
            seen.approached[department] = min(day, seen.approached.get(department, day))
        if ladder == "INFLUENCE":
            seen.influence.setdefault(day, []).append(level)
    return found
