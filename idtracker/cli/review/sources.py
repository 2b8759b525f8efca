"""`sources`: the catalogue. What each source is, whether its definition holds, and a first definition for a new file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, end_with, print_json, show_notice, show_table, styled, waiting
from idtracker.model.home import Home

if TYPE_CHECKING:
    from idtracker.operate.documents.sources import Described, DescribedPart, Draft
    from idtracker.operate.services.new_source import Drafted
    from idtracker.operate.services.sources import CheckedSource

_NEW_FINDINGS_SHOWN = 5


@click.group()
def sources() -> None:
    """The catalogue of sources: list, show, check, new."""


@sources.command(name="list")
@command
def list_sources(home: Home, as_json: bool) -> None:
    """Every source: who sends it, in which form, how often, and which tables it feeds."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.documents.sources import SourceList, StoppedSource
    from idtracker.operate.services.sources import listed

    catalogue = catalogue_of(home)
    sources = [listed(source) for source in catalogue.sources.values()]
    if as_json:
        stopped = [StoppedSource(id=name, problems=list(lines)) for name, lines in catalogue.stopped.items()]
        print_json(SourceList(sources=sources, stopped=stopped))
        return
    show_notice(catalogue.programme.notice, stderr=True)
    columns = ["source", "publisher", "format", "cadence", "feeds"]
    show_table(columns, [(s.id, s.publisher, s.format, s.cadence, ", ".join(s.feeds)) for s in sources])
    for name, problems in catalogue.stopped.items():
        console().print(styled(f"{name} is stopped: its definition is wrong.", "red"))
        for problem in problems:
            console().print(f"  {problem}", markup=False, soft_wrap=True)
    console().print(styled(f"{len(sources)} sources in {home.sources}", "dim"))


