"""Facts as vintages. What is known at any instant follows from the accepted submissions alone, in whatever order they came.

For every scope (a key, a period, or the whole source, as the part declares) and every instant at which what a submission
says began or ended, the strongest submission present says what is true; what each one says, corrections and waivers
included, comes from `timeline`, and how that is turned into vintages stands in `vintages`. Neighbouring intervals of equal
content are one vintage, unless a submission that said so was withdrawn in between: what is open never cites a withdrawn
file. Nothing is updated in place: the facts of a changed source are computed anew in one transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.ingest.judge.rules.locks import Lock
from idtracker.ingest.judged.archive import SubmissionOutcome, read_outcome
from idtracker.ingest.judged.submission_timeline import SubmissionTimeline, timeline_of
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables import FACTS
from idtracker.store.connection import registered
from idtracker.store.schema import recall_all, remember
from idtracker.store.vintages import drop_workings, load_part

__all__ = ["forget_sources", "judged_receipts", "naive_utc", "refresh_facts", "signature"]
_OWN = ("_fate", "_standing", "_tally", "_holding", "_change")


def judged_receipts(
    home: Home, source: Source, until: datetime | None = None
) -> list[tuple[Receipt, SubmissionOutcome]]:
    """Receipts of a source that have an outcome, weakest claim first."""
    judged = []
    for receipt in Ledger(home, until).receipts(source.id):
        outcome = None if receipt.is_refused else read_outcome(home, source.id, receipt.submission_id)
        if outcome is not None:
            judged.append((receipt, outcome))
    return judged


def signature(
    source: Source,
    judged: Sequence[tuple[Receipt, SubmissionOutcome]],
    waivers: Sequence[Waiver] = (),
    locks: Sequence[Lock] = (),
    as_of: pd.Timestamp = pd.Timestamp.max,
) -> str:
    """Changes whenever the source's facts may change."""
    content = [
        VERSIONS["facts"],
        source.fingerprint,
        [[r.submission_id, str(r.presences()), str(r.came_at), o.judged_by, o.record] for r, o in judged],
        [[w.waiver_id, naive_utc(w.ends_at) <= as_of] for w in waivers],
        [[str(k.last), str(k.begins)] for k in locks],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def refresh_facts(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    source: Source,
    until: datetime | None = None,
    *,
    locks: Sequence[Lock] = (),
    as_of: pd.Timestamp | None = None,
) -> bool:
    """Bring the facts of one source to what had arrived by `until`; False where nothing has changed since the last time.

    `locks` are the closed periods of the source. A waiver counts as ended once its last day lies before `as_of` (default:
    `until`, else every last day).
    """
    moment = as_of if as_of is not None else naive_utc(until) if until is not None else pd.Timestamp.max
    judged = judged_receipts(home, source, until)
    waivers = Waivers(home, until).of(source.id)
    sign = signature(source, judged, waivers, locks, moment)
    known = connection.execute("SELECT value FROM _state WHERE name = ?", [f"facts:{source.id}"]).fetchone()
    if known is not None and known[0] == sign:
        return False
    timeline = timeline_of(home, source, judged, waivers, moment)
    connection.execute("BEGIN TRANSACTION")
    try:
        _forget(connection, source.id)
        for part in source.parts:
            load_part(connection, home, source, part, judged, timeline, locks)
        _keep_timeline(connection, source.id, timeline)
        connection.execute("INSERT OR REPLACE INTO _state VALUES (?, ?)", [f"facts:{source.id}", sign])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    finally:
        drop_workings(connection)
    return True


def changed_since(
    connection: duckdb.DuckDBPyConnection, work: str, sources: Iterable[str], every: bool = False
) -> dict[str, str]:
    """Sources, each with the mark of its facts, whose facts changed since `work` on them was marked; or `every` source."""
    kept = recall_all(connection)
    marks = {source_id: kept.get(f"facts:{source_id}", "") for source_id in sources}
    return {s: mark for s, mark in marks.items() if every or kept.get(f"{work}:{s}") != mark}


def mark_done(connection: duckdb.DuckDBPyConnection, work: str, marks: Mapping[str, str]) -> None:
    """Say that `work` was done on sources whose facts have these marks; an empty mark has it done again next time."""
    remember(connection, **{f"{work}:{source_id}": mark for source_id, mark in marks.items()})


def _keep_timeline(connection: duckdb.DuckDBPyConnection, source_id: str, timeline: SubmissionTimeline) -> None:
    """Keep since when how many rows of each submission were held or replaced, and when each row was held."""
    for table, frame in (("_tally", timeline.row_counts), ("_holding", timeline.held)):
        columns = ", ".join(["source_id", *frame.columns])
        with registered(connection, {"_kept": frame.assign(source_id=source_id)}):
            connection.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM _kept')


def forget_sources(connection: duckdb.DuckDBPyConnection, known: Sequence[str]) -> None:
    """Remove the facts of sources that are no longer in the catalogue, and every mark of work done on them."""
    stale = [
        name.removeprefix("facts:")
        for (name,) in connection.execute("SELECT name FROM _state WHERE starts_with(name, 'facts:')").fetchall()
    ]
    for source_id in sorted(set(stale) - set(known)):
        _forget(connection, source_id)
        connection.execute("DELETE FROM _state WHERE ends_with(name, ?)", [f":{source_id}"])


def _forget(connection: duckdb.DuckDBPyConnection, source_id: str) -> None:
    for table in (*FACTS, *_OWN):
        connection.execute(f'DELETE FROM "{table}" WHERE source_id = ?', [source_id])
