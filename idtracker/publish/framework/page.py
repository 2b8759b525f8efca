"""The framework's page of one quarter, read from published tables, with the labels of its definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import duckdb
import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.model.framework.definition import Element, Framework, Label, Question, Stage
from idtracker.model.framework.load import LoadedFramework
from idtracker.model.json_values import plain_record
from idtracker.model.marking import marking_of, united
from idtracker.model.messages import Lang, phrase
from idtracker.publish.framework.composite import composite_page
from idtracker.publish.framework.document import (
    Answers,
    ElementPage,
    EvidenceCounts,
    EvidenceFigure,
    FrameworkPage,
    Missing,
    QuestionPage,
    StagePage,
    TeamReply,
)
from idtracker.publish.framework.words import lines_of, missing_sentence
from idtracker.store.tables import quoted, read_table

_ANSWERS = ("YES", "PARTLY", "NO", "NOT_YET", "NA")
_CONFIDENCE = ("HIGH", "MODERATE", "LOW", "UNSTATED")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the framework is wanted: a stage, a question, a quarter (the latest unless named), and the composite."""

    stage: str | None = None
    question: str | None = None
    period: str | None = None
    composite: bool = False


def framework_page(
    connection: duckdb.DuckDBPyConnection, loaded: LoadedFramework, wanted: Wanted, lang: Lang = "en"
) -> FrameworkPage:
    """The page of a connection over published tables. UsageError, with the nearest name, where what is wanted is not there."""
    framework, problems = loaded.framework, [*loaded.problems, *loaded.advice]
    if framework is None:
        return _empty(problems)
    stages, questions = _chosen(framework, wanted)
    period = _period(connection, wanted.period)
    reader = _Reader(connection, framework, period, lang)
    if period is not None and reader.published != f"{framework.id} {framework.version}":
        now = f"{framework.id} {framework.version}"
        problems.append(phrase("publish/framework", "other_version", lang, published=reader.published, now=now))
    pages = [
        StagePage(
            stage=stage.code,
            text=_text(stage.label, lang),
            activity_status=list(stage.activity_status),
            questions=[page for q in questions if q.stage == stage.code for page in reader.question(q)],
        )
        for stage in stages
    ]
    is_whole = wanted.stage is None and wanted.question is None
    elements = [page for element in framework.elements for page in reader.element(element)] if is_whole else []
    composite, marks = composite_page(connection, framework, period, lang) if wanted.composite else (None, set())
    reader.marks |= marks
    if wanted.composite and framework.composite is None:
        problems.append(phrase("publish/framework", "composite_none", lang))
    marking = united(marking_of(*pair) for pair in sorted(reader.marks, key=str))
    return FrameworkPage(
        framework=reader.published or f"{framework.id} {framework.version}",
        title=_text(framework.title, lang),
        period=period,
        classification=marking.classification if marking else None,
        releasable_to=marking.releasable_to if marking else None,
        stages=pages,
        elements=elements,
        composite=composite,
        problems=problems,
    )


