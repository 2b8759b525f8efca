"""What rests on a submission, in plain loops over the facts, the reports of each quarter and the points of each trend.

Nothing of the lineage of cells is read (`submission_ids`, `effective_weights`): which reports a cell is made of follows from the facts,
which cells a score is made of from the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from idtracker.ingest.decisions.rounds import RoundAct, rounds_of
from idtracker.model.instants import naive_utc

Named = tuple[str, tuple[str, ...]]
Cell = tuple[str, str, str]
ROOT, EVENTS = "STABILITY", "EVENTS"
CORROBORATION = "IM-04"
"""The one metric whose lineage is followed here."""
_WINDOW, _MOST_CARRIED = 12, 0.5
_IDENTIFIERS = {
    "decision": "decision_id",
    "analysis_product": "product_id",
    "effect_claim": "claim_id",
    "judgement": "judgement_id",
    "kpq_response": "kpq_code",
}
_KINDS = {
    "decision": "decision",
    "analysis_product": "product",
    "effect_claim": "claim",
    "judgement": "judgement",
    "kpq_response": "answer",
}
_NAMES = {
    "effect_claim": ("activity_id", "activity"),
    "decision": ("product_ids", "analysis_product"),
    "kpq_response": ("scope_id", "activity"),
}


@dataclass(frozen=True)
class Known:
    """Rows of a store that is worked out, as they are known now or were known at an instant of its past."""

    store: duckdb.DuckDBPyConnection
    at: datetime | None = None

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query by column."""
        frame = self.store.sql(query).df().astype(object)
        return [dict(row) for row in frame.where(frame.notna(), None).to_dict("records")]

    def facts(self, table: str) -> list[dict[str, Any]]:
        """The facts of a table that are known."""
        return self.rows(f'SELECT * FROM "{table}" WHERE {self._known("recorded")}')

    def cells(self) -> list[dict[str, Any]]:
        """The cells that are known."""
        table = "merged_cell" if self.at is None else f"merged_cell_vintage WHERE {self._known('known')}"
        return self.rows(f"SELECT indicator_id, place_id, origin_period, period FROM {table}")

    def _known(self, stem: str) -> str:
        if self.at is None:
            return f"{stem}_to IS NULL"
        at = f"TIMESTAMP '{naive_utc(self.at).isoformat(sep=' ')}'"
        return f"{stem}_from <= {at} AND ({stem}_to IS NULL OR {stem}_to > {at})"


def resting(store: duckdb.DuckDBPyConnection, submission_id: str) -> set[Named]:
    """Scores, trends, warnings, pools and statements that rest on a submission."""
    known = Known(store)
    cells = {cell for cell, behind in _cells(known).items() if submission_id in behind}
    scores = set(_scores(known, cells))
    return {
        *_corroborations(known, cells),
        *(("score", (place, quarter, node)) for node, place, quarter in scores),
        *_trends(known, scores),
        *_warnings(known, cells | scores),
        *_pools(known, submission_id),
        *_statements(known, submission_id),
    }


def resting_rounds(store: duckdb.DuckDBPyConnection, submission_id: str, acts: Sequence[RoundAct]) -> set[Named]:
    """Rounds whose quarter had a cell with reports of a submission at their cut-off, by the facts known then."""
    found = set[Named]()
    for round_id, one in rounds_of(acts).items():
        behind = _cells(Known(store, one.cutoff_at))
        if any(quarter == one.period and submission_id in said for (_, _, quarter), said in behind.items()):
            found.add(("round", (round_id,)))
    return found


def _cells(known: Known) -> dict[Cell, set[str]]:
    """The submissions behind each cell: of its own quarter, or of the one from which it was carried."""
    country = {
        str(p["place_id"]): p["parent_id"]
        for p in known.rows("SELECT place_id, parent_id FROM place WHERE level = 'adm1'")
    }
    own, found = _reports(known), dict[Cell, set[str]]()
    events = {str(row["submission_id"]) for row in known.facts("event")}
    for row in known.cells():
        indicator, place, origin = str(row["indicator_id"]), str(row["place_id"]), str(row["origin_period"])
        below = [place] if place in country else [p for p, above in country.items() if above == place]
        behind = set[str]()
        for one in below:
            behind |= own.get((indicator, one, origin), events if indicator == EVENTS else set())
        found[indicator, place, str(row["period"])] = behind
    return found


def _reports(known: Known) -> dict[Cell, set[str]]:
    """The submissions of the reports of each own quarter; one that the owner of the indicator outranks is compared and counts as well."""
    said: dict[Cell, set[str]] = {}
    for row in known.facts("observation"):
        if row["value"] is not None:
            key = str(row["indicator_id"]), str(row["place_id"]), str(row["period"])
            said.setdefault(key, set()).add(str(row["submission_id"]))
    for row in known.facts("event"):
        if row["place_id"] is not None:
            key = EVENTS, str(row["place_id"]), _quarter(row["event_on"])
            said.setdefault(key, set()).add(str(row["submission_id"]))
    return said