@sources.command(name="show")
@click.argument("source_id", metavar="SOURCE")
@command
def show_source(home: Home, source_id: str, as_json: bool) -> None:
    """SOURCE in full: its parts and columns, keys and revisions, what is usual, what it owes next, and its paths."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.sources import described

    catalogue = catalogue_of(home)
    day = catalogue.programme.clock or datetime.now(UTC).date()
    document = described(home, catalogue.source(source_id), catalogue.register, day)
    if as_json:
        print_json(document)
        return
    show_notice(catalogue.programme.notice, stderr=True)
    _show_head(document)
    for part in document.parts:
        _show_part(part)


def _show_head(document: Described) -> None:
    out, owed, bounds, handling = console(), document.owed_next, document.bounds, document.handling
    out.print(styled(f"{document.title} ({document.id})", "bold"))
    if document.description:
        out.print(document.description, markup=False)
    least, most = bounds.get("rows") or (None, None)
    lines = {
        "publisher": f"{document.publisher} {document.publisher_name or ''}".strip(),
        "owner": document.owner,
        "files": f"{document.format}, called {document.pattern}",
        "owed": f"{document.cadence.replace('_', ' ')}, due {document.due_after_days} days after its end",
        "owed next": owed and f"{owed.period}, due on {owed.due_on}, overdue from {owed.overdue_on}",
        "usual": least is not None and (f"{least:,} to {most:,} rows" if most else f"{least:,} rows or more"),
        "marking": f"{handling['classification']}, releasable to {', '.join(handling['releasable_to'])}",
        "definition": document.definition,
        "example": document.example,
        "inbox": document.inbox,
    }
    if document.cadence == "as_needed":
        lines["owed"] = "as needed"
    for name, text in lines.items():
        if text:
            out.print(f"  {name + ':':<12}{text}", markup=False, soft_wrap=True)


def _show_part(part: DescribedPart) -> None:
    out = console()
    out.print()
    title = f"{part.part} feeds {part.feeds}" if part.part != part.feeds else f"feeds {part.feeds}"
    out.print(styled(title, "bold"))
    out.print(f"  key: {', '.join(part.key)} · revision: {part.revision.replace('_', ' ')}", markup=False)
    for key, value in part.layout.items():
        out.print(
            f"  {key.replace('_', ' ')}: {', '.join(map(str, value)) if isinstance(value, list) else value}",
            markup=False,
        )
    if part.across:
        out.print(f"  columns side by side become rows: {part.across}", markup=False)
    show_table(
        ["  field", "type", "heading in the file", ""],
        [
            (
                f"  {c.field}",
                c.kind,
                " or ".join(c.heading) if c.heading else f"always {c.constant}",
                ", ".join(word for word, holds in (("key", c.key), ("required", c.required)) if holds),
            )
            for c in part.columns
        ],
    )
    if part.ignored:
        out.print(f"  known and not read: {', '.join(part.ignored)}", markup=False)


@sources.command(name="check")
@click.argument("source_id", metavar="[SOURCE]", required=False)
@command
def check_definitions(home: Home, source_id: str | None, as_json: bool) -> int:
    """Hold every definition (or that of SOURCE) against the model, and its example against what is expected of it.

    An example is `example.*` beside source.yml; expected.csv and expected_findings.csv say what must become of it.

    Exit codes: 0 all is well · 1 problems or differences · 2 wrong use.
    """
    import pandas as pd

    from idtracker.operate.documents.sources import SourceCheck
    from idtracker.operate.services.sources import check_sources

    now = pd.Timestamp(datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    with waiting("checking definitions and examples", as_json):
        shared, checked = check_sources(home.sources, source_id, now)
    is_sound = not shared and all(c.is_sound for c in checked)
    if as_json:
        print_json(SourceCheck(sound=is_sound, problems=shared, sources=[c.document() for c in checked]))
    else:
        for problem in shared:
            console().print(styled(problem, "red"), soft_wrap=True)
        for source in checked:
            _show_checked(source)
        sound = sum(c.is_sound for c in checked) if not shared else 0
        console().print(styled(f"{sound} of {len(checked)} sources are sound.", "green" if is_sound else "red"))
    return 0 if is_sound else 1


def _show_checked(checked: CheckedSource) -> None:
    out, example = console(), checked.example
    judged = "no example"
    if example:
        assessment = example.assessment
        judged = f"{example.path.name}: {assessment.rows_accepted:,} of {assessment.rows_read:,} rows accepted"
    mark = styled("ok     ", "green") if checked.is_sound else styled("problem", "red")
    out.print(mark, styled(checked.source_id, "bold"), styled(judged, "dim"))
    differences = [f"{checked.source_id}/{d}" for d in example.differences] if example else []
    for line in (*checked.problems, *differences, *checked.to_review):
        out.print(f"        {line}", markup=False, soft_wrap=True)


@sources.command(name="new")
@click.argument("name")
@click.argument("file", type=click.Path())
@click.option("--publisher", help="Identifier of the organisation that sends it, such as GB-GOV-11.")
@click.option("--with-example", is_flag=True, help="Keep FILE as the example of the source, beside its definition.")
@command
def new_source(home: Home, name: str, file: str, publisher: str | None, with_example: bool, as_json: bool) -> None:
    """Draft the definition of a source called NAME from the headings of FILE, for a person to finish.

    The draft loads and reads the file at once; what was guessed is marked REVIEW. No value of the file enters it.
    """
    from idtracker.cli.check_output import read_file
    from idtracker.ingest.marking.scan import find_marking
    from idtracker.operate.services.new_source import draft_from

    content = read_file(file)
    marking = find_marking(content, file_name=Path(file).name)
    if marking:
        end_with(f"{file} is marked {marking}: it is not looked into.", 4, as_json)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with waiting(f"looking into {Path(file).name}", as_json):
        drafted = draft_from(home, name, Path(file), content, publisher, with_example, now)
    document = drafted.document(file)
    if as_json:
        print_json(document)
        return
    _show_drafted(drafted, document)


def _show_drafted(drafted: Drafted, document: Draft) -> None:
    out, rows = console(), document.rows
    out.print(styled(f"Drafted {document.definition}", "bold"), soft_wrap=True)
    out.print(f"  {document.format}; feeds {', '.join(document.feeds)}; {document.to_review} lines to review")
    out.print(f"  of this file {rows.read:,} rows are read: {rows.accepted:,} accepted, {rows.held:,} held")
    for group in list(drafted.assessment.findings)[:_NEW_FINDINGS_SHOWN]:
        out.print(f"    {group.rule.severity} {group.rule.id}: {group.message()}", markup=False)
    out.print("\nNext:")
    for number, step in enumerate(document.next, 1):
        out.print(f"  {number}. {step}", markup=False, soft_wrap=True)
