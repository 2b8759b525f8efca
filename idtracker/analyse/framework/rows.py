"""The tables of the framework from what is known at one instant: pure functions of frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from idtracker.analyse.framework.answers import Poll, Reply, polls
from idtracker.analyse.framework.counts import answer_counts, evidence_counts, rank_difference
from idtracker.analyse.framework.gaps import Gap, Supply, missing_figures, silent_teams
from idtracker.analyse.framework.series import Point, series_points
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.framework.definition import Element, Framework, Question
from idtracker.model.marking import Marking, united
from idtracker.model.tables import TABLES as MODELS
from idtracker.model.tables import conform_types, empty_frame

TABLES = ("kpq_view", "framework_element", "framework_evidence", "framework_answer", "framework_gap")
Row = dict[str, object]
_PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class KnownThen:
    """What the tables are made of: metric values, and `inputs` with the answers and organisations; all as known at one instant.

    `periods` are the quarters that metrics are known of, in order; `own` marks what follows from no row.
    """

    values: pd.DataFrame
    periods: Sequence[str]
    inputs: Inputs
    supply: Supply
    own: Marking


def framework_frames(framework: Framework, known: KnownThen) -> dict[str, pd.DataFrame]:
    """Every table of the framework, by name."""
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    subjects = _Subjects(framework, known)
    for poll in polls(known.inputs, [q.code for q in framework.questions], known.periods):
        subjects.add_question(rows, poll)
    for element in framework.elements:
        for period in known.periods:
            subjects.add_element(rows, element, period)
    return {
        name: conform_types(pd.DataFrame(each), MODELS[name]) if each else empty_frame(MODELS[name])
        for name, each in rows.items()
    }


class _Subjects:
    """Makes the rows of questions and elements."""

    def __init__(self, framework: Framework, known: KnownThen) -> None:
        self._known, self._version = known, f"{framework.id} {framework.version}"
        self._questions = {question.code: question for question in framework.questions}
        self._points = _by_period(series_points(framework, known.values, known.periods, known.inputs.baseline))
        self._ever: dict[tuple[str, str], bool] = {}
        for point in (p for by_period in self._points.values() for points in by_period.values() for p in points):
            key = point.evidence_code, point.scope
            self._ever[key] = self._ever.get(key, False) or point.is_measured

    def add_question(self, rows: Mapping[str, list[Row]], poll: Poll) -> None:
        """The rows of one question in one quarter."""
        question = self._questions[poll.question]
        head = self._head(poll.period) | {"question_code": question.code, "stage_code": question.stage}
        points, gaps = self._evidence_of(question, poll.period)
        gaps = [*gaps, *silent_teams(poll)]
        self._add_evidence(rows, question, poll.period, points, gaps)
        markings = {*(m for p in points for m in p.markings), *_markings(gaps), *poll.roster_markings, *_marked(poll)}
        view = head | {"function_code": question.function}
        overdue = sum(gap.gap == "OVERDUE_REPORT" for gap in gaps)
        counts = evidence_counts(points) | {"overdue_count": overdue}
        whole = answer_counts(poll, question.stage)
        rows["kpq_view"].append(view | {"scope": _PROGRAMME} | whole | counts | self._mark(markings))
        for org in sorted({org for org, _ in poll.roster}):
            one = answer_counts(poll, question.stage, org)
            marked = self._mark({*poll.roster_markings, *_marked(poll)})
            rows["kpq_view"].append(view | {"scope": f"org={org}"} | one | marked)
        rows["framework_answer"] += [head | row for row in self._answers(poll)]

    def add_element(self, rows: Mapping[str, list[Row]], element: Element, period: str) -> None:
        """The rows of one element in one quarter."""
        points, gaps = self._evidence_of(element, period)
        self._add_evidence(rows, element, period, points, gaps)
        head = {"group_code": element.group, "element_code": element.code, "states": element.states}
        overdue = sum(gap.gap == "OVERDUE_REPORT" for gap in gaps)
        counts = evidence_counts(points) | {"overdue_count": overdue}
        marked = self._mark({*(m for p in points for m in p.markings), *_markings(gaps)})
        rows["framework_element"].append(self._head(period) | head | counts | marked)

    def _evidence_of(self, subject: Question | Element, period: str) -> tuple[list[Point], list[Gap]]:
        """The series of a subject in a quarter, and what is missing of them."""
        points = [point for name in subject.evidence for point in self._points[name].get(period, ())]
        supply = self._known.supply
        overdue = supply.overdue(frozenset(point.metric_id for point in points), period)
        return points, [*overdue, *missing_figures(points, self._ever, supply)]

    def _add_evidence(
        self,
        rows: Mapping[str, list[Row]],
        subject: Question | Element,
        period: str,
        points: Iterable[Point],
        gaps: Iterable[Gap],
    ) -> None:
        kind = "QUESTION" if isinstance(subject, Question) else "ELEMENT"
        head = self._head(period) | {"subject_code": subject.code, "subject_kind": kind}
        for point in points:
            named = {name: getattr(point, name) for name in ("evidence_code", "metric_id", "scope")}
            rows["framework_evidence"].append(head | named | dict(point.columns) | self._mark(point.markings))
        for gap in gaps:
            rows["framework_gap"].append(head | {"gap": gap.gap} | dict(gap.columns) | self._mark(_markings([gap])))

    def _answers(self, poll: Poll) -> Iterator[Row]:
        for team in poll.roster:
            reply, before = poll.replies.get(team), poll.before.get(team)
            yield {
                "org_id": team[0],
                "scope_id": team[1],
                "answer": reply.answer if reply else None,
                "ancr": reply.ancr if reply else None,
                "has_evidence": reply.has_evidence if reply else None,
                "rank_difference": rank_difference(poll, reply),
                "baseline_period": poll.baseline,
                "baseline_answer": before.answer if before else None,
                "last_answered_period": poll.last.get(team),
                **self._mark({*poll.roster_markings, *_marked(poll)}),
            }

    def _head(self, period: str) -> Row:
        quarter = Quarter.of(period)
        days = {"period_start": quarter.start, "period_end": quarter.end}
        return {"framework_version": self._version, "period": period, **days}

    def _mark(self, markings: Iterable[Marking]) -> dict[str, str | None]:
        return (united(sorted(markings, key=str)) or self._known.own).columns


def _by_period(points: Mapping[str, Sequence[Point]]) -> dict[str, dict[str, list[Point]]]:
    """The points of each series by quarter."""
    by_period: dict[str, dict[str, list[Point]]] = {name: {} for name in points}
    for name, each in points.items():
        for point in each:
            by_period[name].setdefault(point.period, []).append(point)
    return by_period


def _markings(gaps: Iterable[Gap]) -> set[Marking]:
    return {gap.marking for gap in gaps if gap.marking is not None}


def _marked(poll: Poll) -> set[Marking]:
    """How the replies of a question are marked, those of the baseline too: each row speaks of all of them."""
    replies: list[Reply] = [*poll.replies.values(), *poll.before.values()]
    return {reply.marking for reply in replies}
