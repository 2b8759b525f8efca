"""`submit` and `withdraw`: sending a report, and taking it back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from idtracker.cli.check_output import Outputs, answer_options, judge, print_check, require_places, write_outputs
from idtracker.cli.output import command, console, print_json, show_notice, waiting
from idtracker.model.errors import UsageError
from idtracker.model.home import Home


@click.command()
@click.argument("file", type=click.Path())
@click.option("--source", "source_id", required=True, help="The source that the file reports to.")
@click.option(
    "--as", "submitted_by", help="Identifier of the organisation that sends it; default: the source's publisher."
)
@click.option(
    "--overrule-marking",
    "no_marking",
    metavar="WHY",
    help="FILE was refused for a word that is no protective marking: why. Kept on the record with the file's hash.",
)
@click.option(
    "--by", default="", help="With --overrule-marking: organisation or role that answers for it; no person's name."
)
@answer_options
@command
def submit(
    home: Home, file: str, source_id: str, submitted_by: str | None, no_marking: str | None, by: str, outputs: Outputs,
    as_json: bool,
) -> int:  # fmt: skip
    """Check FILE, then place it in the inbox; the next run takes it from there. An unusable file is not placed.

    Exit codes as for `check`.
    """
    from idtracker.cli.check_text import show_check, show_placed, show_written
    from idtracker.ingest.landing.placing import place_in_inbox

    require_places(file, outputs)
    _require_name(home, file, source_id)
    if no_marking is not None:
        _overrule(home, file, source_id, by, no_marking)
    with waiting(f"checking {Path(file).name}", as_json):
        content, result = judge(home, file, source_id, submitted_by)
        written = write_outputs(result, content, outputs)
    placed = None
    if result.exit_code != 4:
        placed = place_in_inbox(home, result.source, content, Path(file).name, submitted_by)
    if as_json:
        print_check(result, written=[str(p) for p in written], placed=str(placed) if placed else None)
    else:
        show_notice(result.notice, stderr=True)
        show_check(result, outputs.lang)
        show_placed(result, placed, outputs.lang)
        show_written(written, outputs.lang)
    return result.exit_code


def _overrule(home: Home, file: str, source_id: str, by: str, why: str) -> None:
    """Put on the record that what is taken for a marking in the file is none."""
    from idtracker.cli.check_output import read_file
    from idtracker.ingest.judge.catalogue import load_catalogue
    from idtracker.operate.services.overrules import overrule

    source = load_catalogue(home.sources).source(source_id)
    at = datetime.now(UTC).replace(microsecond=0)
    decision = overrule(home, source.id, read_file(file), Path(file).name, by=by, why=why, at=at)
    console(stderr=True).print(
        f"{decision.marking} in {Path(file).name} is overruled by {by}: {why}", markup=False, soft_wrap=True
    )


def _require_name(home: Home, file: str, source_id: str) -> None:
    """UsageError where the inbox of the source would not take the file under its name."""
    from idtracker.ingest.landing.inbox import fits, fitting_source, is_stamped
    from idtracker.model.config.discover import load_source

    path, folder = Path(file), home.sources / source_id
    if not path.is_file() or not (folder / "source.yml").is_file():
        return  # said when the file is judged
    source = load_source(folder)
    if fits(source, path.name) or is_stamped(path.name, path):
        return
    other = fitting_source(home, path.name, but=source.id)
    hint = f" It fits the source {other}: --source {other}?" if other else ""
    raise UsageError(
        f"The name of {path.name} does not fit {source.received.pattern}, the pattern of {source.id}: the file was not "
        f"placed in the inbox. Rename it, then submit it again.{hint}"
    )


@click.command()
@click.argument("submission_id")
@click.option("--by", required=True, help="Organisation or role that withdraws; no person's name.")
@click.option("--why", required=True, help="Reason, kept with the record.")
@command
def withdraw(home: Home, submission_id: str, by: str, why: str, as_json: bool) -> None:
    """Close every vintage that came from SUBMISSION_ID at the next run. Nothing is deleted."""
    from idtracker.ingest.landing.chain import Chain
    from idtracker.ingest.landing.ledger import Ledger

    ledger = Ledger(home)
    owner = [s for s in ledger.sources() if ledger.has(s, submission_id)]
    if not owner:
        raise UsageError(
            f'There is no submission `{submission_id}`; `idtracker query "SELECT * FROM submission"` lists them.'
        )
    now = datetime.now(UTC)
    ledger.withdraw(owner[0], submission_id, at=now, by=by, why=why)
    Chain(home).seal(now.replace(microsecond=0), owner[0])
    if as_json:
        from idtracker.operate.documents.command_line import Withdrawal

        print_json(Withdrawal(submission_id=submission_id, source=owner[0], state="withdrawn"))
    else:
        console().print(f"Withdrawn: {submission_id} of {owner[0]}. The next `idtracker run` closes what came from it.")
