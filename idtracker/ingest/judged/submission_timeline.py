"""What each submission says at each instant: its rows, those that corrections put in their place, those that waivers let through.

Every row of a first file is a root. The versions of a root are the row itself and the lines of corrections that name it,
in order of arrival. At an instant the latest version present that was accepted or is waived is in use, in the place of
precedence of the first file; the latest version present is held where it was held, no waiver is in force and no later file
says what it was to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import pandas as pd

from idtracker.ingest.decisions.waivers import Waiver
from idtracker.ingest.judged.archive import RowPlace, SubmissionOutcome, read_held, read_lines, read_places
from idtracker.ingest.judged.later_word import Span, later_words
from idtracker.ingest.judged.row_intervals import NEVER, Interval, RowVersion, WaiverInterval, intervals_of, until_said
from idtracker.ingest.landing.receipt import Receipt, by_arrival
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc

AT = ["part", "submission_id", "sheet", "row_number", "row_piece"]
_ROOT = ["claim", "root_sheet", "root_row_number", "root_row_piece"]


@dataclass(frozen=True, slots=True)
class SubmissionTimeline:
    """Everything beside the accepted rows themselves that the facts of a source follow from.

    `ranks`: the times for which each first file counts, weakest first: claim, came (really), arrived, withdrawn, rank, is_edition · `overridden_rows`: places that do
    not simply count for as long as their file does · `windows`: when those are in use: place (AT), claim and place there of
    the root, arrived, ended, waiver · `held`: held_id, held_from, held_to · `row_counts`: submission_id, since, rows_held, rows_replaced from that instant on.
    """

    ranks: pd.DataFrame
    overridden_rows: pd.DataFrame
    windows: pd.DataFrame
    held: pd.DataFrame
    row_counts: pd.DataFrame


def timeline_of(
    home: Home,
    source: Source,
    judged: Sequence[tuple[Receipt, SubmissionOutcome]],
    waivers: Sequence[Waiver],
    as_of: pd.Timestamp,
) -> SubmissionTimeline:
    """The timeline of a source's submissions as known at `as_of`: a waiver that ends later has no end yet. `judged` comes weakest first."""
    arrivals = {r.submission_id: _spans(r) for r, _ in judged}
    corrections = sorted((r for r, outcome in judged if outcome.is_correction), key=by_arrival)
    held = read_held(home, source.id, list(arrivals))
    lines = [
        (place, root, fate) for r in corrections for place, root, fate in read_lines(home, source.id, r.submission_id)
    ]
    waived = _waived(held, waivers, as_of)
    row_versions = _row_versions(home, source.id, arrivals, held, lines, waived)
    intervals = [s for root in sorted(row_versions) for s in intervals_of(row_versions[root])]
    said = later_words(home, source, judged) if len(held) else {}
    intervals = [piece for s in intervals for piece in until_said(s, said)]
    roots = {id(s): root for root, versions in row_versions.items() for s in versions}
    touched = {s.place for versions in row_versions.values() for s in versions}
    loose = held[pd.Series([p not in touched for p in places_of(held)], index=held.index, dtype="bool")]
    is_said = loose["held_id"].isin(said)
    overtaken, loose = loose[is_said], loose[~is_said]
    for place, held_id in zip(places_of(overtaken), overtaken["held_id"], strict=True):
        for span in arrivals[place[1]]:
            intervals += until_said(Interval(RowVersion(place, "held", *span, held_id), "held", *span), said)
    return SubmissionTimeline(
        ranks=_ranks(judged),
        overridden_rows=pd.DataFrame(sorted(touched), columns=AT),
        windows=_windows(intervals, roots),
        held=_held_intervals(loose, intervals, arrivals),
        row_counts=_row_counts(loose, intervals, arrivals),
    )


def _spans(receipt: Receipt) -> list[Span]:
    """From when until when a file counts; the last time may never end."""
    spans = [(naive_utc(since), naive_utc(until) if until else NEVER) for since, until in receipt.presences()]
    return spans or [(naive_utc(receipt.received_at),) * 2]


def _ranks(judged: Sequence[tuple[Receipt, SubmissionOutcome]]) -> pd.DataFrame:
    first = [r for r, outcome in judged if not outcome.is_correction]
    spans = [(r, rank, since, until) for rank, r in enumerate(first) for since, until in _spans(r)]
    return pd.DataFrame(
        {
            "claim": pd.Series([r.submission_id for r, *_ in spans], dtype="str"),
            "came": _instants(naive_utc(r.came_at) for r, *_ in spans),
            "arrived": _instants(since for *_, since, _ in spans),
            "withdrawn": _instants(until for *_, until in spans),
            "rank": pd.Series([rank for _, rank, *_ in spans], dtype="int64"),
            "is_edition": pd.Series([bool(r.edition) for r, *_ in spans], dtype="bool"),
        }
    )


def _instants(stamps: Iterable[pd.Timestamp]) -> pd.Series:
    """Instants as a column; one that never comes is missing."""
    return pd.Series([pd.NaT if s == NEVER else s for s in stamps], dtype="datetime64[us]")


def places_of(frame: pd.DataFrame) -> list[RowPlace]:
    """The place of each row, from the columns AT."""
    columns = [frame[name].tolist() for name in AT]
    return list(zip(*columns, strict=True))


