"""The table `score_change`: why each score differs from that of the quarter before, and from what was known before.

It says what is known now; what was said at an instant is worked out for that instant when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from idtracker.analyse.change.cells import Basis
from idtracker.analyse.change.decompose import ChangeRow, Leaves, decompose
from idtracker.analyse.change.sides import Knowledge, ScoreVintage
from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.timeline import PendingChangePoints, Timeline
from idtracker.model.composite.definition import Index
from idtracker.model.method import Method
from idtracker.model.methods.chosen import Scoring
from idtracker.model.periods import next_period, previous_period
from idtracker.model.steps.progress import report
from idtracker.model.tables import TABLES, columns_of, frame_of
from idtracker.store.connection import registered, rows_of
from idtracker.store.history.change_points import changes_of, keep_change_points
from idtracker.store.history.undone import forget_undone, undone
from idtracker.store.tables import fill_table

STEP, TABLE = "score_change", "score_change"
BLOCK_ROWS = 50_000
_GROUP = ["place_id", "period"]
TOLD_BY = ("score", "merged_cell")
"""The tables whose vintages say why a score moved."""


def derive_score_changes(connection: duckdb.DuckDBPyConnection, line: Timeline, scoring: Scoring) -> None:
    """Bring `score_change` up to date: the places and quarters of which a score or cell changed, and the quarters after them."""
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        touched = _touched(connection, pending)
        with registered(connection, {"_touched": touched}):
            connection.execute(
                f'DELETE FROM "{TABLE}" WHERE (place_id, period) IN (SELECT (place_id, period) FROM _touched)'
            )
        for number, block in enumerate(_blocks(connection, touched), 1):
            report("block of score changes", number)
            periods = {*block["period"], *(previous_period(p) for p in block["period"].unique())}
            known = Knowledge(connection, scoring.definition, sorted(set(block["place_id"])), periods=sorted(periods))
            fill_table(connection, TABLE, change_rows(known, block.itertuples(index=False, name=None)))
        forget_undone(connection)
    keep_change_points(connection, STEP, line.change_points)


def _touched(connection: duckdb.DuckDBPyConnection, pending: PendingChangePoints) -> pd.DataFrame:
    """place_id and period of everything that has to be worked out again."""
    keys = ", ".join(_GROUP)
    there = frame_of(rows_of(connection, f"SELECT {keys} FROM score UNION SELECT {keys} FROM {TABLE}"), TABLES["score"])
    if pending.since is None:
        return there.sort_values(_GROUP, ignore_index=True)
    changed = pd.concat(
        [
            undone(connection),
            *(changes_of(connection, f"{name}_vintage", _GROUP, pending.since)[_GROUP] for name in TOLD_BY),
        ]
    ).drop_duplicates()
    following = changed.assign(period=[next_period(p) for p in changed["period"]])
    touched = pd.concat([changed, following]).drop_duplicates().merge(there, on=_GROUP)
    return touched.sort_values(_GROUP, ignore_index=True)


def _blocks(connection: duckdb.DuckDBPyConnection, touched: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The places and quarters in blocks of whole places, each with about BLOCK_ROWS reports behind it at most.

    A place that has more, such as a country with its governorates, is cut by its quarters.
    """
    counts = connection.execute(
        """WITH counted AS (SELECT place_id, period, count(*) AS size FROM cell_report_vintage GROUP BY ALL)
        SELECT place_id, period, sum(size) AS size FROM (
          FROM counted UNION ALL SELECT parent_id, period, size FROM counted JOIN place USING (place_id)
        ) GROUP BY ALL"""
    ).df()
    sized = touched.merge(counts, on=_GROUP, how="left")
    sizes = sized["size"].fillna(0).astype("int64")
    of_place = sizes.groupby(sized["place_id"], sort=False).sum()
    is_large = sized["place_id"].map(of_place > BLOCK_ROWS)
    by_place = sized["place_id"].map(block_numbers(of_place, BLOCK_ROWS))
    by_quarter = sizes.groupby(sized["place_id"]).transform(lambda own: block_numbers(own, BLOCK_ROWS))
    for _, block in touched.groupby([by_place, is_large, by_quarter.where(is_large, 0)], sort=False):
        yield block


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of a score that are compared."""

    basis: Basis
    period: str
    known: pd.Timestamp | None
    before: ScoreVintage
    after: ScoreVintage


def change_rows(known: Knowledge, groups: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Rows of the table for places and quarters, as known now."""
    compared: list[tuple[object, ...]] = []
    counts: list[int] = []
    rows: list[ChangeRow] = []
    nodes = _nodes(known.method)
    for place, period in groups:
        leaves: dict[tuple[object, ...], Leaves] = {}
        for node in nodes:
            for pair in _pairs(known, place, period, node):
                of_pair = leaves.setdefault((pair.basis, pair.period, pair.known), {})
                parts = rows_of_change(known, place, period, node, pair, of_pair)
                compared.append(_about(known, place, period, node, pair))
                counts.append(len(parts))
                rows += parts
    return _frame(compared, counts, rows)


