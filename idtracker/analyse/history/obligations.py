"""Obligations over time: one source's reports, owed and received, at every moment at which that may change."""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.history.timeline import Timeline, obligation_days
from idtracker.analyse.timeliness.obligations import obligation_table
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.model.config.source import Source
from idtracker.store.history.derived_vintages import extend_vintages, take_back
from idtracker.store.history.moments import keep_moments
from idtracker.store.tables import read_table, reported_periods, submissions_at

STEP = "obligation"


@pd.option_context("mode.string_storage", "python")
def derive_obligations(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, line: Timeline) -> None:
    """Continue the table `obligation` and its vintages. Texts are Python's strings meanwhile, faster for so few rows."""
    left = line.resume(connection, STEP)
    if left.at:
        submissions, states = read_table(connection, "submission"), read_table(connection, "submission_state")
        found = [
            _of_source(source, submissions, states, left.since, left.at[-1]) for source in catalogue.sources.values()
        ]
        rows = [frame for frames, _ in found for frame in frames]
        pairs = [(source_id, at) for _, times in found for source_id, at in times]
        extend_vintages(
            connection,
            "obligation",
            pd.concat(rows, ignore_index=True) if rows else pd.DataFrame({"known_at": []}),
            pd.DataFrame(pairs, columns=["source_id", "known_at"]),
            left.since,
        )
    elif left.has_other:
        take_back(connection, "obligation", left.since)
    keep_moments(connection, STEP, line.moments)


def _of_source(
    source: Source, submissions: pd.DataFrame, states: pd.DataFrame, since: pd.Timestamp | None, last: pd.Timestamp
) -> tuple[list[pd.DataFrame], list[tuple[str, pd.Timestamp]]]:
    """What a source owes at each moment after `since` at which its submissions or the day may change it."""
    mine, its_states = (frame[frame["source_id"] == source.id] for frame in (submissions, states))
    changes = {*its_states["since"], *its_states["until"].dropna()}
    times = changes | obligation_days(source, submissions, last)
    frames, pairs = [], []
    known = submissions_at(mine, its_states, since if since is not None else pd.Timestamp.min)
    reported = reported_periods(known)
    for at in sorted(t for t in times if (since is None or t > since) and t <= last):
        if at in changes:
            known = submissions_at(mine, its_states, at)
            reported = reported_periods(known)
        frames.append(obligation_table([source], known, reported, at).assign(known_at=at))
        pairs.append((source.id, at))
    return frames, pairs
