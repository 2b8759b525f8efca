"""The catalogue for a person: what a source is and owes, and what is wrong with its definition or its example."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from idtracker.ingest.draft.draft import UNKNOWN_PUBLISHER
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition import check_source, kinds_of
from idtracker.model.config.discover import load_source, source_folders
from idtracker.model.config.programme import load_programme
from idtracker.model.config.reporting_calendar import DueReport, obligations
from idtracker.model.config.source import Part, Source
from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.home import Home
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names
from idtracker.operate.documents.sources import Column, Described, DescribedPart, Listed, NextReport, SourceVerdict
from idtracker.operate.services.source_examples import JudgedExample, example_of, judge_example

_SPAN = timedelta(days=800)  # more than the longest cadence with its days of grace


def listed(source: Source) -> Listed:
    """One source in the list of sources."""
    return Listed(**_named(source))


def _named(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "format": source.format.kind,
        "cadence": source.cadence.every,
        "feeds": source.feeds,
    }


def described(home: Home, source: Source, register: Register, day: date) -> Described:
    """A source in full: what it sends, what becomes of each column, and what it owes next on that day."""
    owed = next_owed(source, day)
    example = example_of(source)
    names = dict(zip(register.organisations["org_id"], register.organisations["name"], strict=True))
    return Described(
        **_named(source),
        publisher_name=names.get(source.publisher),
        description=source.description,
        owner=source.owner,
        pattern=source.received.pattern,
        parts=[_described_part(part) for part in source.parts],
        bounds=source.bounds.model_dump(mode="json", exclude_none=True),
        handling=source.handling.model_dump(mode="json"),
        due_after_days=source.cadence.due_after_days,
        grace_days=source.cadence.grace_days,
        owed_next=None if owed is None else _next_report(owed),
        definition=str(source.folder / "source.yml"),
        example=str(example) if example else None,
        inbox=str(home.inbox / source.id),
    )


def _next_report(owed: DueReport) -> NextReport:
    return NextReport(period=owed.period, due_on=owed.due_on.isoformat(), overdue_on=owed.overdue_on.isoformat())


def _described_part(part: Part) -> DescribedPart:
    kinds = kinds_of(part)
    return DescribedPart(
        part=part.id,
        feeds=part.feeds,
        key=part.key,
        revision=part.revision,
        layout=part.layout.model_dump(mode="json", exclude_defaults=True),
        across=part.unpivot.columns if part.unpivot else None,
        columns=[
            Column(
                field=column.field,
                kind=kinds.get(column.field, "text"),
                heading=None if column.constant is not None else column.headings,
                constant=column.constant,
                required=column.required,
                key=column.field in part.key,
            )
            for column in part.columns
        ],
        ignored=part.ignore,
    )


def next_owed(source: Source, day: date) -> DueReport | None:
    """The first report that falls due on that day or later; None where none is owed."""
    coming = (o for o in obligations(source, day - _SPAN, day + _SPAN) if o.due_on >= day and not o.is_derogated)
    return next(coming, None)


@dataclass(slots=True)
class CheckedSource:
    """What is wrong with one source: problems of its definition, lines left to review, and its judged example."""

    source_id: str
    problems: list[str] = field(default_factory=list)
    to_review: list[str] = field(default_factory=list)
    example: JudgedExample | None = None

    @property
    def is_sound(self) -> bool:
        return not (self.problems or self.to_review or (self.example and self.example.differences))

    def document(self) -> SourceVerdict:
        """The same as a document."""
        return SourceVerdict(
            id=self.source_id,
            sound=self.is_sound,
            problems=self.problems,
            to_review=self.to_review,
            example=self.example.document() if self.example else None,
        )


def check_sources(sources_dir: Path, source_id: str | None, now: pd.Timestamp) -> tuple[list[str], list[CheckedSource]]:
    """Every definition (or that of one source) held against model, tables and register, and its example judged.

    Returns the problems of what all sources share, and each source. An example is judged as if it arrived on the day on
    which the programme stands still, else now. UsageError where there is no such source.
    """
    folders = _folders(sources_dir, source_id)
    checked = {folder.name: CheckedSource(folder.name) for folder in folders}
    try:
        (register, wrong), programme = Register.sound(sources_dir), load_programme(sources_dir)
    except DefinitionError as problem:
        return problem.problems, list(checked.values())
    register = register.at_home(programme.country)
    sources: dict[str, Source] = {}
    names: dict[str, Names] = {}
    for folder in folders:
        verdict = checked[folder.name]
        try:
            source = load_source(folder)
            names[folder.name] = Names.load(folder)
        except DefinitionError as problem:
            verdict.problems = problem.problems
            continue
        verdict.problems = [*check_source(source, register, programme.groups), *names[folder.name].check(register)]
        verdict.to_review = lines_to_review(source)
        if not verdict.problems:
            sources[folder.name] = source
    catalogue = ProgrammeCatalogue(programme, sources, register, names)
    received_at = pd.Timestamp(programme.clock) if programme.clock else now
    for source in sources.values():
        checked[source.id].example = judge_example(catalogue, source, received_at)
    return wrong, list(checked.values())


def _folders(sources_dir: Path, source_id: str | None) -> list[Path]:
    if not sources_dir.is_dir():
        raise UsageError(f"{sources_dir}: there is no folder of sources; name one with --sources or IDTRACKER_SOURCES")
    folders = source_folders(sources_dir)
    if source_id is None:
        return folders
    chosen = [f for f in folders if f.name == source_id]
    if not chosen:
        from difflib import get_close_matches

        near = get_close_matches(source_id, [f.name for f in folders], n=1)
        hint = (
            f"Did you mean `{near[0]}`?" if near else f"Known sources: {', '.join(f.name for f in folders) or 'none'}."
        )
        raise UsageError(f"There is no source `{source_id}`. {hint}")
    return chosen


def lines_to_review(source: Source) -> list[str]:
    """Lines of a draft that nobody has looked at yet."""
    where = f"{source.folder.parent.name}/{source.id}/source.yml"
    lines = (source.folder / "source.yml").read_text("utf-8-sig").splitlines()
    to_review: list[str] = []
    for number, line in enumerate(lines, 1):
        text, mark, wanted = line.partition("# REVIEW")
        if mark:
            to_review.append(f"{where}:{number}: to review: {text.strip() or wanted.lstrip(': ').rstrip(';')}")
    if source.publisher == UNKNOWN_PUBLISHER and not any("publisher:" in line and "# REVIEW" in line for line in lines):
        to_review.append(
            f"{where}: publisher: {UNKNOWN_PUBLISHER} stands in; name the organisation that sends the reports"
        )
    return to_review
