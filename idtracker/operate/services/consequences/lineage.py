"""Which figures and statements have facts of a submission among the rows behind them, as known at the instant of a store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import pandas as pd

from idtracker.analyse.consequence.statements import DELIVERY, LISTED, OBSERVED
from idtracker.analyse.judgement.assessments import assessments_of
from idtracker.analyse.judgement.pools import pools_of
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.known.tables import ACTS
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric, metrics
from idtracker.analyse.metrics.values import count
from idtracker.model.method import TrendRule
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import FACTS, REFERENCE, columns_of
from idtracker.model.tables.vintages import vintages_of
from idtracker.operate.services.consequences.differences import KINDS, rows_of_kind
from idtracker.store.connection import registered
from idtracker.store.tables import known_facts, read_table

Named = tuple[str, tuple[str, ...]]
"""Kind and key of a figure."""
_DERIVED = ("merged_cell", "cell_report", "score", "trend", "obligation", "round", "round_organisation")
_STATEMENTS = tuple(kind for kind in KINDS if KINDS[kind].table in FACTS)


def rests_on(store: duckdb.DuckDBPyConnection, submission_id: str, at: pd.Timestamp, rule: TrendRule) -> set[Named]:
    """Kind and key of everything with rows of the submission behind it; `rule` says which scores are points of a trend.

    A score: a cell of its place and quarter that it weighs. A trend: a score that is a point of it. A warning: a value of its series up to its quarter. A metric:
    the rows of its evidence. A pooled judgement: one of its judgements. A statement: it stands in the submission, or names
    an identifier that stands there or in such a statement.
    """
    cells = _cells(store, submission_id)
    scores = _scores(store, cells)
    return {
        *(("score", key) for key in scores),
        *_trends(store, scores, rule),
        *_warnings(store, cells, scores),
        *_metrics(store, submission_id, at, scores),
        *_scenarios(store, submission_id),
        *_statements(store, submission_id),
    }


def _cells(store: duckdb.DuckDBPyConnection, submission_id: str) -> set[tuple[str, str, str]]:
    """Indicator, place and quarter of the cells that its reports are behind."""
    rows = store.execute(
        "SELECT indicator_id, place_id, period FROM merged_cell WHERE list_contains(string_split(submission_ids, ';'), ?)",
        [submission_id],
    ).fetchall()
    return {(str(i), str(place), str(period)) for i, place, period in rows}


def _scores(store: duckdb.DuckDBPyConnection, cells: set[tuple[str, str, str]]) -> set[tuple[str, ...]]:
    """Scores that weigh one of the cells, and the nodes above them."""
    rows = store.execute("SELECT place_id, period, node_code, effective_weights FROM score").fetchall()
    weighs = {(node, place, period): json.loads(weights or "{}") for place, period, node, weights in rows}
    found, reached = set[tuple[str, str, str]](), set(cells)
    while reached:
        reached = {
            at for at, codes in weighs.items() if at not in found and any((c, *at[1:]) in reached for c in codes)
        }
        found |= reached
    return {(place, period, node) for node, place, period in found}


def _trends(store: duckdb.DuckDBPyConnection, scores: set[tuple[str, ...]], rule: TrendRule) -> Iterator[Named]:
    """Trends with one of those scores among their points: in the window, not before a break, most of it reported."""
    keys = pd.DataFrame(sorted(scores), columns=["place_id", "period", "node_code"], dtype="str")
    number = "(CAST(left({0}.period, 4) AS INT) * 4 + CAST(right({0}.period, 1) AS INT))"
    with registered(store, {"_resting": keys}):
        rows = store.execute(
            f"""SELECT DISTINCT t.place_id, t.period, t.node_code FROM trend t
            JOIN score s ON s.place_id = t.place_id AND s.node_code = t.node_code AND s.period <= t.period
            JOIN _resting r ON r.place_id = s.place_id AND r.node_code = s.node_code AND r.period = s.period
            WHERE {number.format("t")} - {number.format("s")} < $1 AND s.period >= coalesce(t.series_break, s.period)
              AND coalesce(s.carried_share, 0) + coalesce(s.imputed_share, 0) <= $2""",
            [rule.window, rule.maximum_carried_share],
        ).fetchall()
    yield from (("trend", tuple(map(str, row))) for row in rows)


def _warnings(
    store: duckdb.DuckDBPyConnection, cells: set[tuple[str, str, str]], scores: set[tuple[str, ...]]
) -> Iterator[Named]:
    """Warnings with one of those cells or scores in their series."""
    first: dict[tuple[str, str], str] = {}
    values = [*((code, place, period) for code, place, period in cells), *((n, p, q) for p, q, n in scores)]
    for code, place, period in values:
        first[code, place] = min(period, first.get((code, place), period))
    rows = store.execute("SELECT rule_id, place_id, period, coalesce(node_code, indicator_id) FROM warning").fetchall()
    for rule, place, period, code in rows:
        if first.get((code, place), "~") <= period:
            yield "warning", (rule, place, period)


def _metrics(
    store: duckdb.DuckDBPyConnection, submission_id: str, at: pd.Timestamp, scores: set[tuple[str, ...]]
) -> Iterator[Named]:
    """Metrics whose evidence names the submission; those with no input that holds rows of it are not counted again."""
    facts, entity = known_facts(store), read_table(store, "entity")
    holds = {name for name, rows in facts.items() if (rows["submission_id"] == submission_id).any()}
    holds |= {"merged_cell", "cell_report", "score"} if scores or holds & OBSERVED else set()
    holds |= DELIVERY if holds & DELIVERY else set()
    counted = store.execute("SELECT DISTINCT metric_id, period FROM metric_value").fetchall()
    periods, given = sorted({period for _, period in counted}), {name for name, _ in counted}
    chosen = [m for m in metrics().values() if m.id in given and holds & {*m.inputs, *m.versions}]
    versions = {name for metric in chosen for name in metric.versions}
    tables = {*_DERIVED, *(v if v in FACTS else vintages_of(v) for v in versions)}
    known = apply_entity_map({**facts, **{t: read_table(store, t) for t in sorted(tables)}}, entity)
    acts = {name for metric in chosen for name in metric.inputs if name in ACTS}
    reference = apply_entity_map({t: read_table(store, t) for t in (*REFERENCE, *sorted(acts))}, entity)
    inputs = Inputs(known, reference, at, "as_was")
    for metric in chosen:
        for period in periods:
            yield from _of_metric(metric, period, inputs, _Searched(submission_id, scores, holds))


@dataclass(slots=True)
class _Searched:
    """Evidence of one metric and quarter in which the submission is looked for; scopes share most of it."""

    submission_id: str
    scores: set[tuple[str, ...]]
    holds: set[str]
    units: dict[int, set[str]] = field(default_factory=dict)

    def of(self, evidence: Evidence) -> set[str]:
        """The units with a row of the submission, or one that is made of such rows, behind them."""
        if evidence.table not in self.holds:
            return set()
        if id(evidence) not in self.units:
            rows = evidence.rows
            self.units[id(evidence)] = {str(unit) for unit in rows.loc[self._is_of(rows), "unit"]}
        return self.units[id(evidence)]

    def _is_of(self, rows: pd.DataFrame) -> pd.Series:
        found = pd.Series(False, index=rows.index)
        for name in ("submission_id", "submission_ids"):  # of a cell either may list several, `;` between
            if name in rows:
                found |= rows[name].fillna("").astype(str).str.contains(self.submission_id, regex=False)
        if {"place_id", "period", "node_code"} <= {*rows.columns}:
            keys = zip(rows["place_id"], rows["period"], rows["node_code"], strict=True)
            found |= pd.Series([key in self.scores for key in keys], index=rows.index, dtype=bool)
        return found


def _of_metric(metric: Metric, period: str, inputs: Inputs, searched: _Searched) -> Iterator[Named]:
    results = list(count(metric, inputs, Quarter.of(period)))  # kept, so that evidence keeps its identity
    for counted in results:
        units = set[str]().union(*(searched.of(evidence) for evidence in counted.evidence))
        if units and units & {str(unit) for unit in counted.units["unit"]}:
            yield "metric", (metric.id, counted.measure, counted.scope, period)


def _scenarios(store: duckdb.DuckDBPyConnection, submission_id: str) -> Iterator[Named]:
    """Pooled judgements of a question, quarter and scheme in which the submission judged."""
    known = read_table(store, "judgement", "recorded_to IS NULL")
    own = {str(fact) for fact in known.loc[known["submission_id"] == submission_id, "fact_id"]}
    if not own:
        return
    for pool in pools_of(assessments_of(known)):
        if own & {one.fact_id for one in pool.every}:
            yield "scenario", (pool.question_id, pool.period, pool.scheme)


def _statements(store: duckdb.DuckDBPyConnection, submission_id: str) -> Iterator[Named]:
    """Statements of the submission, and those that name what it states, and so on."""
    stated = _identifiers(store, submission_id)
    rows = {kind: rows_of_kind(store, kind) for kind in _STATEMENTS}
    found: set[Named] = set()
    while True:
        before = len(found)
        for kind, frame in rows.items():
            is_own = frame["submission_id"] == submission_id
            for row in frame[is_own | _refer(frame, kind, stated)].itertuples():
                found.add((kind, (str(row.fact_id),)))
                if (shown := getattr(row, KINDS[kind].shown, None)) is not None:
                    stated.setdefault(f"{KINDS[kind].table}.{KINDS[kind].shown}", set()).add(str(shown))
        if len(found) == before:
            yield from found
            return


def _identifiers(store: duckdb.DuckDBPyConnection, submission_id: str) -> dict[str, set[str]]:
    """`table.column` -> the identifiers that rows of the submission state, of those that other tables refer to."""
    targets = {spec.references or spec.may_reference for model in FACTS.values() for spec in columns_of(model)} - {None}
    found: dict[str, set[str]] = {}
    for target in sorted(str(name) for name in targets):
        table, column = target.split(".")
        query = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE submission_id = ? AND recorded_to IS NULL'
        found[target] = {
            str(value) for (value,) in store.execute(query, [submission_id]).fetchall() if value is not None
        }
    return found


def _refer(frame: pd.DataFrame, kind: str, stated: dict[str, set[str]]) -> pd.Series:
    """Which rows name an identifier that is stated."""
    hit = pd.Series(False, index=frame.index)
    for spec in columns_of(FACTS[KINDS[kind].table]):
        target = spec.references or spec.may_reference or LISTED.get((KINDS[kind].table, spec.name))
        names = stated.get(target or "", set())
        if names:
            listed = frame[spec.name].fillna("").astype(str).str.split(";")
            hit |= listed.map(lambda values, names=names: bool(names & set(values)))
    return hit
