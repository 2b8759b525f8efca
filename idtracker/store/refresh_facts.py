"""Facts as vintages. What is known at any instant follows from the accepted submissions alone, in whatever order they came.

For every scope (a key, a period, or the whole source, as the part declares) and every instant at which what a submission
says began or ended, the strongest submission present says what is true; what each one says, corrections and waivers
included, comes from `claims`, and how that is turned into vintages stands in `vintages`. Neighbouring stretches of equal
content are one vintage, unless a submission that said so was withdrawn in between: what is open never cites a withdrawn
file. Nothing is updated in place: the facts of a changed source are computed anew in one transaction, and with them the
rows about its submissions, findings, held rows and waivers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

import idtracker.ingest.judged.statements as statements
from idtracker.ingest.judge.rules.locks import Lock
from idtracker.ingest.judged.archive import Outcome
from idtracker.ingest.judged.statements import Claims, claims_of
from idtracker.ingest.landing.ledger import Receipt
from idtracker.model.config.source import Source
from idtracker.model.findings import rule_set_version
from idtracker.model.home import Settings
from idtracker.model.instants import naive_utc
from idtracker.model.tables import FACTS
from idtracker.store.connection import transaction
from idtracker.store.invariants import judge_values
from idtracker.store.operations import OF_SOURCES, write_operations
from idtracker.store.records import SourceRecord, record_of
from idtracker.store.schema import OWN
from idtracker.store.vintages import load_part

__all__ = ["forget_sources", "judged_receipts", "naive_utc", "refresh_facts", "signature"]


def judged_receipts(settings: Settings, source: Source, until: datetime | None = None) -> list[tuple[Receipt, Outcome]]:
    """Receipts of a source that have an outcome, weakest claim first."""
    return record_of(settings, source.id, until).judged


def signature(source: Source, record: SourceRecord, locks: Sequence[Lock], as_of: pd.Timestamp) -> str:
    """Changes whenever the rows of a source may change: with its definition, its record or the code that reads them."""
    content = [
        source.fingerprint,
        [[r.submission_id, record.seals[r.submission_id]] for r in record.receipts],
        [[w.waiver_id, naive_utc(w.ends_at) <= as_of] for w in record.waivers],
        [[str(k.last), str(k.begins)] for k in locks],
        rule_set_version() if any(r.is_refused for r in record.receipts) else "",
        duckdb.__version__,
        _code_version(),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@cache
def _code_version() -> str:
    """Changes whenever the code that makes these rows changes."""
    files = [Path(statements.__file__), *sorted(Path(__file__).parent.glob("*.py"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def refresh_facts(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    until: datetime | None = None,
    *,
    locks: Sequence[Lock] = (),
    as_of: pd.Timestamp | None = None,
) -> bool:
    """Bring the rows of one source to what had arrived by `until`; False where nothing has changed since the last time.

    `locks` are the closed periods of the source. A waiver counts as ended once its last day lies before `as_of` (default:
    `until`, else every last day).
    """
    moment = as_of if as_of is not None else naive_utc(until) if until is not None else pd.Timestamp.max
    return refresh_source(connection, settings, source, record_of(settings, source.id, until), locks, moment)


def refresh_source(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    record: SourceRecord,
    locks: Sequence[Lock],
    moment: pd.Timestamp,
) -> bool:
    """Bring the rows of one source to its record as known at `moment`; False where nothing has changed."""
    sign = signature(source, record, locks, moment)
    known = connection.execute("SELECT value FROM _state WHERE name = ?", [f"facts:{source.id}"]).fetchone()
    if known is not None and known[0] == sign:
        return False
    claims = claims_of(settings, source, record.judged, record.waivers, moment)
    with transaction(connection):
        if known is not None:
            _forget(connection, source.id)
        for part in source.parts:
            load_part(connection, settings, source, part, record.judged, claims, locks)
        _keep_claims(connection, source.id, claims)
        write_operations(connection, settings, record)
        for table in dict.fromkeys(source.feeds):
            judge_values(connection, table, source.id)
        connection.execute("INSERT OR REPLACE INTO _state VALUES (?, ?)", [f"facts:{source.id}", sign])
    return True


def _keep_claims(connection: duckdb.DuckDBPyConnection, source_id: str, claims: Claims) -> None:
    """Keep since when how many rows of each submission were held or replaced, and when each row was held."""
    for table, frame in (("_tally", claims.tallies), ("_holding", claims.held)):
        connection.register("_kept", frame.assign(source_id=source_id))
        columns = ", ".join(["source_id", *frame.columns])
        connection.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM _kept')
        connection.unregister("_kept")


def forget_sources(connection: duckdb.DuckDBPyConnection, known: Sequence[str]) -> None:
    """Remove the rows of sources that are no longer in the catalogue."""
    stale = [
        name.removeprefix("facts:")
        for (name,) in connection.execute("SELECT name FROM _state WHERE starts_with(name, 'facts:')").fetchall()
    ]
    for source_id in sorted(set(stale) - set(known)):
        with transaction(connection):
            _forget(connection, source_id)
            connection.execute("DELETE FROM _state WHERE name = ?", [f"facts:{source_id}"])


def _forget(connection: duckdb.DuckDBPyConnection, source_id: str) -> None:
    for table in (*FACTS, *OF_SOURCES, *OWN):
        connection.execute(f'DELETE FROM "{table}" WHERE source_id = ?', [source_id])
