"""The published tables of the latest round: worked out where something behind them changed, or for any quarter on request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from idtracker.analyse.composite.engine import Computed, compute
from idtracker.analyse.composite.findings import Finding
from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.merge.marks_frames import high_water, intersection
from idtracker.analyse.sensitivity.adapters.choices import only_defined, with_common_choices
from idtracker.analyse.sensitivity.adapters.index_files import index_problem
from idtracker.analyse.sensitivity.adapters.rounds import latest_round, read_round
from idtracker.analyse.sensitivity.adapters.tracker import RoundTables, items_of, tracker_problem
from idtracker.analyse.sensitivity.adapters.tree import items_of_tree, tree_problem
from idtracker.analyse.sensitivity.adapters.trust import Shape, reliability_of, shape_of
from idtracker.analyse.sensitivity.frames import (
    band_rows,
    rank_rows,
    reliability_rows,
    sensitivity_rows,
    uncertainty_rows,
)
from idtracker.analyse.sensitivity.outcome import DRAWS, Drawn, drawn, sensitivity
from idtracker.analyse.sensitivity.problem import Problem
from idtracker.model.composite.definition import Bands, Index
from idtracker.model.methods.chosen import Methods
from idtracker.model.periods import previous_period
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables import SIMULATED, TABLES, conform_types, empty_frame
from idtracker.model.tables.version import model_version
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.published_methods import published_methods
from idtracker.store.schema import recall, remember
from idtracker.store.tables import rewrite_table

STEP = "uncertainty"
ROUND_TABLES = tuple(SIMULATED)


@dataclass(frozen=True, slots=True)
class Round:
    """The rows of one quarter by table, and what was not varied: input -> why."""

    period: str
    frames: dict[str, pd.DataFrame]
    not_varied: dict[str, str]
    findings: tuple[Finding, ...] = ()
    """What the data of an index file leave empty, or ask to be looked at, and which alternatives are not defined."""


def derive_uncertainty(connection: duckdb.DuckDBPyConnection, line: Timeline, methods: Methods) -> None:
    """Work out the latest round again where its inputs are not those that it was worked out from."""
    pending = line.resume(connection, STEP)
    if not (pending.at or pending.has_other):
        return
    period = latest_round(connection)
    if period is None:
        _write(connection, {name: empty_frame(TABLES[name]) for name in ROUND_TABLES})
        remember(connection, **{STEP: ""})
    else:
        tables = read_round(connection, period)
        signature = _signature(tables, methods, period)
        if recall(connection, STEP) != signature:
            _write(connection, worked_out(tables, methods, period).frames)
            remember(connection, **{STEP: signature})
    keep_change_points(connection, STEP, line.change_points)


def round_of(connection: duckdb.DuckDBPyConnection, period: str | None = None, draws: int = DRAWS) -> Round | None:
    """The tables of a quarter of a publication, the latest where none is named; None where there is no score at all.

    UsageError where there is no such quarter.
    """
    wanted = period or latest_round(connection)
    if wanted is None:
        return None
    return worked_out(read_round(connection, wanted), published_methods(connection), wanted, draws)


def worked_out(tables: RoundTables, methods: Methods, period: str, draws: int = DRAWS) -> Round:
    """Every table of a quarter under the headline."""
    earlier = previous_period(period)
    whole, items = round_problem(tables, methods, period, earlier)
    problem, findings = only_defined(whole)
    before = None
    if earlier in set(tables.scores["period"]):
        problem, before = with_common_choices(problem, only_defined(round_problem(tables, methods, earlier)[0])[0])
    found = drawn(problem, draws, before)
    days = tables.scores.loc[tables.scores["period"] == period, ["period_start", "period_end"]].iloc[0]
    frames = {
        "score_uncertainty": uncertainty_rows(found, methods.merging.interval_level).assign(
            period_start=days["period_start"], period_end=days["period_end"]
        ),
        "rank_acceptability": rank_rows(found),
        "band_probability": _bands(found, methods),
        "sensitivity": sensitivity_rows(problem, sensitivity(problem)),
        "score_reliability": reliability_rows(
            problem, reliability_of(tables, items, _shape(problem, tables, methods, items))
        ),
    }
    marking = _markings(tables.scores)
    marked = {
        name: conform_types(frame.merge(marking, on="node_code", how="left"), TABLES[name])
        for name, frame in frames.items()
    }
    return Round(period, marked, problem.why_not(), findings)


def _shape(problem: Problem, tables: RoundTables, methods: Methods, items: pd.DataFrame) -> Shape:
    """What lies below each node, with the weights of its scores: a problem has none where they come from the data."""
    if all(node.weigh is None for node in problem.nodes):
        return problem
    scores = tables.scores[tables.scores["period"] == problem.period]
    return shape_of(items, methods.headline.definition, scores, tables.place)


def round_problem(
    tables: RoundTables, methods: Methods, period: str, earlier: str | None = None
) -> tuple[Problem, pd.DataFrame]:
    """A quarter of the headline, a tree or a two-level method, and the items that it is made of."""
    method = methods.headline.definition
    if isinstance(method, Index):
        return tree_problem(tables, method, methods.merging, period, earlier), items_of_tree(tables, method, period)
    return tracker_problem(tables, method, period, earlier), items_of(tables, method, period)


def _bands(found: Drawn, methods: Methods) -> pd.DataFrame:
    """Shares of bands of every node: its own, else those of the root, else those of the tracker's method."""
    method, root = methods.headline.definition, methods.headline.root
    stated = {bands.node or root: bands for bands in method.bands} if isinstance(method, Index) else {}
    scheme = [(band.label, band.low) for band in methods.merging.band_scheme.bands]
    if not stated:
        return band_rows(found, scheme)
    rows = []
    for node in found.problem.nodes:
        rule = stated.get(node.code) or stated.get(root)
        if rule is None:
            rows.append(band_rows(found, scheme, of=node.code))
        else:
            rows.append(band_rows(found, lows_of(rule), rule.closed, node.code, rule.round))
    return pd.concat(rows, ignore_index=True)


