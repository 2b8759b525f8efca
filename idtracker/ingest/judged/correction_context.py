"""How the rows of earlier submissions stood when a correction of them arrived: what the correction is judged against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable

import pandas as pd

from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.ingest.judge.correction import PLACE, CorrectionContext, known_frame
from idtracker.ingest.judged.archive import (
    RowPlace,
    SubmissionOutcome,
    read_held,
    read_lines,
    read_outcome,
    read_places,
)
from idtracker.ingest.judged.earlier_reports import earlier_than, earlier_than_unknown
from idtracker.ingest.judged.submission_timeline import AT, SubmissionTimeline, places_of, timeline_of
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc

_ROOT = ["part", "claim", "root_sheet", "root_row_number", "root_row_piece"]


class CorrectionContextReader:
    """The records of one source, each as it was just before a file arrived: a pure function of ledger and judgements."""

    def __init__(self, home: Home, source: Source) -> None:
        self._home, self._source = home, source
        self._receipts = Ledger(home).receipts(source.id)
        self._waivers = Waivers(home).of(source.id)

    def before(self, receipt: Receipt) -> CorrectionContext:
        """The record before a file of the ledger arrived."""
        return self._record(earlier_than(self._receipts, receipt))

    def at(self, received_at: pd.Timestamp, submission_id: str) -> CorrectionContext:
        """The record before a file that arrives at `received_at` (UTC) and may not be in the ledger."""
        return self._record(earlier_than_unknown(self._receipts, received_at, submission_id))

    def version_before(self, receipt: Receipt) -> str:
        """Changes whenever the record before a correction of the ledger may have changed."""
        judged = self._judged(earlier_than(self._receipts, receipt))
        basis = [[r.submission_id, o.judged_by, o.record] for r, o in judged]
        basis += [[w.waiver_id] for w in self._given_before(receipt.received_at)]
        return hashlib.sha256(json.dumps(basis).encode()).hexdigest()[:12]

    def _record(self, earlier: list[Receipt]) -> CorrectionContext:
        def known(submissions: Collection[str], before: pd.Timestamp) -> pd.DataFrame:
            judged = self._judged(earlier)
            waivers = self._given_before(before.tz_localize("UTC"))
            return known_rows(self._home, self._source, judged, waivers, submissions, before)

        return known

    def _given_before(self, at: object) -> list[Waiver]:
        return [w for w in self._waivers if naive_utc(w.given_at) < naive_utc(at)]

    def _judged(self, receipts: Iterable[Receipt]) -> list[tuple[Receipt, SubmissionOutcome]]:
        outcomes = ((r, read_outcome(self._home, self._source.id, r.submission_id)) for r in receipts)
        return [(r, outcome) for r, outcome in outcomes if outcome is not None]


def known_rows(
    home: Home,
    source: Source,
    judged: list[tuple[Receipt, SubmissionOutcome]],
    waivers: list[Waiver],
    named: Collection[str],
    at: pd.Timestamp,
) -> pd.DataFrame:
    """Every row of the first files that `named` submissions are or correct, and every line about them, as they stand."""
    lines = {
        place: root
        for r, outcome in judged
        if outcome.is_correction
        for place, root, _ in read_lines(home, source.id, r.submission_id)
    }
    corrections = {r.submission_id for r, outcome in judged if outcome.is_correction}
    first = {r.submission_id for r, _ in judged} - corrections
    wanted = (set(named) & first) | {root[1] for place, root in lines.items() if place[1] in named}
    timeline = timeline_of(home, source, judged, waivers, at)
    base = _first_rows(home, source, sorted(wanted & first))
    current = _current_rows(home, source, timeline, lines, at)
    roots = places_of(base)
    plain = base[_CONTEXT_COLUMNS].itertuples(index=False, name=None)
    known = pd.DataFrame(
        [current.get(p, values) for p, values in zip(roots, plain, strict=True)], columns=_CONTEXT_COLUMNS
    )
    every = pd.concat([base[AT], known], axis=1)
    every[[f"root_{name}" for name in PLACE]] = base[PLACE]
    values = dict(zip(roots, known.itertuples(index=False, name=None), strict=True))
    stray = ("stray", None, None)
    rows = [
        (*place, *values.get(root, stray), *root[1:])
        for place, root in lines.items()
        if root[1] in wanted or place[1] in named
    ]
    columns = [*AT, *_CONTEXT_COLUMNS, *(f"root_{name}" for name in PLACE)]
    return known_frame(pd.concat([every, pd.DataFrame(rows, columns=columns)], ignore_index=True) if rows else every)


_CONTEXT_COLUMNS = ["row_state", "fact_id", "content_hash"]


def _first_rows(home: Home, source: Source, submissions: list[str]) -> pd.DataFrame:
    """The rows of first files: those accepted in use, the others held."""
    used = [
        read_places(home, source.id, submission, part.id).assign(part=part.id, row_state="used")
        for submission in submissions
        for part in source.parts
    ]
    held = read_held(home, source.id, submissions).assign(row_state="held", fact_id=None, content_hash=None)
    frames = [f for f in (*used, held) if len(f)]
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*AT, *_CONTEXT_COLUMNS])
    return rows[[*AT, *_CONTEXT_COLUMNS]]


def _current_rows(
    home: Home, source: Source, timeline: SubmissionTimeline, lines: dict[RowPlace, RowPlace], at: pd.Timestamp
) -> dict[RowPlace, tuple[str, str | None, str | None]]:
    """Standing and content in use of every root that a correction or waiver touched."""
    current: dict[RowPlace, tuple[str, str | None, str | None]] = {
        lines.get(place, place): ("closed", None, None) for place in places_of(timeline.overridden_rows)
    }
    windows = timeline.windows
    in_use = windows[(windows["arrived"] <= at) & ~(windows["ended"] <= at)]
    for (submission, part), group in in_use.groupby(["submission_id", "part"]):
        files = [read_places(home, source.id, str(submission), str(part), k) for k in ("facts", "waivable")]
        known = pd.concat([f for f in files if len(f)], ignore_index=True)
        for row in group.merge(known, on=PLACE)[[*_ROOT, "fact_id", "content_hash"]].itertuples(index=False, name=None):
            current[row[:5]] = ("used", row[5], row[6])
    held = timeline.held
    ids = set(held.loc[(held["held_from"] <= at) & ~(held["held_to"] <= at), "held_id"])
    submissions = sorted({place[1] for place in places_of(timeline.overridden_rows)})
    rows = read_held(home, source.id, submissions)
    for place in places_of(rows[rows["held_id"].isin(ids)]):
        root = lines.get(place, place)
        if root in current:
            current[root] = ("held", *current[root][1:])
    return current
