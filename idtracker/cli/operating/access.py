"""`access`: the log of who read, exported and published what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json
from idtracker.model.home import Home

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def access() -> None:
    """The log of access: prune."""


@access.command()
@click.option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="First day that stays, such as 2025-11-30.",
)
@click.option("--by", required=True, help="Role or organisation that answers for it; no person.")
@click.option("--why", required=True, help="Reason, kept on the record.")
@command
def prune(home: Home, before: datetime, by: str, why: str, as_json: bool) -> None:
    """Remove closed days of the log before DATE, with the names in them.

    What stays is an act in the audit chain: which days, with their seals and numbers of lines, by whom and why. Days that the programme
    still keeps (`audit_days` in programme.yml, 365 unless it says otherwise) and the open day stay.
    """
    from datetime import UTC, datetime

    from idtracker.ingest.access.readership import keep_readership
    from idtracker.ingest.access.removals import remove_days
    from idtracker.model.config.programme import load_programme
    from idtracker.operate.documents.custody import PrunedAccess, pruned_document

    programme, at = load_programme(home.sources), datetime.now(UTC).replace(microsecond=0)
    keep_readership(home, programme.readers, at, programme.audit_days)
    act = remove_days(home, before.date(), programme.audit_days, by=by, why=why, at=at)
    document: PrunedAccess = pruned_document(act)
    if as_json:
        print_json(document)
        return
    days = f"{len(document.days)} day{'' if len(document.days) == 1 else 's'}"
    console().print(
        f"Removed {days} of the log of access, {document.days[0].day} to {document.days[-1].day}: {document.lines:,} lines. "
        "Their seals stay in the audit chain; copies in backups are not touched.",
        soft_wrap=True,
    )
