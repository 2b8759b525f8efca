"""How the rows of earlier submissions stood when a correction of them arrived: what the correction is judged against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable

import pandas as pd

from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.ingest.judge.correction import PLACE, Record, known_frame
from idtracker.ingest.judged.archive import Outcome, Place, read_held, read_lines, read_outcome, read_places
from idtracker.ingest.judged.earlier_reports import arrival, earlier_than
from idtracker.ingest.judged.statements import AT, Claims, claims_of, places_of
from idtracker.ingest.landing.ledger import Ledger, Receipt
from idtracker.model.config.source import Source
from idtracker.model.home import Settings
from idtracker.model.instants import aware_utc, naive_utc

_ROOT = ["part", "claim", "root_sheet", "root_row_number", "root_row_piece"]


class Records:
    """The records of one source, each as it was just before a file arrived: a pure function of ledger and judgements."""

    def __init__(self, settings: Settings, source: Source) -> None:
        self._settings, self._source = settings, source
        self._receipts = Ledger(settings).receipts(source.id)
        self._waivers = Waivers(settings).of(source.id)

    def before(self, receipt: Receipt) -> Record:
        """The record before a file of the ledger arrived."""
        return self._record(earlier_than(self._receipts, *arrival(receipt)))

    def at(self, received_at: pd.Timestamp, submission_id: str) -> Record:
        """The record before a file that arrives at `received_at` (UTC) and may not be in the ledger."""
        return self._record(earlier_than(self._receipts, aware_utc(received_at.to_pydatetime()), submission_id))

    def version_before(self, receipt: Receipt) -> str:
        """Changes whenever the record before a correction of the ledger may have changed."""
        judged = self._judged(earlier_than(self._receipts, *arrival(receipt)))
        told = [[r.submission_id, o.judged_by, o.record] for r, o in judged]
        told += [[w.waiver_id] for w in self._given_before(receipt.received_at)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]

    def _record(self, earlier: list[Receipt]) -> Record:
        def known(submissions: Collection[str], before: pd.Timestamp) -> pd.DataFrame:
            judged = self._judged(earlier)
            waivers = self._given_before(before.tz_localize("UTC"))
            return known_rows(self._settings, self._source, judged, waivers, submissions, before)

        return known

    def _given_before(self, at: object) -> list[Waiver]:
        return [w for w in self._waivers if naive_utc(w.given_at) < naive_utc(at)]

    def _judged(self, receipts: Iterable[Receipt]) -> list[tuple[Receipt, Outcome]]:
        found = ((r, read_outcome(self._settings, self._source.id, r.submission_id)) for r in receipts)
        return [(r, outcome) for r, outcome in found if outcome is not None]


def known_rows(
    settings: Settings,
    source: Source,
    judged: list[tuple[Receipt, Outcome]],
    waivers: list[Waiver],
    named: Collection[str],
    at: pd.Timestamp,
) -> pd.DataFrame:
    """Every row of the first files that `named` submissions are or correct, and every line about them, as they stand."""
    lines = {
        place: root
        for r, outcome in judged
        if outcome.is_correction
        for place, root, _ in read_lines(settings, source.id, r.submission_id)
    }
    corrections = {r.submission_id for r, outcome in judged if outcome.is_correction}
    first = {r.submission_id for r, _ in judged} - corrections
    wanted = (set(named) & first) | {root[1] for place, root in lines.items() if place[1] in named}
    claims = claims_of(settings, source, judged, waivers, at)
    base = _first_rows(settings, source, sorted(wanted & first))
    standing = _standing(settings, source, claims, lines, at)
    roots = places_of(base)
    plain = base[_SAID].itertuples(index=False, name=None)
    known = pd.DataFrame([standing.get(p, said) for p, said in zip(roots, plain, strict=True)], columns=_SAID)
    every = pd.concat([base[AT], known], axis=1)
    every[[f"root_{name}" for name in PLACE]] = base[PLACE]
    said = dict(zip(roots, known.itertuples(index=False, name=None), strict=True))
    stray = ("stray", None, None)
    told = [
        (*place, *said.get(root, stray), *root[1:])
        for place, root in lines.items()
        if root[1] in wanted or place[1] in named
    ]
    columns = [*AT, *_SAID, *(f"root_{name}" for name in PLACE)]
    return known_frame(pd.concat([every, pd.DataFrame(told, columns=columns)], ignore_index=True) if told else every)


_SAID = ["standing", "fact_id", "content_hash"]


def _first_rows(settings: Settings, source: Source, submissions: list[str]) -> pd.DataFrame:
    """The rows of first files: those accepted in use, the others held."""
    used = [
        read_places(settings, source.id, submission, part.id).assign(part=part.id, standing="used")
        for submission in submissions
        for part in source.parts
    ]
    held = read_held(settings, source.id, submissions).assign(standing="held", fact_id=None, content_hash=None)
    frames = [f for f in (*used, held) if len(f)]
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*AT, *_SAID])
    return rows[[*AT, *_SAID]]


def _standing(
    settings: Settings, source: Source, claims: Claims, lines: dict[Place, Place], at: pd.Timestamp
) -> dict[Place, tuple[str, str | None, str | None]]:
    """Standing and content in use of every root that a correction or waiver touched."""
    found: dict[Place, tuple[str, str | None, str | None]] = {
        lines.get(place, place): ("closed", None, None) for place in places_of(claims.touched)
    }
    windows = claims.windows
    in_use = windows[(windows["arrived"] <= at) & ~(windows["ended"] <= at)]
    for (submission, part), group in in_use.groupby(["submission_id", "part"]):
        files = [read_places(settings, source.id, str(submission), str(part), k) for k in ("facts", "waivable")]
        known = pd.concat([f for f in files if len(f)], ignore_index=True)
        for row in group.merge(known, on=PLACE)[[*_ROOT, "fact_id", "content_hash"]].itertuples(index=False, name=None):
            found[row[:5]] = ("used", row[5], row[6])
    held = claims.held
    ids = set(held.loc[(held["held_from"] <= at) & ~(held["held_to"] <= at), "held_id"])
    submissions = sorted({place[1] for place in places_of(claims.touched)})
    rows = read_held(settings, source.id, submissions)
    for place in places_of(rows[rows["held_id"].isin(ids)]):
        root = lines.get(place, place)
        if root in found:
            found[root] = ("held", *found[root][1:])
    return found
