"""The table `consequence`: continued at the moments at which facts ended, from what was known the moment before."""

from __future__ import annotations

from urllib.parse import quote

import duckdb
import pandas as pd

from idtracker.analyse.consequence.acts import find_acts
from idtracker.analyse.consequence.figures import find_figures
from idtracker.analyse.consequence.statements import find_metrics, find_pools, find_statements
from idtracker.analyse.history.timeline import Timeline
from idtracker.model.marking import Marking, marking_of
from idtracker.model.method import TrendRule
from idtracker.model.published.figure_address import EMPTY
from idtracker.store.connection import rows_of
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.tables import fill_table

STEP, TABLE = "consequence", "consequence"
_TEMPORARY = (
    "_act",
    "_ended",
    "_moved",
    "_observed",
    "_within",
    "_merged",
    "_cell",
    "_weighing",
    "_node",
    "_stated",
    "_name",
    "_pooled",
)
_PARTS = ("part_1", "part_2", "part_3")


def derive_consequences(connection: duckdb.DuckDBPyConnection, line: Timeline, rule: TrendRule) -> None:
    """Continue the table by the acts after the last moment that stands; nothing is read where there is none."""
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        since = "-infinity" if pending.since is None else pending.since.isoformat(sep=" ")
        connection.execute(f'DELETE FROM "{TABLE}" WHERE acted_at > $1', [since])
    if pending.at and find_acts(connection, pending.since, pending.at[-1]):
        fill_table(connection, TABLE, _rows(connection, rule))
    keep_change_points(connection, STEP, line.change_points)
    for name in _TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS {name}")


def _rows(connection: duckdb.DuckDBPyConnection, rule: TrendRule) -> pd.DataFrame:
    queries = [
        *find_figures(connection, rule),
        find_pools(connection),
        find_statements(connection),
        find_metrics(connection),
    ]
    stated = ", ".join(f"a.{name}" for name in ("source_id", "act", "corrected_by", "other_submission_ids"))
    rows = rows_of(
        connection,
        f"""SELECT f.*, {stated}, a.classification AS own_classification, a.releasable_to AS own_releasable_to
        FROM ({" UNION ALL ".join(queries)}) f JOIN _act a USING (submission_id, acted_at)
        ORDER BY acted_at, submission_id, subject_table, part_1, part_2, part_3""",
    )
    frame: pd.DataFrame = rows.to_pandas()
    return frame.assign(subject=_subjects(frame), **_marked(frame))


def _subjects(frame: pd.DataFrame) -> pd.Series:
    """The address of each row without its column (see model/published/figure_address.py); of a metric its identifier."""
    texts = {
        name: frame[name].map({v: quote(str(v), safe="") or EMPTY for v in frame[name].dropna().unique()})
        for name in _PARTS
    }
    found = frame["subject_table"].str.cat(texts["part_1"], sep="/")
    for name in _PARTS[1:]:
        is_there = frame[name].notna()
        found = found.where(~is_there, found.str.cat(texts[name].fillna(""), sep="/"))
    return found.where(frame["subject_table"] != "metric_value", frame["part_1"])


def _marked(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Each row as all that it tells is marked together: the figure before and, where there is one, after, and the submission."""
    names = [f"{part}{name}" for part in ("", "own_", "after_") for name in ("classification", "releasable_to")]
    plain = frame[names].astype("object").where(frame[names].notna(), None)
    cells = list(plain.itertuples(index=False, name=None))
    marks = {cell: _together(cell) for cell in set(cells)}
    columns = {
        "classification": [marks[cell].classification for cell in cells],
        "releasable_to": [marks[cell].releasable_to for cell in cells],
    }
    return {name: pd.Series(values, index=frame.index, dtype="object") for name, values in columns.items()}


def _together(cell: tuple[str | None, ...]) -> Marking:
    both = marking_of(*cell[:2]).with_other(marking_of(*cell[2:4]))
    return both if cell[4] is None else both.with_other(marking_of(*cell[4:]))
