"""`acts`: what people decided, listed by identifier; one is revoked by an act of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from idtracker.cli.output import command, console, print_json, show_table, waiting
from idtracker.model.home import Home


@click.group()
def acts() -> None:
    """Acts on the record: list, revoke."""


@acts.command(name="list")
@click.option("--source", "source_id", help="Only acts about this source.")
@command
def list_acts(home: Home, source_id: str | None, as_json: bool) -> None:
    """Withdrawals, waivers, confirmations, overruled markings, adjudications, resolutions, acts about rounds and reviewed names, and whether they hold."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.acts.listing import list_acts as listed

    with waiting("reading the record", as_json):
        document = listed(home, catalogue_of(home), source_id, _now())
    if as_json:
        print_json(document)
        return
    if not document.acts:
        console().print("No act is on the record.")
        return
    from idtracker.feedback.check.wording import visible

    show_table(
        ["act", "kind", "source", "about", "what", "by", "why", "at", "state"],
        [
            (
                *(a.act_id, a.kind.replace("_", " "), a.source, visible(a.subject), visible(a.what)),
                *(a.by, visible(a.why or ""), a.at[:16]),
                f"revoked {(a.revoked_at or '')[:16]} by {a.revoked_by}" if a.revoked_by else a.state.replace("_", " "),
            )
            for a in document.acts
        ],
    )


@acts.command()
@click.argument("act")
@click.option("--by", required=True, help="Role or organisation that answers for it; no person.")
@click.option("--why", required=True, help="Reason, kept on the record.")
@command
def revoke(home: Home, act: str, by: str, why: str, as_json: bool) -> None:
    """Revoke ACT (its identifier, or the beginning of it) from now on; what was known before stays as it was known."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.acts.listing import revoke_act

    document = revoke_act(home, catalogue_of(home), act, by=by, why=why, at=_now())
    if as_json:
        print_json(document)
        return
    from idtracker.feedback.check.wording import visible

    about = f"{document.act.kind.replace('_', ' ')} {document.act.act_id} about {visible(document.act.subject)}"
    console().print(f"Revoked: {about}. {document.note}", markup=False, soft_wrap=True)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
