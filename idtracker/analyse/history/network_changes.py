"""Tables about who works with whom, as known now: `network_change` says why each figure of a network differs from that of the quarter
before, `pair` what each two organisations have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import duckdb
import pandas as pd

from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.metrics.inputs import Inputs, Shared
from idtracker.analyse.metrics.known.behind import Behind
from idtracker.analyse.metrics.known.changes import Changes
from idtracker.analyse.metrics.known.delivered import TABLES as ACTIVITIES
from idtracker.analyse.metrics.known.delivered import Delivered
from idtracker.analyse.metrics.known.presence import Presence
from idtracker.analyse.metrics.known.tables import TablesAsKnown
from idtracker.analyse.metrics.network.changes import ChangePart, Published, parts_of
from idtracker.analyse.metrics.network.sides import NETWORK_METRICS
from idtracker.analyse.metrics.organisations import Organisations
from idtracker.analyse.metrics.overlap.pair_rows import RESTS_ON, pair_rows
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric_of
from idtracker.model.marking import united
from idtracker.model.tables import TABLES, columns_of, conform_types
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.tables import fill_table

STEP = TABLE = "network_change"
PAIR = "pair"


def derive_network_changes(connection: duckdb.DuckDBPyConnection, line: Timeline, as_of: pd.Timestamp) -> None:
    """Bring `network_change` up to date: the quarters that a change of what the metrics read can concern.

    The table `metric_value` is up to date. Nothing is worked out where nothing they read has changed.
    """
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        periods = line.periods[-1] if line.periods else ()
        since = None if pending.has_other else pending.since
        until = line.change_points.at[-1] if line.change_points.at else as_of
        due = _due(connection, (TABLE, NETWORK_METRICS), periods[1:], since, until)
        _replace(connection, TABLE, periods, due, partial(_rows, connection, due, as_of))
    keep_change_points(connection, STEP, line.change_points)


def derive_pairs(connection: duckdb.DuckDBPyConnection, line: Timeline, as_of: pd.Timestamp) -> None:
    """Bring `pair` up to date in the same way: the quarters that a change of what it is counted from can concern."""
    pending = line.resume(connection, PAIR)
    if pending.at or pending.has_other:
        periods = line.periods[-1] if line.periods else ()
        since = None if pending.has_other else pending.since
        until = line.change_points.at[-1] if line.change_points.at else as_of
        due = _due(connection, (PAIR, RESTS_ON), periods, since, until)
        _replace(connection, PAIR, periods, due, partial(_pairs, connection, due, as_of))
    keep_change_points(connection, PAIR, line.change_points)


def _replace(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    periods: Sequence[str],
    due: Sequence[str],
    make: Callable[[], pd.DataFrame],
) -> None:
    """Give the quarters that are due the rows that `make` makes, and take away those of quarters out of sight."""
    stale = ", ".join(f"'{code}'" for code in periods if code not in due) or "''"
    connection.execute(f'DELETE FROM "{table}" WHERE period NOT IN ({stale})')
    if due:
        fill_table(connection, table, make())


def _due(
    connection: duckdb.DuckDBPyConnection,
    what: tuple[str, Sequence[str]],
    periods: Sequence[str],
    since: pd.Timestamp | None,
    until: pd.Timestamp,
) -> list[str]:
    """The quarters that a change since an instant (None: ever) can concern, and those without rows.

    `what` is a table, and the metrics that read all that it is made of.
    """
    if since is None:
        return list(periods)
    table, metrics = what
    there = {code for (code,) in connection.execute(f'SELECT DISTINCT period FROM "{table}"').fetchall()}
    changes = Changes(connection, since)
    days = [day for name in metrics if (day := changes.concern(metric_of(name), since, until)) is not None]
    return [code for code in periods if code not in there or (days and min(days) <= Quarter.of(code).end)]


@pd.option_context("mode.string_storage", "python")
def _pairs(connection: duckdb.DuckDBPyConnection, due: Sequence[str], as_of: pd.Timestamp) -> pd.DataFrame:
    """The rows of some quarters, marked as the metrics are that read the same."""
    chosen = [metric_of(name) for name in RESTS_ON]
    known = TablesAsKnown(connection, chosen, ACTIVITIES)
    delivered = Delivered(connection, as_of, known.reference["place"])
    delivered.gather(due)
    presence = Presence(connection, as_of)
    presence.gather(due)
    shared = Shared(Organisations(known.reference["organisation"]))
    facts = known.facts_at(as_of, set(RESTS_ON))
    inputs = Inputs(facts, known.reference, as_of, shared=shared, delivered=delivered, presence=presence)
    behind, records = Behind(connection), list[dict[str, object]]()
    for code in due:
        marking = united(behind.marking(metric, code, as_of) for metric in chosen)
        columns = {} if marking is None else marking.columns
        records += [{**row._asdict(), **columns} for row in pair_rows(inputs, Quarter.of(code))]
    model = TABLES[PAIR]
    return conform_types(pd.DataFrame(records, columns=[spec.name for spec in columns_of(model)]), model)


@pd.option_context("mode.string_storage", "python")
def _rows(connection: duckdb.DuckDBPyConnection, due: Sequence[str], as_of: pd.Timestamp) -> pd.DataFrame:
    chosen = [metric_of(name) for name in NETWORK_METRICS]
    known = TablesAsKnown(connection, chosen, ACTIVITIES)
    delivered = Delivered(connection, as_of, known.reference["place"])
    quarters = [Quarter.of(code) for code in due]
    delivered.gather({q.code for later in quarters for q in (later, later.previous())})
    shared = Shared(Organisations(known.reference["organisation"]))
    facts = known.facts_at(as_of, set(NETWORK_METRICS))
    inputs = Inputs(facts, known.reference, as_of, shared=shared, delivered=delivered)
    published, behind = _published(connection), Behind(connection)
    records: list[dict[str, object]] = []
    for later in quarters:
        for metric in chosen:
            parts = parts_of(inputs, later.previous(), later, metric.id, published)
            sides = (behind.marking(metric, q.code, as_of) for q in (later.previous(), later))
            marking = united(sides)
            records += [_record(part, {} if marking is None else marking.columns) for part in parts]
    model = TABLES[TABLE]
    return conform_types(pd.DataFrame(records, columns=[spec.name for spec in columns_of(model)]), model)


def _record(part: ChangePart, marking: dict[str, str | None]) -> dict[str, object]:
    return {**part._asdict(), **marking}


def _published(connection: duckdb.DuckDBPyConnection) -> Published:
    """The values of the table `metric_value` for the programme."""
    names = ", ".join(f"'{name}'" for name in NETWORK_METRICS)
    rows = connection.execute(
        "SELECT metric_id, measure, period, value FROM metric_value "
        f"WHERE scope = 'programme' AND value IS NOT NULL AND metric_id IN ({names})"
    ).fetchall()
    values = {(metric_id, measure, period): value for metric_id, measure, period, value in rows}
    return lambda metric_id, measure, quarter: values.get((metric_id, measure, quarter.code))
