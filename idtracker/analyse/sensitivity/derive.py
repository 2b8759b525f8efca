"""The published tables of the latest round: worked out where something behind them changed, or for any quarter on request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from idtracker.analyse.composite.engine import compute
from idtracker.analyse.composite.findings import Finding
from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.merge.marks_frames import high_water, intersection
from idtracker.analyse.sensitivity.adapters.index_files import index_problem
from idtracker.analyse.sensitivity.adapters.rounds import latest_round, read_round
from idtracker.analyse.sensitivity.adapters.tracker import RoundTables, tracker_problem
from idtracker.analyse.sensitivity.adapters.trust import reliability_of
from idtracker.analyse.sensitivity.frames import (
    band_rows,
    rank_rows,
    reliability_rows,
    sensitivity_rows,
    uncertainty_rows,
)
from idtracker.analyse.sensitivity.outcome import DRAWS, drawn, sensitivity
from idtracker.model.composite.definition import Index
from idtracker.model.errors import UsageError
from idtracker.model.method import Method
from idtracker.model.methods.chosen import Scoring
from idtracker.model.periods import previous_period
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables import ROUNDS, TABLES, conform_types, empty_frame
from idtracker.model.tables.version import model_version
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.published_methods import published_methods
from idtracker.store.schema import recall, remember
from idtracker.store.tables import rewrite_table

STEP = "uncertainty"
ROUND_TABLES = tuple(ROUNDS)


@dataclass(frozen=True, slots=True)
class Round:
    """The rows of one quarter by table, and what was not varied: input -> why."""

    period: str
    frames: dict[str, pd.DataFrame]
    not_varied: dict[str, str]
    findings: tuple[Finding, ...] = ()
    """What the data of an index file leave empty, or ask to be looked at."""


def derive_uncertainty(connection: duckdb.DuckDBPyConnection, line: Timeline, scoring: Scoring) -> None:
    """Work out the latest round again where its inputs are not those that it was worked out from.

    Rounds are drawn under two-level methods; of a method that is a tree there are no rows.
    """
    pending, method = line.resume(connection, STEP), scoring.definition
    if not (pending.at or pending.has_other):
        return
    period = latest_round(connection)
    if period is None or not isinstance(method, Method):
        _write(connection, {name: empty_frame(TABLES[name]) for name in ROUND_TABLES})
        remember(connection, **{STEP: ""})
    else:
        tables = read_round(connection, period)
        signature = _signature(tables, method, period)
        if recall(connection, STEP) != signature:
            _write(connection, worked_out(tables, method, period).frames)
            remember(connection, **{STEP: signature})
    keep_change_points(connection, STEP, line.change_points)


def round_of(connection: duckdb.DuckDBPyConnection, period: str | None = None, draws: int = DRAWS) -> Round | None:
    """The tables of a quarter of a publication, the latest where none is named; None where there is no score at all.

    UsageError where there is no such quarter, and where a tree made the scores.
    """
    method = published_methods(connection).headline.definition
    if not isinstance(method, Method):
        raise UsageError(
            f"The scores are made by {method.method_version}, which is a tree: rounds are drawn under two-level methods alone."
        )
    wanted = period or latest_round(connection)
    return None if wanted is None else worked_out(read_round(connection, wanted), method, wanted, draws)


def worked_out(tables: RoundTables, method: Method, period: str, draws: int = DRAWS) -> Round:
    """Every table of a quarter."""
    earlier = previous_period(period)
    problem = tracker_problem(tables, method, period, earlier)
    has_earlier = earlier in set(tables.scores["period"])
    found = drawn(problem, draws, tracker_problem(tables, method, earlier) if has_earlier else None)
    days = tables.scores.loc[tables.scores["period"] == period, ["period_start", "period_end"]].iloc[0]
    bands = [(band.label, band.low) for band in method.band_scheme.bands]
    frames = {
        "score_uncertainty": uncertainty_rows(found, method.interval_level).assign(
            period_start=days["period_start"], period_end=days["period_end"]
        ),
        "rank_acceptability": rank_rows(found),
        "band_probability": band_rows(found, bands),
        "sensitivity": sensitivity_rows(problem, sensitivity(problem)),
        "score_reliability": reliability_rows(problem, reliability_of(tables, method, problem)),
    }
    marking = _markings(tables.scores)
    marked = {
        name: conform_types(frame.merge(marking, on="node_code", how="left"), TABLES[name])
        for name, frame in frames.items()
    }
    return Round(period, marked, problem.why_not())


def worked_out_of_file(index: Index, data: pd.DataFrame, draws: int = DRAWS, level: float = 0.90) -> Round:
    """The same tables of an index on the units of a file; there is no round before, and nothing that tells its reliability."""
    computed = compute(index, data)
    problem = index_problem(index, computed, data)
    found = drawn(problem, draws)
    root = problem.nodes[-1].code
    banded = [b for b in index.bands if (b.node or root) == root and not b.percentiles][:1]
    bands = [(band.label, -np.inf if band.low is None else band.low) for rule in banded for band in rule.classes]
    frames = {
        "score_uncertainty": uncertainty_rows(found, level),
        "rank_acceptability": rank_rows(found),
        "band_probability": band_rows(found, bands, banded[0].closed if banded else "low", root),
        "sensitivity": sensitivity_rows(problem, sensitivity(problem)),
    }
    return Round("", frames, problem.why_not(), computed.findings)


def _markings(scores: pd.DataFrame) -> pd.DataFrame:
    """Marking of each node: that of all its scores of both quarters, since a rank speaks of every place."""
    codes, names = pd.factorize(scores["node_code"])
    rows = scores.assign(node=codes)
    marks = pd.DataFrame({"node_code": names, "classification": high_water(rows, "node").reindex(range(len(names)))})
    return marks.assign(releasable_to=intersection(rows, "node", "releasable_to").reindex(range(len(names))))


def _write(connection: duckdb.DuckDBPyConnection, frames: dict[str, pd.DataFrame]) -> None:
    for name, frame in frames.items():
        rewrite_table(connection, name, frame)


def _signature(tables: RoundTables, method: Method, period: str) -> str:
    """Everything that the tables are made of."""
    digest = hashlib.sha256(
        f"{method.model_dump_json()}|{period}|{DRAWS}|{VERSIONS['analysis']}|{model_version()}".encode()
    )
    for frame in (tables.cells, tables.scores, tables.indicator, tables.place):
        plain = frame.astype("object").where(frame.notna(), None).astype(str)
        rows = pd.util.hash_pandas_object(plain, index=False)
        digest.update(rows.sort_values().to_numpy().tobytes())
    return digest.hexdigest()
