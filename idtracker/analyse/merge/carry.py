"""Carry-forward: the last known cell stands in for a quarter without one, marked, and less certain with every quarter.

With every quarter since its own the square of its error grows by its drift, and its error as its trend leads away. It is dropped once the error reaches that of a
score that may be anything (100/√12 points), and in any case beyond the indicator's `max_age_days`: up to there somebody
answered for its use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.calendar import last_day_number, quarter_code
from idtracker.analyse.merge.keys import PartitionBy, cell_key
from idtracker.analyse.merge.linking.basis import first_stop
from idtracker.analyse.merge.quarters import SHORTEST_QUARTER_DAYS
from idtracker.analyse.merge.uncertainty.errors import grown, says_something, weaker

if TYPE_CHECKING:
    import ibis.expr.types as ir


def carry_forward(
    cells: ir.Table,
    terms: ir.Table,
    quarters: ir.Table,
    partition_by: PartitionBy = (),
    stops: Sequence[ir.Table] = (),
) -> ir.Table:
    """Cells on the grid of quarters: each its own, or the last one before it with is_carried, obs_status I and origin_period.

    The age is the end of the quarter minus the end of the cell's own quarter, in days; beyond `max_age_days` and before
    the first cell there is none. Cells from before the grid are carried into it. `cells` have the columns GROWTH beside
    their error; where these are empty the error stays as it was. `stops` are tables of quarters (`stop`) by indicator_id or
    place_id: nothing is carried into one, or past it.
    """
    reached = _reached_quarters(
        cells.join(terms.select("indicator_id", "max_age_days"), "indicator_id"), partition_by, stops
    )
    grid = quarters.select("period", "period_start", "period_end", standing_quarter="quarter")
    carried = reached.join(grid, "standing_quarter")
    is_carried = carried["standing_quarter"] != carried["quarter"]
    since = carried["standing_quarter"] - carried["quarter"]
    carried = carried.mutate(
        **{
            error: is_carried.ifelse(grown(carried[error], carried[drift], carried[trend], since), carried[error])
            for error, drift, trend in (
                ("standard_error", "value_drift", "value_trend"),
                ("score_error", "score_drift", "score_trend"),
            )
        },
        error_basis=is_carried.ifelse(weaker(carried["error_basis"], carried["drift_basis"]), carried["error_basis"]),
        age_days=carried["period_end"].epoch_days() - last_day_number(carried["quarter"]),
        is_carried=is_carried,
        origin_period=quarter_code(carried["quarter"]),
        obs_status=is_carried.ifelse("I", carried["obs_status"]),
    )
    is_young = carried["age_days"] <= carried["max_age_days"]
    is_telling = carried["score_drift"].isnull() | says_something(carried["score_error"])
    return carried.filter(~carried["is_carried"] | (is_young & is_telling))


def _reached_quarters(cells: ir.Table, partition_by: PartitionBy, stops: Sequence[ir.Table]) -> ir.Table:
    """One row per cell and quarter for which it may stand: up to the next cell of its series, and as far as its age may go."""
    following = cells["quarter"].lead().over(group_by=[*partition_by, "indicator_id", "place_id"], order_by="quarter")
    by_age = cells["quarter"] + cells["max_age_days"] // SHORTEST_QUARTER_DAYS
    cells = cells.mutate(by_age=by_age, before_next=following - 1)
    last = (cells["before_next"] < cells["by_age"]).fill_null(False).ifelse(cells["before_next"], cells["by_age"])
    key = cell_key(partition_by)
    for table in stops:
        cells = cells.mutate(until=last)
        first = first_stop(cells.select(key), table, partition_by)
        cells = cells.left_join(first, key).select(*(cells[name] for name in cells.columns), first["stop"])
        is_stopped = (cells["stop"] <= cells["until"]).fill_null(False)
        cells = cells.mutate(until=is_stopped.ifelse(cells["stop"] - 1, cells["until"])).drop("stop")
        last = cells["until"]
    return cells.mutate(standing_quarter=ibis.range(cells["quarter"], last + 1).unnest())
