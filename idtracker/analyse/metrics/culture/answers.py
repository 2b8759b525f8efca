"""Answers of organisations in rounds: ratings of barriers and answers to key performance questions, once per organisation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from statistics import median_low
from typing import Any, NamedTuple, TypeVar

import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter

BARRIERS = tuple(f"B{n}" for n in range(1, 7))
SCALE = range(1, 5)
ASSESSMENT, RESPONSE = "enabler_assessment", "kpq_response"
GUIDANCE = "K6"
"""The question whether guidance is available and used."""
RANKS = {"YES": 3, "PARTLY": 2, "NO": 1, "NOT_YET": 1, "NA": 0}
"""Answers that say how far something is so; NA says that the question does not arise."""
Key = TypeVar("Key", bound=Hashable)
Team = tuple[str, str]
"""An organisation and the scope that it answers for."""


class Answer(NamedTuple):
    """A row of a round that ends in a quarter: its place, who answers as it is in some quarter, and the columns asked for."""

    place: int
    org: str
    when: tuple[int, int]
    cells: tuple[Any, ...]


def answers(
    inputs: Inputs, table: str, quarter: Quarter, columns: Sequence[str], as_in: Quarter, subject: int = 2
) -> Iterator[Answer]:
    """The rows of a table whose period ends in a quarter. The first `subject` columns say what they are about.

    Where a merger falls into the quarter, the new organisation does not count beside those that it was made of.
    """
    rows = inputs.values(table, "org_id", "period_start", "period_end", *columns)
    places = inputs.places_in(table, "period_end", quarter).tolist()
    chosen = [rows[place] for place in places]
    about = [" ".join(map(str, row[3 : 3 + subject])) for row in chosen]
    present = inputs.members(about, [row[0] for row in chosen], as_in)
    for place, org, row in zip(places, present, chosen, strict=True):
        if org is not None:
            yield Answer(place, org, (row[2], row[1]), row[3:])


def latest(
    every: Iterator[Answer], key: Callable[[Answer], Key], value: Callable[[Answer], int | None]
) -> dict[Key, int]:
    """The value of each key: of the latest period that states one, the lower median where there are several."""
    stated: dict[Key, dict[tuple[int, int], list[int]]] = {}
    for answer in every:
        number = value(answer)
        if number is not None:
            stated.setdefault(key(answer), {}).setdefault(answer.when, []).append(number)
    return {of: median_low(by_time[max(by_time)]) for of, by_time in sorted(stated.items(), key=str)}


def barrier_ratings(inputs: Inputs, quarter: Quarter, as_in: Quarter) -> dict[tuple[str, str, str], int]:
    """Ratings on the scale by barrier, scope assessed and organisation, of the rounds that end in a quarter."""

    def make() -> dict[tuple[str, str, str], int]:
        every = answers(inputs, ASSESSMENT, quarter, ("barrier_code", "scope_id", "rating"), as_in)
        return latest(every, lambda a: (a.cells[0], a.cells[1], a.org), lambda a: _on_scale(a.cells[2]))

    key = ("barrier ratings", quarter, as_in, inputs.mode)
    return inputs.remember_while(key, [inputs.table(ASSESSMENT), inputs.reading(as_in)], make)


def by_org(rated: dict[tuple[str, str, str], int], barrier: str, scope: str | None = None) -> dict[str, float]:
    """One rating of a barrier for each organisation: of one scope, or the lower median of all that it assessed."""
    by_organisation: dict[str, list[int]] = {}
    for (code, about, org), rating in rated.items():
        if code == barrier and scope in (None, about):
            by_organisation.setdefault(org, []).append(rating)
    return {org: float(median_low(ratings)) for org, ratings in by_organisation.items()}


def team_answers(inputs: Inputs, quarter: Quarter, as_in: Quarter, question: str) -> dict[Team, int]:
    """The rank of each team's answer to a question; 0 where it says that the question does not arise."""

    def make() -> dict[Team, int]:
        every = answers(inputs, RESPONSE, quarter, ("kpq_code", "scope_id", "answer"), as_in)
        of_question = (answer for answer in every if answer.cells[0] == question)
        return latest(of_question, lambda a: (a.org, a.cells[1]), lambda a: RANKS.get(a.cells[2]))

    key = ("team answers", quarter, as_in, question, inputs.mode)
    return inputs.remember_while(key, [inputs.table(RESPONSE), inputs.reading(as_in)], make)


def teams(inputs: Inputs, quarter: Quarter) -> list[Team]:
    """Teams that answered any question in the four quarters to this one; silent ones stay, ended ones do not."""
    known = inputs.traits(quarter)
    columns = ("kpq_code", "scope_id")
    named = {
        (answer.org, answer.cells[1])
        for earlier in quarter.window()
        for answer in answers(inputs, RESPONSE, earlier, columns, quarter)
    }
    return sorted(team for team in named if team[0] not in known or known[team[0]].is_current)


def assessors(inputs: Inputs, quarter: Quarter) -> set[str]:
    """Organisations that rated any barrier in the four quarters to this one; silent ones stay, ended ones do not."""
    known = inputs.traits(quarter)
    named = {org for earlier in quarter.window() for _, _, org in barrier_ratings(inputs, earlier, quarter)}
    return {org for org in named if org not in known or known[org].is_current}


def team_name(team: Team) -> str:
    """The name of a team."""
    return f"{team[0]} {team[1]}"


def answer_evidence(
    inputs: Inputs, table: str, rounds: Sequence[Quarter], as_in: Quarter, columns: Sequence[str], where: str, unit: str
) -> list[Evidence]:
    """The rows behind answers: those whose first column says `where` (all of them if empty); a unit is an `org` or a `team`."""
    rows = partial(_answer_rows, inputs, table, rounds, as_in, columns, where, unit)
    return [Evidence(table, rows, ["org_id", "scope_id", columns[0], columns[-1], "period"])]


def _answer_rows(
    inputs: Inputs, table: str, rounds: Sequence[Quarter], as_in: Quarter, columns: Sequence[str], where: str, unit: str
) -> pd.DataFrame:
    chosen = [
        answer
        for quarter in rounds
        for answer in answers(inputs, table, quarter, columns, as_in)
        if where in ("", answer.cells[0])
    ]
    rows = inputs.table(table).take([answer.place for answer in chosen])
    names = {
        "org": [answer.org for answer in chosen],
        "team": [team_name((answer.org, answer.cells[1])) for answer in chosen],
        "subject": [answer.cells[0] for answer in chosen],
    }
    return rows.assign(unit=pd.Series(names[unit], rows.index, dtype="str"))


def _on_scale(rating: int | None) -> int | None:
    return None if rating is None or rating not in SCALE else int(rating)
