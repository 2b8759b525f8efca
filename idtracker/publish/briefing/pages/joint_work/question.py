"""One key performance question: what its evidence says, who answered what, and what is missing from whom."""

from __future__ import annotations

from dataclasses import dataclass

from idtracker.model.messages import phrase
from idtracker.publish.briefing.pages.joint_work.framework_labels import FrameworkLabels
from idtracker.publish.briefing.pages.joint_work.metric_tables import scope_name
from idtracker.publish.briefing.pages.joint_work.metrics import digits_of, unit_behind
from idtracker.publish.briefing.pages.wording import Row, Words, between, change_of, figure, records
from idtracker.publish.briefing.parts import Inline, Link, Listing, Page, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import file_name_of
from idtracker.publish.framework.words import missing_sentence

_DIRECTIONS = ("improved", "worsened", "unchanged", "indistinct", "no_interval", "unjudged", "unknown")
_ANSWERS = ("YES", "PARTLY", "NO", "NOT_YET", "NA")
_CONFIDENCE = ("HIGH", "MODERATE", "LOW", "UNSTATED")
_WHOLE = "value"
"""The measure of a metric that has one alone."""
_GAPS = ("SILENT_TEAM", "EMPTY_ROSTER", "OVERDUE_REPORT", "NO_VALUE", "NEVER_MEASURED")
Cell = Inline | Link | Sentence | None


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind the questions of one quarter, by question: teams, what is missing, figures."""

    answers: dict[str, list[Row]]
    gaps: dict[str, list[Row]]
    evidence: dict[str, list[Row]]


def behind_in(source: PublishedRows, period: str) -> Behind:
    """What a publication has of a quarter."""
    of_questions = "period = ? AND subject_kind = 'QUESTION'"
    return Behind(
        _by(records(source, "framework_answer", "period = ?", period), "question_code"),
        _by(records(source, "framework_gap", of_questions, period), "subject_code"),
        _by(records(source, "framework_evidence", of_questions, period), "subject_code"),
    )


def _by(rows: list[Row], column: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[column], []).append(row)
    return grouped


def question_path(code: str) -> str:
    """The page of a question, below the folder of the language."""
    return f"framework-{file_name_of(code)}.html"


def question_page(source: PublishedRows, words: Words, labels: FrameworkLabels, behind: Behind, row: Row) -> Page:
    """Everything that is published about one question in one quarter."""
    code = row["question_code"]
    title = f"{code} {labels.question(code)}"
    back = words.sentence("back", up=Link(words.text("title"), "framework.html"))
    place = words.sentence(
        "serves", stage=labels.stage(row["stage_code"]), function=labels.function(row["function_code"])
    )
    missing = gap_sentences(source, words, behind, row)
    sections = [
        Section("said", words.text("said", period=row["period"]), [back, place, Listing(sentences_of(source, words, behind, row))]),
        Section("evidence", words.text("evidence_title"), [_evidence(source, words, behind, row)], [words.sentence("why", 3)]),
        Section("answers", words.text("answers_title"), [_teams(source, words, behind, row)]),
        Section("missing", words.text("missing_title"), [Listing(missing) if missing else words.sentence("nothing_missing")]),
    ]  # fmt: skip
    return Page(question_path(code), title, sections)


def sentences_of(
    source: PublishedRows, words: Words, behind: Behind, row: Row, shown: int | None = None
) -> list[Sentence]:
    """Evidence, direction, answers, disagreement; with `shown` also as many sentences of what is missing."""

    def count(name: str) -> Inline | None:
        return figure("kpq_view", row, f"{name}_count")

    said = [words.sentence("evidence", value=count("value"), count=count("evidence"))]
    directions = [words.sentence(name, n=count(name)) for name in _DIRECTIONS if row[f"{name}_count"]]
    if directions:
        said.append(words.sentence("directions", parts=words.row_of(directions)))
    said += _answers(source, words, row)
    if shown is not None:
        said += _missing_in_short(source, words, behind, row, shown)
    return said


def _answers(source: PublishedRows, words: Words, row: Row) -> list[Sentence]:
    def count(name: str) -> Inline | None:
        return figure("kpq_view", row, f"{name}_count")

    if not row["roster_count"]:
        return [words.sentence("empty_roster")]
    if not row["answered_count"]:
        last = row["last_answered_period"]
        name = "no_answers" if last else "never_answered"
        return [words.sentence(name, roster=count("roster"), **({"last": last} if last else {}))]
    answers = [
        words.sentence("counted", n=count(code.lower()), what=source.code_label("kpq_answer", code, words.lang))
        for code in _ANSWERS
        if row[f"{code.lower()}_count"]
    ]
    sure = [
        words.sentence("counted", n=count(f"confidence_{code.lower()}"), what=_confidence(source, words, code))
        for code in _CONFIDENCE
        if row[f"confidence_{code.lower()}_count"]
    ]
    by = {"by_answer": words.row_of(answers), "by_confidence": words.row_of(sure)}
    said = [words.sentence("answers", answered=count("answered"), roster=count("roster"), **by)]
    if row["is_disagreement"]:
        ends = {
            name: source.code_label("kpq_answer", row[f"{name}_answer"], words.lang) for name in ("lowest", "highest")
        }
        said.append(words.sentence("differ", **ends))
    if row["baseline_period"] and row["paired_count"]:
        moved = {name: count(name) for name in ("paired", "rose", "fell")}
        said.append(words.sentence("moved", baseline=row["baseline_period"], **moved))
    return said


def _confidence(source: PublishedRows, words: Words, code: str | None) -> str:
    return words.text("unstated") if code in (None, "UNSTATED") else source.code_label("ancr", code, words.lang)


def _missing_in_short(source: PublishedRows, words: Words, behind: Behind, row: Row, shown: int) -> list[Sentence]:
    gaps = gap_sentences(source, words, behind, row)
    if not gaps:
        return []
    rest = Link(words.text("all_of_it"), f"{question_path(row['question_code'])}#missing")
    parts = words.row_of(gaps[:shown], phrase("publish/framework", "list", words.lang))
    return [
        words.sentence("missing_more", parts=parts, rest=rest)
        if len(gaps) > shown
        else words.sentence("missing", parts=parts)
    ]


def gap_sentences(source: PublishedRows, words: Words, behind: Behind, row: Row) -> list[Sentence]:
    """What is missing for a question and who could supply it, silent teams first."""
    code = row["question_code"]
    last = {(team["org_id"], team["scope_id"]): team["last_answered_period"] for team in behind.answers.get(code, ())}
    gaps = list(behind.gaps.get(code, ()))
    gaps.sort(key=lambda gap: _GAPS.index(gap["gap"]) if gap["gap"] in _GAPS else len(_GAPS))

    def label(scheme: str, code: str) -> str:
        return source.code_label(scheme, code, words.lang)

    said = []
    for gap in gaps:
        named = {"organisation": source.name_of_organisation(gap["org_id"], words.lang)}
        one = (
            gap
            | named
            | {"evidence": gap["evidence_code"], "source": source.name_of_source(gap["source_id"], words.lang)}
        )
        said.append(Sentence([missing_sentence(one, last.get((gap["org_id"], gap["scope_id"])), words.lang, label)]))
    return said


def _evidence(source: PublishedRows, words: Words, behind: Behind, row: Row) -> Table:
    from idtracker.analyse.metrics.registry import metrics

    known, metric_words = metrics(), Words("metrics", words.lang)

    def cells(one: Row) -> list[Cell]:
        metric = known.get(one["metric_id"])
        name = "" if metric is None else metric.name_ar if words.lang == "ar" else metric.name
        digits, unit = digits_of(one["unit"]), unit_behind(one["unit"], words.lang)
        number = {
            column: figure(
                "framework_evidence", one, column, digits, unit if column in ("value", "baseline_value") else ""
            )
            for column in ("value", "lower", "upper", "baseline_value", "change", "change_lower", "change_upper")
        }
        reason = source.code_label("suppression_reason", one["suppressed_reason"], words.lang)
        withheld = metric_words.text("withheld", reason=reason) if reason else None
        return [
            f"{one['evidence_code']} {name}" + ("" if one["measure"] == _WHOLE else f" ({one['measure']})"),
            scope_name(source, one["scope"], metric_words),
            withheld if number["value"] is None else number["value"],
            between(words.lang, number["lower"], number["upper"]),
            figure("framework_evidence", one, "n", 0),
            number["baseline_value"],
            change_of(number["change"]),
            between(words.lang, number["change_lower"], number["change_upper"]),
            source.code_label("framework_direction", one["direction"], words.lang),
        ]  # fmt: skip

    rows = [cells(one) for one in behind.evidence.get(row["question_code"], ())]
    names = ("metric", "scope", "value", "interval", "n", "baseline", "change", "change_interval", "direction")
    headings = [metric_words.text(f"column_{name}") for name in names]
    return Table(words.text("evidence_caption"), headings, rows, empty_text=words.text("evidence_empty"))


def _teams(source: PublishedRows, words: Words, behind: Behind, row: Row) -> Table:
    found = behind.answers.get(row["question_code"], ())

    def answer(code: str | None) -> str | None:
        return source.code_label("kpq_answer", code, words.lang) or None

    rows = [
        (
            source.name_of_organisation(team["org_id"], words.lang),
            team["scope_id"],
            answer(team["answer"]) or words.text("silent_team"),
            _confidence(source, words, team["ancr"]) if team["answer"] else None,
            None if team["has_evidence"] is None else words.text("cited" if team["has_evidence"] else "not_cited"),
            answer(team["baseline_answer"]),
            words.in_order(team["last_answered_period"]),
        )
        for team in found
    ]
    names = ("team", "for", "answer", "confidence", "evidence", "then", "last")
    return Table(
        words.text("teams"), [words.text(f"team_{n}") for n in names], rows, empty_text=words.text("empty_roster")
    )
