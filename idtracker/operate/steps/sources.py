"""The two steps of a source: its files landed, their rows judged. Up to here work is per source and independent."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import get_args

import pandas as pd

from idtracker.ingest.judged.archive import SubmissionOutcome, read_frames
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.ingest.judged.queue import judge_again
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.collect import collect, waiting
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.searches import search_ahead
from idtracker.model.config.source import Source
from idtracker.model.errors import DamagedFileError, DefinitionError
from idtracker.model.findings.rules import Severity
from idtracker.model.instants import naive_utc
from idtracker.operate.services.held import open_rows
from idtracker.operate.step import Check, CheckSpec, Context, NothingAcceptedError, Step, StepResult
from idtracker.store.connection import writing_turn
from idtracker.store.refresh_facts import judged_receipts
from idtracker.store.tables import refusal_frame

TURN_WAIT_S = 600
GRAVITY: dict[str, int] = {severity: n for n, severity in enumerate(get_args(Severity))}
FAILING = ("critical", "error", "warning")
SHOWN_COLUMNS = ["severity", "rule", "file", "sheet", "row", "column", "value", "message", "suggestion"]
ROWS_VALID = "rows_valid"
_CHECK_OF = {
    **dict.fromkeys(("file", "heading", "sheet", "template"), "file_readable"),
    **{"bounds": "bounds", "history": "history", "name": "names"},
}
"""The check that looks at the rules of a family; at those of every other family, the one of rows."""
CHECKS = (
    CheckSpec("file_readable", "Every file could be read and holds what the source expects."),
    CheckSpec(ROWS_VALID, "Every row keeps the rules; broken rows are held."),
    CheckSpec("bounds", "Rows, fill and held rates are as usual for the source."),
    CheckSpec("history", "Figures are in line with what the source said before."),
    CheckSpec("names", "Organisations, places and indicators are known."),
)


def source_steps(source: Source) -> list[Step]:
    """`landed/<source>` and `accepted/<source>`."""
    landed = Step(
        f"landed/{source.id}",
        (),
        partial(_land, source),
        f"{source.title}: files as received, kept by hash.",
    )
    accepted = Step(
        f"accepted/{source.id}",
        (landed.name,),
        partial(_judge, source),
        f"{source.title}. {source.description}\n\nRows that keep the contract, as Parquet per submission; "
        f"they feed {', '.join(source.feeds)}.",
        tuple(source.feeds),
        CHECKS,
    )
    return [landed, accepted]


def _land(source: Source, context: Context) -> StepResult:
    if source.id in context.catalogue.stopped:
        return _stopped(source, context)
    home = context.home
    search_ahead(home, [source])
    with writing_turn(home, TURN_WAIT_S):
        collected = collect(home, source, context.now, context.until)
        judge_again(home, source.id, collected.restamped)
        Chain(home).seal(datetime.now(UTC).replace(microsecond=0), source.id)
    return StepResult(
        {
            "received": len(collected.received),
            "received_before": len(collected.known),
            "refused": len(collected.refused),
            "withdrawn": len(collected.withdrawn),
            "files": [r.file_name for r in collected.received],
            "problems": collected.problems,
        }
    )


def _judge(source: Source, context: Context) -> StepResult:
    """Judge what waits. Nothing judged, nothing new: a file that came before must not make the source look fresh."""
    if source.id in context.catalogue.stopped:
        return _stopped(source, context)
    with writing_turn(context.home, TURN_WAIT_S):
        outcomes, damaged = judge_waiting(context.home, context.catalogue, source)
    checks = source_checks(findings_in_force(context, source))
    if damaged:
        return StepResult(checks=checks, is_new=False, error=DamagedFileError("; ".join(damaged)))
    last = context.figures_of(f"landed/{source.id}")
    refused, withdrawn = (int(str(last.get(name, 0))) for name in ("refused", "withdrawn"))
    if (outcomes or refused) and not any(o.rows_accepted for o in outcomes):
        why = "No file brought accepted rows; see the checks for what to correct."
        return StepResult(checks=checks, is_new=False, error=NothingAcceptedError(why))
    if not outcomes and not withdrawn:
        return StepResult(checks=checks, is_new=False)
    return StepResult(_counts(context, source, outcomes), checks)


def _stopped(source: Source, context: Context) -> StepResult:
    """Nothing is taken from a source whose definition is wrong."""
    return StepResult(error=DefinitionError(list(context.catalogue.stopped[source.id])), is_new=False)


def _counts(context: Context, source: Source, outcomes: list[SubmissionOutcome]) -> dict[str, object]:
    """Accepted rows of the whole source, and what the files judged just now brought."""
    judged = judged_receipts(context.home, source, context.until)
    present = [outcome for receipt, outcome in judged if receipt.withdrawn_at is None]
    return {
        "row_count": sum(o.rows_accepted for o in present),
        "files_judged": len(outcomes),
        "rows_read": sum(o.rows_read for o in outcomes),
        "rows_accepted": sum(o.rows_accepted for o in outcomes),
        "rows_held": sum(o.rows_held for o in outcomes),
        "rows_repeated": sum(o.rows_repeated for o in outcomes),
    }


def check_of(rule: str) -> str:
    """The check of a source that looks at a rule, by the family that its name begins with."""
    return _CHECK_OF.get(rule.partition(".")[0], ROWS_VALID)


def source_checks(findings: pd.DataFrame) -> tuple[Check, ...]:
    """One outcome per check. `findings` has the columns of the canonical table plus `file`; all locations are counted.

    Advisories are counted but fail nothing.
    """
    return tuple(_source_check(spec.name, findings) for spec in CHECKS)


def _source_check(name: str, findings: pd.DataFrame) -> Check:
    own = findings[findings["rule"].map(check_of) == name]
    failing = own[own["severity"].isin(FAILING)]
    by_rule = {str(rule): int(n) for rule, n in own["rule"].value_counts().sort_index().items()}
    details: dict[str, object] = {"locations": len(own), "by_rule": by_rule}
    if not failing.empty:
        details["first_failing_rows"] = failing[SHOWN_COLUMNS]
    return Check(name, failing.empty, name == "file_readable", _summary(failing), details)


def _summary(failing: pd.DataFrame) -> str | None:
    if failing.empty:
        return None
    first, more = failing.iloc[0], len(failing) - 1
    return f"{first['file']}: {first['message']}" + (f" And {more} more." if more else "")


def findings_in_force(context: Context, source: Source) -> pd.DataFrame:
    """Findings about the files in force, the latest file first and in it the gravest, with its name as `file`.

    A file is in force until it is withdrawn or a later edition of it arrives; a refused one until it leaves the inbox.
    What held a row that has been corrected or let through since is left out.
    """
    home = context.home
    in_inbox = {path.name for path in waiting(home, source)}
    latest = {r.base_name: r for r in Ledger(home, context.until).receipts(source.id) if r.withdrawn_at is None}
    current = [r for r in latest.values() if not r.is_refused or r.file_name in in_inbox]
    frames = [read_frames(home, source.id, "findings"), *(refusal_frame(r) for r in current if r.is_refused)]
    findings = pd.concat(frames, ignore_index=True)
    ordered = sorted(current, key=lambda r: (r.received_at, r.submission_id), reverse=True)
    rank = {r.submission_id: n for n, r in enumerate(ordered)}
    names = {r.submission_id: r.file_name for r in current}
    findings = findings[findings["submission_id"].isin(rank) & ~_settled(context, source, findings)]
    findings = findings.assign(file=findings["submission_id"].map(names))
    return findings.sort_values(["submission_id", "severity"], key=lambda c: c.map(rank | GRAVITY), kind="stable")


def _settled(context: Context, source: Source, findings: pd.DataFrame) -> pd.Series:
    """Which findings held a row that has been corrected or let through since."""
    may_hold = (findings["severity"] == "error") & findings["row"].notna()
    if not may_hold.any():
        return may_hold
    held = open_rows(context.home, source, naive_utc(context.now))
    place = ["submission_id", "sheet", "row"]
    still = pd.MultiIndex.from_frame(held.rename(columns={"row_number": "row"})[place].fillna({"sheet": ""}))
    is_held = pd.MultiIndex.from_frame(findings[place].fillna({"sheet": ""})).isin(still)
    return may_hold & ~is_held
