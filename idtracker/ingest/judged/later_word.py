"""Held rows that a later file of their source reports right: from then on nobody waits for them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from idtracker.ingest.judge.definition import scope_columns, specs_of
from idtracker.ingest.judge.held_rows import KEYS
from idtracker.ingest.judge.rules.removal import scopes_of
from idtracker.ingest.judged.archive import SubmissionOutcome, accepted_folder, facts_file, is_readable
from idtracker.ingest.judged.parquet import read_frame, read_frames_as_one
from idtracker.ingest.landing.receipt import Receipt, by_arrival
from idtracker.model.config.source import Part, Source
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc

Span = tuple[pd.Timestamp, pd.Timestamp]
Judged = tuple[Receipt, SubmissionOutcome]


def later_words(home: Home, source: Source, judged: Sequence[Judged]) -> dict[str, list[Span]]:
    """held_id -> the intervals in which a later file says what the row was to say. `judged` comes weakest first.

    A later file does where it has a row of the same key, where it is the stronger one and speaks for all of what the row is
    about (its period, or the whole source), and where it is the same file sent again with a row that the first had not and
    that agrees with what could be read of the key.
    """
    waiting = _waiting(home, source, judged)
    spans: dict[str, list[Span]] = defaultdict(list)
    if waiting.empty:
        return spans
    ranks = {receipt.submission_id: rank for rank, (receipt, _) in enumerate(judged)}
    for place, (receipt, outcome) in enumerate(_arrivals(judged)):
        earlier = waiting[waiting["place"] < place]
        if outcome.is_correction or not outcome.rows_accepted or earlier.empty:
            continue
        said = _said(home, source, receipt, ranks[receipt.submission_id], earlier)
        there = [(naive_utc(a), naive_utc(b) if b else pd.Timestamp.max) for a, b in receipt.presences()]
        for held_id in said:
            spans[held_id] += there
        if len(there) == 1 and there[0][1] == pd.Timestamp.max:
            waiting = waiting[~waiting["held_id"].isin(said)]
    return spans


def _arrivals(judged: Sequence[Judged]) -> list[Judged]:
    return sorted(judged, key=lambda pair: by_arrival(pair[0]))


def _waiting(home: Home, source: Source, judged: Sequence[Judged]) -> pd.DataFrame:
    """The keys of every held row (KEYS), with the place of its file among the arrivals, its rank and its name."""
    ranks = {receipt.submission_id: rank for rank, (receipt, _) in enumerate(judged)}
    frames = []
    for place, (receipt, _) in enumerate(_arrivals(judged)):
        path = accepted_folder(home, source.id, receipt.submission_id) / "held_keys.parquet"
        if is_readable(path):
            own = {"submission_id": receipt.submission_id, "base_name": receipt.base_name}
            rank = ranks[receipt.submission_id]
            frames.append(read_frames_as_one([path], KEYS).assign(place=place, rank=rank, **own))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["held_id", "place"])


def _said(home: Home, source: Source, later: Receipt, rank: int, earlier: pd.DataFrame) -> list[str]:
    """Which of earlier held rows a later file speaks of."""
    said: list[str] = []
    for part in source.parts:
        own = earlier[earlier["part"] == part.id]
        facts = _facts(home, source, part, later.submission_id) if len(own) else None
        if facts is None:
            continue
        by_key = own["fact_id"].isin(facts["fact_id"])
        by_scope = own["scope"].isin(set(scopes_of(part, facts))) & (own["rank"] < rank)
        open_still = own[~(by_key | by_scope) & (own["base_name"] == later.base_name) & own["fact_id"].isna()]
        said += own.loc[by_key | by_scope, "held_id"].tolist()
        for submission, rows in open_still.groupby("submission_id"):
            said += _sent_again(home, source, part, str(submission), rows, facts)
    return said


def _sent_again(
    home: Home, source: Source, part: Part, submission: str, rows: pd.DataFrame, facts: pd.DataFrame
) -> list[str]:
    """Held rows of a file that the same file, sent again, has: a new row agrees with all that was read of the key."""
    before = _facts(home, source, part, submission)
    added = facts if before is None else facts[~facts["fact_id"].isin(before["fact_id"])]
    texts = added[_key_columns(part)].astype("str")
    said = []
    for held_id, key in zip(rows["held_id"], map(json.loads, rows["key"]), strict=True):
        known = {place: text for place, text in enumerate(key) if text is not None}
        agrees = pd.Series(bool(known), index=texts.index)
        for place, text in known.items():
            agrees &= texts.iloc[:, place] == text
        said += [held_id] * bool(agrees.any())
    return said


def _facts(home: Home, source: Source, part: Part, submission_id: str) -> pd.DataFrame | None:
    """What the accepted rows of a part are about; None where a submission has none."""
    path = facts_file(home, source.id, submission_id, part.id)
    columns = dict.fromkeys(["fact_id", *scope_columns(part), *_key_columns(part)])
    return read_frame(path, list(columns)) if is_readable(path) else None


def _key_columns(part: Part) -> list[str]:
    return [specs_of(part)[field].name for field in part.key]