def _corroborations(known: Known, cells: set[Cell]) -> Iterator[Named]:
    """Shares of corroborated cells, of the programme and of places: they rest on every cell of the quarter that is not carried."""
    carried = {
        (r["indicator_id"], r["place_id"], r["period"])
        for r in known.rows("SELECT * FROM merged_cell WHERE is_carried")
    }
    counted = {(place, quarter) for code, place, quarter in cells if (code, place, quarter) not in carried}
    for row in known.rows(f"SELECT * FROM metric_value WHERE metric_id = '{CORROBORATION}'"):
        scope, quarter = str(row["scope"]), str(row["period"])
        if any(q == quarter and scope in ("programme", f"place={place}") for place, q in counted):
            yield "metric", (CORROBORATION, str(row["measure"]), scope, quarter)


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _scores(known: Known, cells: set[Cell]) -> Iterator[Cell]:
    """Scores that are given and have one of the cells in their dimension; the root through dimensions that are given."""
    dimension = {
        str(r["indicator_id"]): str(r["dimension_code"]) for r in known.rows("SELECT * FROM indicator") if r["weight"]
    }
    given = {
        (str(r["node_code"]), str(r["place_id"]), str(r["period"]))
        for r in known.rows("SELECT * FROM score WHERE score IS NOT NULL")
    }
    for indicator, place, quarter in cells:
        code = dimension.get(indicator, "")
        if (code, place, quarter) in given:
            yield code, place, quarter
            if (ROOT, place, quarter) in given:
                yield ROOT, place, quarter


def _number(quarter: str) -> int:
    return int(quarter[:4]) * 4 + int(quarter[-1])


def _trends(known: Known, scores: set[Cell]) -> Iterator[Named]:
    """Trends with one of the scores among their points; that the points are these is held against their number."""
    every = known.rows("SELECT * FROM score")
    breaks = [
        (str(r["dimension_code"]), str(r["place_id"]), str(r["period"]))
        for r in known.rows("SELECT * FROM merged_cell JOIN indicator USING (indicator_id) WHERE obs_status = 'B'")
    ]
    for trend in known.rows("SELECT * FROM trend"):
        node, place, last = str(trend["node_code"]), str(trend["place_id"]), str(trend["period"])
        cut = max((q for code, where, q in breaks if where == place and node in (code, ROOT) and q <= last), default="")
        points = [
            (node, place, str(one["period"]))
            for one in every
            if (one["node_code"], one["place_id"]) == (node, place) and _is_point(one, last, cut)
        ]
        assert len(points) == trend["points_count"], (trend, points)
        if scores & set(points):
            yield "trend", (place, last, node)


def _is_point(score: Mapping[str, Any], last: str, cut: str) -> bool:
    quarter = str(score["period"])
    carried = (score["carried_share"] or 0) + (score["imputed_share"] or 0)
    in_sight = cut <= quarter <= last and _number(last) - _number(quarter) < _WINDOW
    return score["score"] is not None and carried <= _MOST_CARRIED and in_sight


def _warnings(known: Known, values: set[Cell]) -> Iterator[Named]:
    for row in known.rows("SELECT * FROM warning"):
        code = row["node_code"] or row["indicator_id"]
        if any(c == code and place == row["place_id"] and quarter <= row["period"] for c, place, quarter in values):
            yield "warning", (str(row["rule_id"]), str(row["place_id"]), str(row["period"]))


def _pools(known: Known, submission_id: str) -> Iterator[Named]:
    """Pools of the question, by scenario and horizon, and the quarter of a judgement of the submission."""
    own = {
        (r["scenario_id"], r["place_id"], r["horizon_on"], r["period"])
        for r in known.facts("judgement")
        if r["submission_id"] == submission_id
    }
    for row in known.rows("SELECT * FROM scenario"):
        if (row["scenario_id"], row["place_id"], row["horizon_on"], row["period"]) in own:
            yield "scenario", (str(row["question_id"]), str(row["period"]), str(row["scheme"]))


def _statements(known: Known, submission_id: str) -> Iterator[Named]:
    """What the submission states, decisions that cite a product of it, claims about an activity of it."""
    own = {
        "analysis_product": {
            r["product_id"] for r in known.facts("analysis_product") if r["submission_id"] == submission_id
        },
        "activity": {r["activity_id"] for r in known.facts("activity") if r["submission_id"] == submission_id},
    }
    for table in _IDENTIFIERS:
        column, target = _NAMES.get(table, ("fact_id", ""))
        for row in known.facts(table):
            named = set(str(row[column] or "").split(";"))
            if row["submission_id"] == submission_id or named & own.get(target, set()):
                yield _KINDS[table], (str(row["fact_id"]),)
