"""Who answers the questions of a framework: teams that are asked, what each says, how sure it is, and how far it is from the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_low

import pandas as pd

from idtracker.analyse.metrics.culture.answers import RANKS, RESPONSE, Team, answers, teams
from idtracker.analyse.metrics.culture.baseline import first_answered
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.marking import Marking, marking_of

_SUBJECT = ("kpq_code", "scope_id")
_COLUMNS = (*_SUBJECT, "answer", "ancr", "evidence", "stage", "classification", "releasable_to")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a team answered: codes, None where it stated none."""

    answer: str
    ancr: str | None
    has_evidence: bool
    stage: str | None
    marking: Marking

    @property
    def rank(self) -> int | None:
        """How far it is so; None where the question does not arise."""
        return RANKS[self.answer] or None


Replies = Mapping[Team, Reply]
"""The replies of a quarter to one question, as organisations are in that quarter or a later one."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One question in one quarter: who is asked, who replied, what was replied at the baseline, and when each last replied."""

    question: str
    period: str
    roster: Sequence[Team]
    replies: Replies
    baseline: str | None
    before: Replies
    last: Mapping[Team, str]
    roster_markings: frozenset[Marking] = field(default_factory=frozenset)

    @property
    def median(self) -> int | None:
        """The lower median of the ranks; None where no reply ranks."""
        ranks = [reply.rank for reply in self.replies.values() if reply.rank]
        return median_low(ranks) if ranks else None


def polls(inputs: Inputs, questions: Sequence[str], periods: Sequence[str]) -> Iterator[Poll]:
    """Every question in every quarter. `inputs` holds `kpq_response` and `organisation` as known at its instant."""
    own = _OwnReplies(inputs)
    for question in questions:
        last: dict[Team, str] = {}
        for period in periods:
            quarter = Quarter.of(period)
            replies = own.replies(quarter, quarter).get(question, {})
            roster = sorted({*own.roster(quarter), *replies})
            last |= dict.fromkeys(replies, period)
            first = first_answered(inputs, RESPONSE, quarter, _HasAnswer(own, question), f"reply to {question}")
            before = own.replies(first, quarter).get(question, {}) if first else {}
            yield Poll(
                question,
                period,
                roster,
                replies,
                first.code if first else None,
                before,
                dict(last),
                own.markings(quarter),
            )


class _OwnReplies:
    """Replies, rosters and markings of quarters, each worked out once."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._replies: dict[tuple[str, str], dict[str, dict[Team, Reply]]] = {}
        self._rosters: dict[str, list[Team]] = {}

    def replies(self, quarter: Quarter, as_in: Quarter) -> dict[str, dict[Team, Reply]]:
        """By question, the reply of each team: of the latest period that states one, the lower median where there are several."""
        key = quarter.code, as_in.code
        if key not in self._replies:
            by_time: dict[str, dict[Team, dict[tuple[int, int], list[Reply]]]] = {}
            for one in answers(self._inputs, RESPONSE, quarter, _COLUMNS, as_in, subject=len(_SUBJECT)):
                question, scope, answer, ancr, evidence, stage, *marks = one.cells
                if answer in RANKS:
                    reply = Reply(answer, ancr, bool(evidence), stage, marking_of(*marks))
                    times = by_time.setdefault(question, {}).setdefault((one.org, scope), {})
                    times.setdefault(one.when, []).append(reply)
            self._replies[key] = {
                question: {team: _middle(times[max(times)]) for team, times in sorted(by_team.items())}
                for question, by_team in by_time.items()
            }
        return self._replies[key]

    def roster(self, quarter: Quarter) -> list[Team]:
        """The teams that are asked in a quarter."""
        if quarter.code not in self._rosters:
            self._rosters[quarter.code] = teams(self._inputs, quarter)
        return self._rosters[quarter.code]

    def markings(self, quarter: Quarter) -> frozenset[Marking]:
        """How the replies are marked by which teams count as asked in a quarter."""
        return frozenset(
            reply.marking
            for one in quarter.window()
            for by_team in self.replies(one, one).values()
            for reply in by_team.values()
        )


@dataclass(frozen=True, slots=True)
class _HasAnswer:
    """Whether anybody answers a question in a quarter."""

    own: _OwnReplies
    question: str

    def __call__(self, quarter: Quarter) -> bool:
        return self.question in self.own.replies(quarter, quarter)


def _middle(replies: Sequence[Reply]) -> Reply:
    """The lower median of replies of one team in one period, by rank."""
    ordered = sorted(replies, key=lambda reply: (RANKS[reply.answer], reply.answer, reply.ancr or ""))
    return ordered[(len(ordered) - 1) // 2]


def unknown_questions(response: pd.DataFrame, questions: Sequence[str]) -> dict[str, int]:
    """Answers that are about no question of a framework, by the question that they name."""
    others = response.loc[~response["kpq_code"].isin(questions), "kpq_code"]
    return {str(code): int(count) for code, count in others.value_counts().sort_index().items()}