def lows_of(rule: Bands) -> list[tuple[str, float]]:
    """Labels of bands with their lower ends."""
    return [(band.label, -np.inf if band.low is None else band.low) for band in rule.classes]


def worked_out_of_file(index: Index, data: pd.DataFrame, draws: int = DRAWS, level: float = 0.90) -> Round:
    """The same tables of an index on the units of a file; there is no round before, and nothing that tells its reliability."""
    computed = compute(index, data)
    problem, undefined = only_defined(index_problem(index, computed, data))
    found = drawn(problem, draws)
    root = problem.nodes[-1].code
    banded = [b for b in index.bands if (b.node or root) == root and not b.percentiles][:1]
    frames = {
        "score_uncertainty": uncertainty_rows(found, level),
        "rank_acceptability": rank_rows(found),
        "band_probability": band_rows(found, [], of=root)
        if not banded
        else band_rows(found, lows_of(banded[0]), banded[0].closed, root, banded[0].round),
        "sensitivity": sensitivity_rows(problem, sensitivity(problem)),
    }
    return Round("", frames, problem.why_not(), (*computed.findings, *undefined))


def undefined_on_file(index: Index, computed: Computed, data: pd.DataFrame) -> tuple[Finding, ...]:
    """Alternatives that are not defined for the units of a file."""
    return only_defined(index_problem(index, computed, data))[1]


def _markings(scores: pd.DataFrame) -> pd.DataFrame:
    """Marking of each node: that of all its scores of both quarters, since a rank speaks of every place."""
    codes, names = pd.factorize(scores["node_code"])
    rows = scores.assign(node=codes)
    marks = pd.DataFrame({"node_code": names, "classification": high_water(rows, "node").reindex(range(len(names)))})
    return marks.assign(releasable_to=intersection(rows, "node", "releasable_to").reindex(range(len(names))))


def _write(connection: duckdb.DuckDBPyConnection, frames: dict[str, pd.DataFrame]) -> None:
    for name, frame in frames.items():
        rewrite_table(connection, name, frame)


def _signature(tables: RoundTables, methods: Methods, period: str) -> str:
    """Everything that the tables are made of."""
    method, merging = methods.headline.definition, methods.merging.model_dump_json()
    own = f"{method.model_dump_json(exclude_unset=True)}|{merging}" if isinstance(method, Index) else merging
    digest = hashlib.sha256(f"{own}|{period}|{DRAWS}|{VERSIONS['analysis']}|{model_version()}".encode())
    for frame in (tables.cells, tables.scores, tables.indicator, tables.place):
        plain = frame.astype("object").where(frame.notna(), None).astype(str)
        rows = pd.util.hash_pandas_object(plain, index=False)
        digest.update(rows.sort_values().to_numpy().tobytes())
    return digest.hexdigest()