class _Reader:
    """The rows of one quarter, as parts of the page. `marks` gathers how what was read is marked."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, framework: Framework, period: str | None, lang: Lang
    ) -> None:
        self._connection, self._framework, self._period, self._lang = connection, framework, period, lang
        self._names = _organisation_names(read_table(connection, "organisation"), lang)
        codes = connection.execute(
            f"SELECT scheme, code, label_{lang} FROM codelist WHERE label_{lang} IS NOT NULL"
        ).fetchall()
        self._labels = {(scheme, code): label for scheme, code, label in codes}
        self.marks: set[tuple[str | None, str | None]] = set()
        named = connection.execute("SELECT max(framework_version) FROM kpq_view").fetchone()
        self.published = named[0] if named else None

    def question(self, question: Question) -> Iterator[QuestionPage]:
        """The page of a question; none where nothing is published of it."""
        for view in self._rows("kpq_view", "question_code", question.code, "scope = 'programme'"):
            counts, answers = _counts(view), self._answers(question.code, view)
            missing = self._missing(question.code, answers)
            yield QuestionPage(
                question=question.code,
                text=_text(question.label, self._lang),
                function=question.function,
                counts=counts,
                answers=answers,
                figures=list(self._figures(question.code)),
                missing=missing,
                sentences=lines_of(counts, answers, missing, self._lang, self.label),
            )

    def element(self, element: Element) -> Iterator[ElementPage]:
        """The page of an element; none where nothing is published of it."""
        groups = {group.code: group.label for group in self._framework.groups}
        for row in self._rows("framework_element", "element_code", element.code):
            yield ElementPage(
                element=element.code,
                text=_text(element.label, self._lang),
                group=_text(groups[element.group], self._lang),
                states=row["states"],
                counts=_counts(row),
            )

    def label(self, scheme: str, code: str) -> str:
        """A code as people read it; itself where the codelist does not have it."""
        return str(self._labels.get((scheme, code), code))

    def _rows(self, table: str, column: str, code: str, where: str = "TRUE") -> list[dict[str, Any]]:
        here = f"period = {quoted(self._period)} AND {column} = {quoted(code)} AND {where}"
        records = [plain_record(row) for row in read_table(self._connection, table, here).to_dict("records")]
        self.marks |= {(row["classification"], row["releasable_to"]) for row in records}
        return records

    def _answers(self, question: str, view: dict[str, Any]) -> Answers:
        return Answers(
            roster=view["roster_count"],
            answered=view["answered_count"],
            by_answer={code: view[f"{code.lower()}_count"] for code in _ANSWERS},
            by_confidence={code: view[f"confidence_{code.lower()}_count"] for code in _CONFIDENCE},
            lowest=view["lowest_answer"],
            highest=view["highest_answer"],
            is_disagreement=view["is_disagreement"],
            baseline=view["baseline_period"],
            last_answered=view["last_answered_period"],
            teams=[self._team(row) for row in self._rows("framework_answer", "question_code", question)],
            **{name: view[f"{name}_count"] for name in ("rose", "fell", "paired")},
        )

    def _team(self, row: dict[str, Any]) -> TeamReply:
        same = ("org_id", "scope_id", "answer", "has_evidence", "rank_difference", "baseline_answer")
        return TeamReply(
            organisation=self._name(row["org_id"]) or row["org_id"],
            confidence=row["ancr"],
            last_answered=row["last_answered_period"],
            **{name: row[name] for name in same},
        )

    def _figures(self, question: str) -> Iterator[EvidenceFigure]:
        from idtracker.analyse.metrics.registry import metric_of

        same = (
            *("metric_id", "measure", "scope", "unit", "value", "lower", "upper", "n", "suppressed_reason"),
            *(
                "baseline_value",
                "change",
                "change_lower",
                "change_upper",
                "interval_basis",
                "direction",
                "point_direction",
            ),
        )
        for row in self._rows("framework_evidence", "subject_code", question):
            metric = metric_of(row["metric_id"])
            yield EvidenceFigure(
                evidence=row["evidence_code"],
                metric=metric.name_ar if self._lang == "ar" else metric.name,
                baseline=row["baseline_period"],
                direction_text=self._direction(row),
                **{name: row[name] for name in same},
            )

    def _direction(self, row: dict[str, Any]) -> str:
        why = row["suppressed_reason"]
        return self.label("suppression_reason", why) if why else self.label("framework_direction", row["direction"])

    def _missing(self, question: str, answers: Answers) -> list[Missing]:
        last = {(team.org_id, team.scope_id): team.last_answered for team in answers.teams}
        listed = []
        for row in self._rows("framework_gap", "subject_code", question):
            one = {
                **{name: row[name] for name in ("gap", "scope", "suppressed_reason", "org_id", "report_period")},
                "evidence": row["evidence_code"],
                "source": row["source_id"],
                "organisation": self._name(row["org_id"]),
            }
            sentence = missing_sentence(one, last.get((row["org_id"], row["scope_id"])), self._lang, self.label)
            listed.append(Missing(**one, sentence=sentence))
        order = ("SILENT_TEAM", "EMPTY_ROSTER", "OVERDUE_REPORT", "NO_VALUE", "NEVER_MEASURED")
        return sorted(listed, key=lambda missing: order.index(missing.gap))

    def _name(self, org_id: str | None) -> str | None:
        return None if org_id is None else str(self._names.get(org_id, org_id))


def _chosen(framework: Framework, wanted: Wanted) -> tuple[list[Stage], list[Question]]:
    """The stages and questions that are wanted, as the framework orders them."""
    stage, question = (name.strip().upper() if name else None for name in (wanted.stage, wanted.question))
    for kind, named, known in (
        ("stage", stage, [s.code for s in framework.stages]),
        ("question", question, [q.code for q in framework.questions]),
    ):
        if named is not None and named not in known:
            near = get_close_matches(named, known, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(known)}."
            raise UsageError(f"The framework has no {kind} `{named}`. {hint}")
    questions = [q for q in framework.questions if question in (None, q.code) and stage in (None, q.stage)]
    if not questions:
        raise UsageError(f"The question `{question}` is not reviewed at the stage `{stage}`.")
    stages = {q.stage for q in questions}
    return [s for s in framework.stages if s.code in stages or (stage, question) == (None, None)], questions


def _period(connection: duckdb.DuckDBPyConnection, named: str | None) -> str | None:
    """The quarter that is wanted, by any spelling; the latest unless named. None where nothing is published of any."""
    from idtracker.model.periods import period

    known = [code for (code,) in connection.execute("SELECT DISTINCT period FROM kpq_view ORDER BY 1").fetchall()]
    if named is None:
        return known[-1] if known else None
    code = period(named).code
    if code not in known:
        raise UsageError(f"The framework has no rows of {code}. There are: {', '.join(known) or 'none'}.")
    return code


def _organisation_names(organisation: pd.DataFrame, lang: Lang) -> dict[str, str]:
    """What each organisation is called now: in Arabic its name there, else its short name, else its name."""
    last = organisation.sort_values("valid_from", na_position="first").drop_duplicates("org_id", keep="last")
    names = last["short_name"].fillna(last["name"])
    names = last["name_ar"].fillna(names) if lang == "ar" else names
    return dict(zip(last["org_id"], names, strict=True))


def _counts(row: dict[str, Any]) -> EvidenceCounts:
    return EvidenceCounts(**{name: row[f"{name}_count"] for name in EvidenceCounts.model_fields})


def _text(label: Label, lang: Lang) -> str:
    return label.ar if lang == "ar" else label.en


def _empty(problems: list[str]) -> FrameworkPage:
    nothing = dict.fromkeys(("framework", "title", "period", "classification", "releasable_to"))
    return FrameworkPage(**nothing, stages=[], elements=[], composite=None, problems=problems)
