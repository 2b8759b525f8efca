"""What a source had said when one of its files arrived, read from its accepted rows.

The history of a submission is made of the submissions of its source that arrived before it and were not withdrawn by
then, whatever the order in which files are judged. Taken in order of arrival, each accepted file is read once.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime

import pandas as pd

from idtracker.ingest.judge.rules.series import EarlierReports, history_columns
from idtracker.ingest.judged.archive import facts_file, is_readable, read_outcome
from idtracker.ingest.judged.parquet import read_frame
from idtracker.ingest.judged.rows_in_force import RowsInForceReader
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt, by_arrival
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc


def earlier_than(receipts: Iterable[Receipt], receipt: Receipt) -> list[Receipt]:
    """Of receipts those that arrived before a submission and were neither refused nor withdrawn by then."""
    return _earlier(receipts, by_arrival(receipt))


def earlier_than_unknown(receipts: Iterable[Receipt], at: pd.Timestamp, submission_id: str) -> list[Receipt]:
    """The same for a file that arrives at `at` (UTC) and may not be in the ledger: whatever came by then is earlier."""
    others = [r for r in receipts if r.submission_id != submission_id]
    return _earlier(others, (aware_utc(at.to_pydatetime()), sys.maxsize, ""))


def _earlier(receipts: Iterable[Receipt], before: tuple[datetime, int, str]) -> list[Receipt]:
    return [r for r in receipts if by_arrival(r) < before and not r.is_refused and not r.is_withdrawn(before[0])]


class EarlierReportsReader:
    """The histories of one source's submissions, to be taken in order of arrival: what came earlier is read once."""

    def __init__(self, home: Home, source: Source) -> None:
        self._home, self._source = home, source
        self._columns = {part.id: names for part in source.parts if (names := history_columns(part))}
        self._in_force = RowsInForceReader(home, source)
        self._is_needed = bool(self._columns or self._in_force.parts)
        self._receipts: list[Receipt] = Ledger(home).receipts(source.id) if self._is_needed else []
        self._read: dict[tuple[str, str, str], pd.DataFrame | None] = {}
        self._judgements: dict[str, str] = {}
        self._merged: tuple[list[tuple[str, bool]], dict[str, pd.DataFrame]] = ([], {})

    def version_before(self, receipt: Receipt) -> str:
        """Changes whenever what the source said before the submission may have changed; empty where that never counts."""
        return self._version(earlier_than(self._receipts, receipt), receipt.received_at)

    def before(self, receipt: Receipt) -> EarlierReports:
        """What the source said before the submission arrived."""
        places = {r.submission_id: n for n, r in enumerate(self._receipts)}
        earlier = earlier_than(self._receipts, receipt)
        weaker = [r for r in earlier if places[r.submission_id] < places[receipt.submission_id]]
        return self._history(earlier, weaker, receipt.received_at)

    def at(self, received_at: pd.Timestamp, submission_id: str) -> EarlierReports:
        """What the source said before a file that arrives at `received_at` (UTC) and may not be in the ledger."""
        earlier = earlier_than_unknown(self._receipts, received_at, submission_id)
        return self._history(earlier, earlier, aware_utc(received_at.to_pydatetime()))

    def _version(self, earlier: Sequence[Receipt], at: datetime) -> str:
        if not self._is_needed:
            return ""
        basis = [[r.submission_id, self._judgement(r)] for r in earlier]
        basis += [[w.waiver_id] for w in self._in_force.confirmations(at)]
        return hashlib.sha256(json.dumps(basis).encode()).hexdigest()[:12]

    def _history(self, earlier: Sequence[Receipt], weaker: Sequence[Receipt], at: datetime) -> EarlierReports:
        """`earlier` is in order of strength; of two statements of one fact the stronger counts. `weaker` are replaced."""
        confirmed = {w.submission_id for w in self._in_force.confirmations(at)}
        files = [(r.submission_id, r.submission_id in confirmed) for r in earlier]
        known, frames = self._merged
        if files[: len(known)] != known:
            known, frames = [], {}
        frames = dict(frames)
        for part_id in self._columns:
            fresh = [f for name, is_confirmed in files[len(known) :] for f in self._facts(name, part_id, is_confirmed)]
            stated = [f for f in (frames.get(part_id), *fresh) if f is not None and len(f)]
            if len(stated) > 1:
                stated = [pd.concat(stated, ignore_index=True).drop_duplicates("fact_id", keep="last")]
            if stated:
                frames[part_id] = stated[0]
        self._merged = (files, frames)
        return EarlierReports(frames, self._version(earlier, at), self._in_force.of(weaker, at))

    def _facts(self, submission_id: str, part_id: str, is_confirmed: bool) -> list[pd.DataFrame]:
        """What a file said, with the rows that waited until a person confirmed it."""
        frames = []
        for kind in ("facts", "waivable") if is_confirmed else ("facts",):
            place = (submission_id, part_id, kind)
            if place not in self._read:
                path = facts_file(self._home, self._source.id, submission_id, part_id, kind)
                self._read[place] = read_frame(path, self._columns[part_id]) if is_readable(path) else None
            frames.append(self._read[place])
        return [f for f in frames if f is not None]

    def _judgement(self, receipt: Receipt) -> str:
        """By what an earlier submission was judged: with its bytes it decides what it is taken to say."""
        name = receipt.submission_id
        if name not in self._judgements:
            outcome = read_outcome(self._home, receipt.source_id, name)
            self._judgements[name] = outcome.judged_by if outcome else ""
        return self._judgements[name]
