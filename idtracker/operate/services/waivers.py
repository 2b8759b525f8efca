"""Waivers asked for: which held rows they would let through, and why some cannot be let through at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd

from idtracker.ingest.decisions.waivers import FOR_GOOD, Waiver, Waivers
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.incomplete import OF_WHOLE_FILES
from idtracker.model.errors import UsageError
from idtracker.model.findings import rules
from idtracker.model.home import Home
from idtracker.operate.documents.held import GivenWaiver
from idtracker.operate.services.held import NotHeldError, find_held


@dataclass(frozen=True, slots=True)
class WaiverRequest:
    """Who wants what to be let through, until when (included), and when that was asked (UTC)."""

    identifier: str
    rule: str | None
    by: str
    why: str
    until: date
    at: datetime


def waive(home: Home, catalogue: ProgrammeCatalogue, request: WaiverRequest) -> tuple[Waiver, int]:
    """Let a held row through, or all rows of a submission that one rule alone holds. The waiver and how many rows.

    The same identifier again takes the place of the earlier waiver. UsageError where a row cannot be let through.
    """
    try:
        rows = _rows(home, catalogue, request)
    except NotHeldError:
        earlier = _earlier(home, catalogue, request.identifier, request.rule)
        if earlier is None:
            raise
        about, names, count = (earlier.source_id, earlier.submission_id, earlier.held_id), earlier.rules, 1
    else:
        first = rows.iloc[0]
        held_id = "" if request.rule else str(first["held_id"])
        about, count = (str(first["source_id"]), str(first["submission_id"]), held_id), len(rows)
        names = (request.rule,) if request.rule else tuple(str(first["rules"]).split(";"))
    waiver = Waiver(*about, names, request.by, request.why, request.at, request.until)
    Waivers(home).give(waiver)
    return waiver, count


def confirm(
    home: Home, catalogue: ProgrammeCatalogue, submission: str, *, by: str, why: str, at: datetime
) -> tuple[Waiver, int]:
    """Confirm a file that waits whole: a waiver without an end of the rule that holds it. The waiver and how many rows."""
    held = find_held(home, catalogue, submission, pd.Timestamp(at.replace(tzinfo=None)))
    rule = next((rule for rule in OF_WHOLE_FILES if (held["rules"] == rule).any()), OF_WHOLE_FILES[0])
    return waive(home, catalogue, WaiverRequest(submission, rule, by, why, FOR_GOOD, at))


def revoke(
    home: Home, catalogue: ProgrammeCatalogue, identifier: str, rule: str | None, *, by: str, why: str, at: datetime
) -> Waiver:
    """End a waiver from now on. UsageError where there is none."""
    earlier = _earlier(home, catalogue, identifier, rule)
    if earlier is None:
        raise UsageError(f'No waiver is about `{identifier}`; `idtracker query "SELECT * FROM waiver"` lists them.')
    ended = replace(earlier, given_by=by, why=why, given_at=at, until_on=at.date() - timedelta(days=1))
    Waivers(home).give(ended)
    return ended


def waiver_document(waiver: Waiver, *, in_force: bool) -> GivenWaiver:
    """A waiver as a document."""
    return GivenWaiver(
        waiver_id=waiver.waiver_id,
        source=waiver.source_id,
        submission_id=waiver.submission_id,
        held_id=waiver.held_id or None,
        rules=list(waiver.rules),
        given_by=waiver.given_by,
        why=waiver.why,
        given_at=waiver.given_at.isoformat(),
        until_on=waiver.until_on.isoformat(),
        in_force=in_force,
    )


def _earlier(home: Home, catalogue: ProgrammeCatalogue, identifier: str, rule: str | None) -> Waiver | None:
    """The last waiver about the same: a row by its identifier, or a submission and one rule."""
    earlier = [
        w
        for source_id in catalogue.sources
        for w in Waivers(home).of(source_id)
        if rule in (None, *w.rules)
        and (w.submission_id.startswith(identifier) or (w.held_id and w.held_id.startswith(identifier)))
    ]
    if len({w.about for w in earlier}) > 1:
        raise UsageError(f"`{identifier}` names several waivers; write more of it, or name one rule with --rule.")
    return earlier[-1] if earlier else None


def _rows(home: Home, catalogue: ProgrammeCatalogue, request: WaiverRequest) -> pd.DataFrame:
    """The held rows that the waiver would let through."""
    rows = find_held(home, catalogue, request.identifier, pd.Timestamp(request.at.replace(tzinfo=None)))
    if request.rule is None:
        if len(rows) > 1:
            listed = ", ".join(sorted(set(rows["rules"].str.split(";").explode())))
            raise UsageError(
                f"`{request.identifier}` holds {len(rows)} rows; name one row, or one rule with --rule ({listed})."
            )
        _require_waivable(rows)
        return rows
    if request.rule not in rules():
        raise UsageError(f"There is no rule `{request.rule}`.")
    own = rows[rows["rules"] == request.rule]
    if own.empty:
        raise NotHeldError(f"No row of `{request.identifier}` is held by {request.rule} alone.")
    able = own[own["is_waivable"].astype("bool")]
    _require_waivable(own if able.empty else able)
    return able


def _require_waivable(rows: pd.DataFrame) -> None:
    """UsageError that says why a row cannot be let through."""
    if bool(rows["is_waivable"].iat[0]):
        return
    names = str(rows["rules"].iat[0]).split(";")
    hard = [name for name in names if name not in rules() or not rules()[name].is_waivable]
    if hard:
        raise UsageError(
            f"{', '.join(hard)} cannot be waived: it leaves no value to use. Correct the row instead (`idtracker held export`)."
        )
    raise UsageError(
        "The row cannot be waived: without the value that broke the rule it lacks what its table needs, "
        "or the value is outside what the table can hold. Correct the row instead (`idtracker held export`)."
    )
