"""`check`, `submit` and `withdraw`: the reporting officer's side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idtracker.cli.face import command, console, print_json, show_notice, styled, waiting
from idtracker.errors import UsageError
from idtracker.settings import Settings

if TYPE_CHECKING:
    from idtracker.findings import Group
    from idtracker.report.verdict import Answer

_STYLE = {"critical": "bold red", "error": "red", "warning": "yellow", "advisory": "cyan"}
_SHOWN = 12
_LONGEST = 80


@click.command()
@click.argument("file", type=click.Path())
@click.option("--source", "source_id", required=True, help="The source that the file reports to.")
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the findings."
)
@command
def check(settings: Settings, file: str, source_id: str, lang: str, as_json: bool) -> int:
    """The verdict that the pipeline would give on FILE. Nothing is stored.

    Exit codes: 0 clean or warnings only · 1 rows would be held · 2 wrong use or unknown source · 4 unusable file.
    """
    with waiting(f"checking {Path(file).name}", as_json):
        _, found, notice = _answer(settings, file, source_id)
    if as_json:
        print_json(found.document())
    else:
        show_notice(notice, stderr=True)
        show_answer(found, lang)
    return found.exit_code


@click.command()
@click.argument("file", type=click.Path())
@click.option("--source", "source_id", required=True, help="The source that the file reports to.")
@click.option(
    "--as", "submitted_by", help="Identifier of the organisation that sends it; default: the source's publisher."
)
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the findings."
)
@command
def submit(settings: Settings, file: str, source_id: str, submitted_by: str | None, lang: str, as_json: bool) -> int:
    """Check FILE, then place it in the inbox; the next run takes it from there. An unusable file is not placed.

    Exit codes as for `check`.
    """
    from idtracker.intake import place_in_inbox

    with waiting(f"checking {Path(file).name}", as_json):
        content, found, notice = _answer(settings, file, source_id, submitted_by)
    placed = None
    if found.exit_code != 4:
        placed = place_in_inbox(settings, found.source, content, Path(file).name, submitted_by)
    if as_json:
        print_json(found.document() | {"placed": str(placed) if placed else None})
    else:
        show_notice(notice, stderr=True)
        show_answer(found, lang)
        if placed:
            console().print(f"\nSubmission [bold]{found.submission_id}[/bold] waits in {placed}", soft_wrap=True)
        else:
            console().print("\nThe file was not placed in the inbox.")
    return found.exit_code


@click.command()
@click.argument("submission_id")
@click.option("--by", required=True, help="Organisation or role that withdraws; no person's name.")
@click.option("--why", required=True, help="Reason, kept with the record.")
@command
def withdraw(settings: Settings, submission_id: str, by: str, why: str, as_json: bool) -> None:
    """Close every vintage that came from SUBMISSION_ID at the next run. Nothing is deleted."""
    from idtracker.intake import Ledger

    ledger = Ledger(settings)
    owner = [s for s in ledger.sources() if ledger.has(s, submission_id)]
    if not owner:
        raise UsageError(
            f'There is no submission `{submission_id}`; `idtracker query "SELECT * FROM submission"` lists them.'
        )
    ledger.withdraw(owner[0], submission_id, at=datetime.now(UTC), by=by, why=why)
    if as_json:
        print_json({"submission_id": submission_id, "source": owner[0], "state": "withdrawn"})
    else:
        console().print(f"Withdrawn: {submission_id} of {owner[0]}. The next `idtracker run` closes what came from it.")


def _answer(
    settings: Settings, file: str, source_id: str, submitted_by: str | None = None
) -> tuple[bytes, Answer, str]:
    """The bytes of the file, the answer to them and the programme's notice."""
    import pandas as pd

    from idtracker.contract.catalogue import load_catalogue
    from idtracker.report.verdict import answer

    content = read_file(file)
    catalogue = load_catalogue(settings.sources)
    source = catalogue.source(source_id)
    if submitted_by:
        catalogue.require_organisation(submitted_by)
    received_at = pd.Timestamp(datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    found = answer(settings, catalogue, source, content, Path(file).name, received_at)
    return content, found, catalogue.programme.notice


def read_file(file: str) -> bytes:
    """The bytes of a file; UsageError where it is absent, a folder or not to be read."""
    path = Path(file)
    if path.is_dir():
        raise UsageError(f"{file} is a folder; name one file.")
    if not path.is_file():
        raise UsageError(f"{file}: there is no such file.")
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{file} cannot be read: {problem.strerror}.") from problem


def show_answer(found: Answer, lang: str) -> None:
    """The verdict in one line, then the findings: one group per mistake with its locations."""
    out = console()
    out.print(styled(found.sentence(), "red" if found.exit_code else "green"))
    for group in found.assessment.findings:
        out.print()
        _show_group(group, lang)


def _show_group(group: Group, lang: str) -> None:
    from rich.text import Text

    from idtracker.findings.finding import FINDING_COLUMNS

    out, rule = console(), group.rule
    count = f" × {len(group.rows):,}" if len(group.rows) > 1 else ""
    head = Text.assemble((rule.severity, _STYLE[rule.severity]), f" {rule.id}{count}: {group.message(lang)}")
    out.print(head)
    if len(group.rows):
        for record in islice(group.records(), _SHOWN):
            out.print(_place(dict(zip(FINDING_COLUMNS, record, strict=True))), markup=False)
    elif group.sheet:
        out.print(f"   {group.sheet}", markup=False)
    if len(group.rows) > _SHOWN:
        out.print(f"   … and {len(group.rows) - _SHOWN:,} more; `--json` lists every one")
    out.print(styled(f"   {rule.consequence}. {group.remedy(lang)}", "dim"))


def _place(record: Mapping[str, object]) -> str:
    """Where the finding is, what is typed there and what was perhaps meant."""
    row, sheet, typed = record["row"], record["sheet"], str(record["value"] or "")
    at = f"{sheet}!{record['cell']}" if sheet and record["cell"] else f"{sheet} row {row}".strip()
    column = f" ({record['column']})" if record["column"] else ""
    shown = typed if len(typed) <= _LONGEST else f"{typed[:_LONGEST]}…"
    hint = f" → {record['suggestion']}?" if record["suggestion"] else ""
    return f"   {at}{column}" + (f" “{shown}”" if typed else "") + hint
