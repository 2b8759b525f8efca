"""The ledger of an audience: receipts, withdrawals and waivers of what it may see, without names and reasons."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from idtracker.ingest.decisions.revocations import Revocation
from idtracker.ingest.decisions.signing import Signed, content_id
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.judged.archive import SubmissionOutcome
from idtracker.ingest.landing.ledger import WITHDRAWN, Ledger, act_id
from idtracker.ingest.landing.receipt import Receipt, by_arrival
from idtracker.model.files import write_json
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.store.release.numbering import Names, held_names, short_hash

WHO, WHY = "the programme", "not said"
"""In the place of who decided and why: both may speak of what the audience may not see."""


def write_ledger(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    target: Home,
    source_id: str,
    audience: Audience,
    judged: Sequence[tuple[Receipt, SubmissionOutcome]],
    names: Names,
) -> None:
    """Write the ledger of one source anew: it is small."""
    folder = target.landing / "ledger" / source_id
    shutil.rmtree(folder, ignore_errors=True)
    ledger, known = Ledger(home), Ledger(target)
    sequence = {
        r.submission_id: place
        for place, (r, _) in enumerate(sorted(judged, key=lambda pair: by_arrival(pair[0])), start=1)
    }
    for receipt, _ in judged:
        name = names[source_id, receipt.submission_id]
        known.add(replace(_receipt(receipt, name, audience), sequence=sequence[receipt.submission_id]))
        for number, notice in enumerate(ledger.withdrawals(source_id, receipt.submission_id)):
            path = folder / f"{name}{f'.{number + 1}' if number else ''}{WITHDRAWN}"
            write_json(path, {"withdrawn_at": notice.withdrawn_at, "withdrawn_by": "", "withdrawn_why": ""})
            if notice.revoked_at is not None:
                _add(folder, "revocations", Revocation(source_id, act_id(source_id, path), WHO, WHY, notice.revoked_at))
    held = held_names(connection, audience, source_id)
    for waiver in Waivers(home).of(source_id):
        submission = names.get((source_id, waiver.submission_id))
        held_id = held.get(waiver.held_id, "")
        if submission is not None and bool(held_id) == bool(waiver.held_id):
            _add(folder, "waivers", replace(waiver, submission_id=submission, held_id=held_id, given_by=WHO, why=WHY))


def _receipt(receipt: Receipt, name: str, audience: Audience) -> Receipt:
    """A receipt by the audience's name of it: the name, size and hash of the file tell of every row in it."""
    return replace(
        receipt,
        submission_id=name,
        file_name=f"{receipt.source_id}_{receipt.received_at:%Y-%m-%d}",
        base_name=short_hash(audience, receipt.base_name),
        sha256="",
        size_bytes=0,
        again=0,
    )


def _add(folder: Path, kind: str, document: Signed) -> None:
    """Keep a decision as such decisions are kept; nobody signs it here."""
    write_json(folder / kind / f"{content_id(document)}.json", asdict(document))
