"""facts_to_cells from counts that are kept by indicator and place: only what something touched since the last count is counted anew.

Counts stand for the moments at which they were made (see store/history/change_points.py): another record, definition, method or
code leaves none of them standing, and so does a quarter that comes into sight. Counts that did not add up are not kept.
How many rows came in is counted in full every time.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.cells import known_observations
from idtracker.analyse.history.computed import FEEDS
from idtracker.analyse.history.timeline import PendingChangePoints, Timeline
from idtracker.model.method import Method
from idtracker.quality.reconciliation.cells import OBSERVATION_COLUMNS, account_of, count_cells
from idtracker.quality.reconciliation.facts_and_scores import ReconciliationResult
from idtracker.store.connection import registered, rows_of
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.tables import quoted_list, read_table, transaction

STEP = "facts_to_cells"
BLOCK_ROWS = 250_000
_CELL = "indicator_id, place_id, origin_period, obs_count, submission_ids, method, is_carried"
_KEY = "coalesce(indicator_id, ''), coalesce(place_id, '')"


def recount_touched(connection: duckdb.DuckDBPyConnection, line: Timeline, method: Method) -> ReconciliationResult:
    """The account of the observations known now, with the counts of what was touched made anew."""
    pending = line.resume(connection, STEP)
    chosen = (
        None if pending.since is None or pending.has_other or pending.period_changes else _touched(connection, pending)
    )
    failing: dict[str, list[str]] = {}
    with transaction(connection):
        if chosen is None:
            connection.execute("DELETE FROM _cell_account")
            for block in _blocks(connection):
                among = f"coalesce(indicator_id, '') IN ({quoted_list(block)})"
                for subject, keys in _counted(connection, line, method, block, None, among).items():
                    failing[subject] = [*failing.get(subject, []), *keys]
        elif len(chosen):
            failing = _count(connection, line, method, chosen)
        fates = connection.execute(
            "SELECT source_id, reason, sum(rows) AS rows, sum(computed) AS computed FROM _cell_account GROUP BY ALL"
        ).df()
        if any(failing.values()):
            forget_counts(connection)
        else:
            keep_change_points(connection, STEP, line.change_points)
    return account_of(fates, _rows_in(connection, fates), failing)


def forget_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Count everything anew next time."""
    connection.execute("DELETE FROM _moment WHERE step = ?", [STEP])


def _blocks(connection: duckdb.DuckDBPyConnection) -> list[list[str]]:
    """The indicators that observations, cells or the register name, and none of them, in blocks of BLOCK_ROWS or so."""
    sizes = connection.execute(
        """SELECT indicator_id, sum(size) AS size FROM (
          SELECT coalesce(indicator_id, '') AS indicator_id, count(*) AS size FROM observation WHERE recorded_to IS NULL GROUP BY ALL
          UNION ALL SELECT DISTINCT indicator_id, 0 FROM merged_cell UNION ALL SELECT indicator_id, 0 FROM indicator
        ) GROUP BY ALL ORDER BY ALL"""
    ).df()
    numbers = block_numbers(sizes["size"].astype("int64"), BLOCK_ROWS)
    return [own.tolist() for _, own in sizes["indicator_id"].groupby(numbers)]


def _count(
    connection: duckdb.DuckDBPyConnection, line: Timeline, method: Method, chosen: pd.DataFrame
) -> dict[str, list[str]]:
    """Count the observations of the chosen indicators and places and keep the counts; what does not add up."""
    with registered(connection, {"_chosen": chosen}):
        among = f"({_KEY}) IN (SELECT (indicator_id, place_id) FROM _chosen)"
        return _counted(connection, line, method, sorted(set(chosen["indicator_id"])), chosen, among)


def _counted(
    connection: duckdb.DuckDBPyConnection,
    line: Timeline,
    method: Method,
    indicators: list[str],
    chosen: pd.DataFrame | None,
    among: str,
) -> dict[str, list[str]]:
    """Count and keep the observations of these indicators, of `chosen` those of its places alone; `among` is the same in SQL."""
    periods = list(line.periods[-1]) if line.periods else []
    stated, derived = known_observations(connection, periods, OBSERVATION_COLUMNS, indicators, among)
    if chosen is not None:
        derived = derived.merge(chosen, on=["indicator_id", "place_id"])
    cells = rows_of(connection, f"SELECT {_CELL} FROM merged_cell WHERE {among}")
    breaks, codes, shares = (read_table(connection, name) for name in ("series_break", "code_crosswalk", "place_share"))
    counted = count_cells(
        [stated, derived], cells, read_table(connection, "indicator"), periods, method, (breaks, codes, shares)
    )
    computed = derived.groupby(["indicator_id", "place_id", "source_id"]).size().rename("computed").reset_index()
    computed = computed.assign(reason=None, rows=0)
    fates = counted.fates.assign(computed=0)
    connection.execute(f"DELETE FROM _cell_account WHERE {among}")
    for frame in (fates, computed):
        with registered(connection, {"_counted": frame}):
            connection.execute("INSERT INTO _cell_account BY NAME SELECT * FROM _counted")
    return counted.failing


def _touched(connection: duckdb.DuckDBPyConnection, pending: PendingChangePoints) -> pd.DataFrame:
    """Indicators and places of which a report, a cell or a decision changed; all places where facts to compute from did."""
    since = pending.since
    recorded = "recorded_from > $since OR recorded_to > $since"
    query = f"""
        SELECT {_KEY} FROM observation WHERE {recorded}
        UNION SELECT {_KEY} FROM merged_cell_vintage WHERE known_from > $since OR known_to > $since
        UNION SELECT {_KEY} FROM adjudication WHERE decided_at > $since
    """
    for table, form in FEEDS.items():
        query += f"""UNION SELECT indicator_id, place_id FROM indicator, place WHERE starts_with(derived_from, '{form}')
            AND EXISTS (FROM "{table}" WHERE {recorded})
        """
    keys = ["indicator_id", "place_id"]
    rows = connection.execute(query, {"since": since}).fetchall()
    return pd.DataFrame(rows, columns=keys).astype("str").sort_values(keys, ignore_index=True)


def _rows_in(connection: duckdb.DuckDBPyConnection, fates: pd.DataFrame) -> dict[str, int]:
    """Observations of each source known now: stated ones as the table holds them, and the computed ones."""
    stated = connection.execute(
        "SELECT source_id, count(*) FROM observation WHERE recorded_to IS NULL GROUP BY ALL"
    ).fetchall()
    rows_in = {str(source): int(count) for source, count in stated}
    for source, count in fates.groupby("source_id")["computed"].sum().items():
        rows_in[str(source)] = rows_in.get(str(source), 0) + int(count)
    return rows_in
