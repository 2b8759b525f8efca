"""The reports behind each cell, used or not, as rows of the table cell_report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.calendar import quarter_code
from idtracker.analyse.merge.keys import Also, report_key
from idtracker.analyse.merge.scoring import TERMS, score
from idtracker.model.tables import columns_of
from idtracker.model.tables.derived import CellReport

if TYPE_CHECKING:
    import ibis.expr.types as ir

_TOLD = (
    *("value", "error", "quality", "weight", "use", "fact_ids", "submission_ids"),
    *("classification", "handling", "releasable_to", "recorded_from"),
)


def reports_behind(reports: ir.Table, weighed: ir.Table, cells: ir.Table, terms: ir.Table, also: Also = ()) -> ir.Table:
    """CellReport rows of every quarter that a value among `cells` comes from, in the order of their key.

    `reports` holds all of them, `weighed` those that count with their weight and use.
    """
    columns = [*report_key(also), *_TOLD]
    unused = reports.filter(reports["set_aside"].notnull())
    unused = unused.mutate(weight=ibis.literal(0.0), use=unused["set_aside"])
    rows = ibis.union(weighed.select(columns), unused.select(columns))
    rows = rows.mutate(period=quarter_code(rows["quarter"]))
    told = cells.select(*also, "indicator_id", "place_id", period="origin_period").distinct()
    rows = rows.semi_join(told, [*also, "indicator_id", "place_id", "period"])
    rows = rows.join(terms.select("indicator_id", *TERMS), "indicator_id")
    rows = rows.mutate(
        org_id=rows["org"],
        origin=rows["origin"].nullif(""),
        standard_error=rows["error"],
        score=score(rows["value"], rows),
    )
    key = [*also, "indicator_id", "place_id", "period", "org_id"]
    order = [*key, ibis.asc(rows["origin"], nulls_first=False)]
    return rows.select(*also, *(spec.name for spec in columns_of(CellReport))).order_by(order)