def _frame(compared: Sequence[tuple[object, ...]], counts: Sequence[int], rows: Sequence[ChangeRow]) -> pd.DataFrame:
    """Each comparison beside as many of the rows as are its own: column by column, since there are millions of rows."""
    columns = zip(*compared, strict=True) if compared else [[]] * len(_ABOUT)
    cells = {name: pa.array(column, kind) for (name, kind), column in zip(_ABOUT.items(), columns, strict=True)}
    whole = pa.table(cells).take(pa.array(np.repeat(np.arange(len(counts)), counts)))
    of_part = {
        "cause": pa.array([row.cause for row in rows], _STRING),
        "indicator_id": pa.array([row.indicator_id or None for row in rows], _STRING),
        "org_id": pa.array([row.org_id or None for row in rows], _STRING),
        "points": pa.array([row.points for row in rows], pa.float64()),
        "points_error": pa.array([None if row.points is None else row.error for row in rows], pa.float64()),
    }
    found = {name: of_part[name] if name in of_part else whole.column(name) for name in _COLUMNS}
    return frame_of(pa.table(found), TABLES[TABLE])


def _nodes(method: Method | Index) -> list[str]:
    """The codes of all nodes, the root first."""
    if isinstance(method, Index):
        return list(reversed(method.hierarchy.nodes))
    return [method.root, *sorted(method.dimensions)]


def rows_of_change(
    known: Knowledge, place: str, period: str, node: str, pair: Compared, leaves: Leaves
) -> list[ChangeRow]:
    """The parts of one change; `leaves` are those that other nodes have between the same two states of knowledge."""
    before = known.side(place, pair.period, node, pair.known)
    after = known.side(place, period, node)
    return [] if before is None or after is None else decompose(before, after, node, pair.basis, known=leaves)


def _pairs(known: Knowledge, place: str, period: str, node: str) -> Iterator[Compared]:
    after = known.score_at(place, period, node, None)
    if after is None:
        return
    earlier = previous_period(period)
    before = known.score_at(place, earlier, node, None)
    if before is not None:
        yield Compared("PERIOD", earlier, None, before, after)
    other = [v for v in known.scores[place, period, node] if v.score != after.score]
    if other:
        yield Compared("KNOWLEDGE", period, other[-1].known_from, other[-1], after)


_STRING = pa.large_string()
_ABOUT = {
    **dict.fromkeys((*_GROUP, "node_code", "basis", "since_period"), _STRING),
    **{"since_known": pa.timestamp("us"), "score_before": pa.float64(), "score_after": pa.float64()},
    **dict.fromkeys(("method_version", "classification", "releasable_to"), _STRING),
}
"""What all rows of one comparison say."""
_COLUMNS = [spec.name for spec in columns_of(TABLES[TABLE])]


def _about(known: Knowledge, place: str, period: str, node: str, pair: Compared) -> tuple[object, ...]:
    """The columns _ABOUT of one comparison."""
    marking = pair.before.marking.with_other(pair.after.marking)
    scores = (pair.before.score, pair.after.score, known.method.method_version)
    return place, period, node, pair.basis, pair.period, pair.known, *scores, *marking.columns.values()
