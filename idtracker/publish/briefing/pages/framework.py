"""The pages about the framework: every question by stage, with its evidence, its answers and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from idtracker.publish.briefing.pages.joint_work.framework_labels import FrameworkLabels, framework_labels
from idtracker.publish.briefing.pages.joint_work.question import (
    Behind,
    behind_in,
    question_page,
    question_path,
    sentences_of,
)
from idtracker.publish.briefing.pages.wording import Row, Words, counted, figure, records
from idtracker.publish.briefing.parts import Block, Edition, Figure, Link, Listing, Page, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows

PATH = "framework.html"
_ELEMENT = ("improved", "worsened", "indistinct", "no_interval", "missing", "overdue")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The questions of the latest reviewed quarter, for the whole programme, and what they are called."""

    period: str
    questions: list[Row]
    labels: FrameworkLabels

    def stages(self) -> list[tuple[str, list[Row]]]:
        """The questions by stage, both in the order of the framework."""
        order = self.labels.order_of_stages(row["stage_code"] for row in self.questions)
        return [(stage, [row for row in self.questions if row["stage_code"] == stage]) for stage in order]


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """The framework in the latest quarter that it was reviewed in, and a page for each question."""
    words = Words("framework", edition.lang)
    title, menu = words.text("title"), words.text("menu")
    reviewed = reviewed_in(source, edition)
    if reviewed is None:
        return [Page(PATH, title, [Section("empty", title, [words.sentence("empty", 1)])], menu)]
    behind = behind_in(source, reviewed.period)
    sections = [_summary(source, words, reviewed)]
    sections += [_stage(source, words, reviewed, behind, stage, rows) for stage, rows in reviewed.stages()]
    sections.append(_elements(source, words, reviewed))
    questions = [question_page(source, words, reviewed.labels, behind, row) for row in reviewed.questions]
    return [Page(PATH, title, sections, menu), *questions]


def reviewed_in(source: PublishedRows, edition: Edition) -> Reviewed | None:
    """The latest quarter of kpq_view; None where the publication has none."""
    if not source.has_rows("kpq_view"):
        return None
    rows = records(source, "kpq_view", "scope = 'programme' AND period = (SELECT max(period) FROM kpq_view)")
    if not rows:
        return None
    rows.sort(key=lambda row: (len(row["question_code"]), row["question_code"]))
    labels = framework_labels(source, rows[0]["framework_version"], edition.lang)
    return Reviewed(rows[0]["period"], rows, labels)


def stages_section(source: PublishedRows, edition: Edition) -> list[Section]:
    """The framework in short for another page: a row for each question; none where nothing is reviewed."""
    reviewed = reviewed_in(source, edition)
    if reviewed is None:
        return []
    words = Words("framework", edition.lang)
    rows = [
        (reviewed.labels.stage(stage), Link(f"{row['question_code']} {reviewed.labels.question(row['question_code'])}",
         question_path(row["question_code"])), *_in_short(words, row))
        for stage, questions in reviewed.stages()
        for row in questions
    ]  # fmt: skip
    headings = [
        words.text(f"short_{n}")
        for n in ("stage", "question", "figures", "better", "worse", "teams", "agree", "overdue")
    ]
    table = Table(words.text("short_caption"), headings, rows, empty_text=words.text("empty"))
    more = words.sentence("short_more", link=Link(words.text("title"), PATH))
    title = words.text("short_title", period=reviewed.period)
    return [Section("framework", title, [*_counts(source, words, reviewed), table, more], [words.sentence("why", 3)])]


def _in_short(words: Words, row: Row) -> Sequence[Sentence | Figure | str | None]:
    def cell(name: str) -> Figure | None:
        return figure("kpq_view", row, f"{name}_count")

    def of(part: str, whole: str) -> Sentence:
        ends = (figure("kpq_view", row, f"{name}_count") for name in (part, whole))
        return words.sentence("n_of", **dict(zip(("part", "whole"), ends, strict=True)))

    is_split = row["is_disagreement"]
    agree = None if is_split is None else words.text("disagree" if is_split else "agree")
    return (
        of("value", "evidence"), cell("improved"), cell("worsened"), of("answered", "roster"), agree, cell("overdue"),
    )  # fmt: skip


def _counts(source: PublishedRows, words: Words, reviewed: Reviewed) -> list[Sentence]:
    """How many questions there are, on how many teams disagree, and for how many nobody answered."""
    here: dict[str, str | None] = {"period": reviewed.period, "scope": "programme"}
    split = counted(source, "kpq_view", **here, is_disagreement="true")
    silent = counted(source, "kpq_view", **here, answered_count="0")
    return [words.sentence("questions", 1, n=counted(source, "kpq_view", **here), split=split, silent=silent)]


def _summary(source: PublishedRows, words: Words, reviewed: Reviewed) -> Section:
    intro = [words.sentence(name) for name in ("intro", "intro_directions")]
    title = words.text("summary", period=reviewed.period)
    return Section("summary", title, [*_counts(source, words, reviewed), *intro], [words.sentence("why", 3)])


def _stage(
    source: PublishedRows, words: Words, reviewed: Reviewed, behind: Behind, stage: str, rows: list[Row]
) -> Section:
    blocks: list[Block] = []
    for row in rows:
        code = row["question_code"]
        text = f"{code} {reviewed.labels.question(code)}"
        blocks.append(words.sentence("question", 1, link=Link(text, question_path(code))))
        blocks.append(Listing(sentences_of(source, words, behind, row, shown=4)))
    return Section(f"stage-{stage.lower()}", reviewed.labels.stage(stage), blocks)


def _elements(source: PublishedRows, words: Words, reviewed: Reviewed) -> Section:
    found = {row["element_code"]: row for row in records(source, "framework_element", "period = ?", reviewed.period)}
    order = [element.code for element in reviewed.labels.elements() if element.code in found]
    rows = [
        (f"{code} {reviewed.labels.element(code)}", words.text("states_change" if found[code]["states"] == "change" else "states_level"),
         words.sentence("n_of", part=figure("framework_element", found[code], "value_count"),
                        whole=figure("framework_element", found[code], "evidence_count")),
         *(figure("framework_element", found[code], f"{name}_count") for name in _ELEMENT))
        for code in [*order, *sorted(set(found) - set(order))]
    ]  # fmt: skip
    headings = [words.text(f"element_{name}") for name in ("element", "states", "figures", *_ELEMENT)]
    table = Table(words.text("elements_caption"), headings, rows, empty_text=words.text("elements_empty"))
    return Section("elements", words.text("elements"), [words.sentence("elements_intro"), table])