def _waived(held: pd.DataFrame, waivers: Sequence[Waiver], as_of: pd.Timestamp) -> dict[RowPlace, list[WaiverInterval]]:
    """The waivers of each held row that they let through, in the order in which they were given."""
    followers: dict[tuple[str, ...], list[Waiver]] = defaultdict(list)
    for waiver in waivers:
        followers[waiver.about].append(waiver)
    in_force: list[tuple[Waiver, WaiverInterval]] = []
    for same in followers.values():
        for waiver, later in zip(same, [*same[1:], None], strict=True):
            ends = naive_utc(waiver.ends_at)
            ends = min(ends if ends <= as_of else NEVER, naive_utc(later.given_at) if later else NEVER)
            in_force.append((waiver, WaiverInterval(naive_utc(waiver.given_at), ends, waiver.text)))
    by_place: dict[RowPlace, list[WaiverInterval]] = defaultdict(list)
    able = held[held["is_waivable"].fillna(False).astype("bool")]
    for waiver, interval in sorted(in_force, key=lambda pair: (pair[1].since, pair[0].waiver_id)):
        own = (
            able[able["held_id"] == waiver.held_id]
            if waiver.held_id
            else able[able["submission_id"] == waiver.submission_id]
        )
        for place, rules in zip(places_of(own), own["rules"], strict=True):
            if set(rules.split(";")) <= set(waiver.rules):
                by_place[place].append(interval)
    return by_place


def _row_versions(
    home: Home,
    source_id: str,
    arrivals: dict[str, list[Span]],
    held: pd.DataFrame,
    lines: Sequence[tuple[RowPlace, RowPlace, str]],
    waived: dict[RowPlace, list[WaiverInterval]],
) -> dict[RowPlace, list[RowVersion]]:
    """Versions by root, for the roots that a correction names or a waiver is about."""
    ids = dict(zip(places_of(held), held["held_id"], strict=True)) if lines or waived else {}
    root_of = {place: root for place, root, _ in lines}
    by_root: dict[RowPlace, list[RowVersion]] = {}

    @cache
    def accepted(submission: str, part: str) -> frozenset[RowPlace]:
        return frozenset(places_of(read_places(home, source_id, submission, part).assign(part=part)))

    def add(root: RowPlace, place: RowPlace, fate: str) -> None:
        own, of_root = arrivals[place[1]], arrivals.get(root[1], [])
        arrived = own[0][0]
        ends = min(own[-1][1], of_root[-1][1]) if of_root else arrived
        away = tuple((gone, back) for spans in (own, of_root) for (_, gone), (back, _) in pairwise(spans))
        by_root.setdefault(root, []).append(
            RowVersion(place, fate, arrived, max(ends, arrived), ids.get(place, ""), waived.get(place, []), away)
        )

    for root in dict.fromkeys([*(root for _, root, _ in lines), *(root_of.get(p, p) for p in waived)]):
        if root in root_of or root[1] not in arrivals:
            continue
        if root in ids:
            add(root, root, "held")
        elif root in accepted(root[1], root[0]):
            add(root, root, "accepted")
    for place, root, fate in lines:
        add(root, place, fate)
    return by_root


def _windows(intervals: list[Interval], roots: dict[int, RowPlace]) -> pd.DataFrame:
    used = [s for s in intervals if s.what == "used"]
    frame = pd.DataFrame([s.version.place for s in used], columns=AT)
    frame[_ROOT] = pd.DataFrame([roots[id(s.version)][1:] for s in used], columns=_ROOT)
    return frame.assign(
        arrived=_instants(s.since for s in used),
        ended=_instants(s.until for s in used),
        waiver=pd.Series([s.waiver or None for s in used], dtype="str"),
    )


def _held_intervals(loose: pd.DataFrame, intervals: list[Interval], arrivals: dict[str, list[Span]]) -> pd.DataFrame:
    """When each row was held: those that nothing was said about for as long as their file was there."""
    held = [s for s in intervals if s.what == "held"]
    files = zip(loose["held_id"], loose["submission_id"], strict=True)
    times = [(held_id, *span) for held_id, submission in files for span in arrivals[submission]]
    times += [(s.version.held_id, s.since, s.until) for s in held]
    return pd.DataFrame(
        {
            "held_id": pd.Series([held_id for held_id, *_ in times], dtype="str"),
            "held_from": _instants(since for _, since, _ in times),
            "held_to": _instants(until for *_, until in times),
        }
    )


def _row_counts(loose: pd.DataFrame, intervals: list[Interval], arrivals: dict[str, list[Span]]) -> pd.DataFrame:
    """Rows held and rows replaced of each submission, from each instant at which either changes."""
    steps: dict[tuple[str, pd.Timestamp], list[int]] = defaultdict(lambda: [0, 0])
    for submission, count in loose["submission_id"].value_counts().items():
        steps[str(submission), arrivals[str(submission)][0][0]][0] += int(count)
    for s in intervals:
        if s.what in ("held", "replaced"):
            column, submission = int(s.what == "replaced"), s.version.place[1]
            steps[submission, s.since][column] += 1
            if s.until != NEVER:
                steps[submission, s.until][column] -= 1
    rows: list[tuple[str, pd.Timestamp, int, int]] = []
    for (submission, at), (held, replaced) in sorted(steps.items()):
        same = rows and rows[-1][0] == submission
        rows.append((submission, at, held + (rows[-1][2] if same else 0), replaced + (rows[-1][3] if same else 0)))
    frame = pd.DataFrame(rows, columns=["submission_id", "since", "rows_held", "rows_replaced"])
    return frame.astype(
        {"submission_id": "str", "since": "datetime64[us]", "rows_held": "int64", "rows_replaced": "int64"}
    )
