"""Decisions about single cells: a decided cell says what was decided, until a later report says something else.

The latest decision about a cell counts; one without a value revokes the earlier ones. A decided cell has the method
ADJUDICATED and the value and standard error of the decision, not cut to the range of its reports, and is known since the
later of reports and decision. It is no disagreement and no longer doubted, unless a report behind it that arrived after
the decision lies further from the decided value than reports may lie apart: then it is a disagreement again. A decision
about a cell without reports makes no cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.calendar import quarter_named
from idtracker.analyse.merge.cell_status import is_apart, status_of, with_scores
from idtracker.analyse.merge.keys import PartitionBy, cell_key
from idtracker.analyse.merge.scoring import score
from idtracker.model.method import Method

if TYPE_CHECKING:
    import ibis.expr.types as ir


def decisions_in_force(adjudication: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """One row per decided cell: decided_value, decided_error, decided_at."""
    decisions = adjudication.mutate(quarter=quarter_named(adjudication["period"]))
    newest = [ibis.desc(decisions["decided_at"]), ibis.desc(decisions["adjudication_id"])]
    decisions = decisions.mutate(position=ibis.row_number().over(group_by=cell_key(partition_by), order_by=newest))
    decisions = decisions.filter((decisions["position"] == 0) & decisions["value"].notnull())
    return decisions.select(
        *cell_key(partition_by), "decided_at", decided_value="value", decided_error="standard_error"
    )


def decide_reports(reports: ir.Table, decisions: ir.Table, method: Method, partition_by: PartitionBy = ()) -> ir.Table:
    """The weighed reports of decided cells set aside, and `reopens` where one speaks against a decision made before it came."""
    rows = reports.left_join(decisions, cell_key(partition_by)).select(
        *(reports[name] for name in reports.columns), decisions["decided_value"], decisions["decided_at"]
    )
    value, decided = rows["value"], rows["decided_value"]
    far = is_apart(
        rows, method, (value - decided).abs(), (score(value, rows) - score(decided, rows)).abs(), value != decided
    )
    is_decided = decided.notnull()
    return rows.mutate(
        weight=is_decided.ifelse(0.0, rows["weight"]),
        use=is_decided.ifelse("DECIDED", rows["use"]),
        reopens=is_decided & far.fill_null(False) & (rows["recorded_from"] > rows["decided_at"]).fill_null(False),
    ).drop("decided_value", "decided_at")


def decide_cells(cells: ir.Table, reports: ir.Table, decisions: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The judged cells with what was decided about them; `reports` are those of decide_reports()."""
    key = cell_key(partition_by)
    reopened = reports.group_by(key).aggregate(reopened=reports["reopens"].any())
    decided = decisions.join(reopened, key)
    rows = cells.left_join(decided, key).select(
        *(cells[name] for name in cells.columns),
        *(decided[name] for name in ("decided_value", "decided_error", "decided_at", "reopened")),
    )
    is_decided = rows["decided_value"].notnull()
    decided_basis = rows["decided_error"].notnull().ifelse("STATED", ibis.null("string"))
    is_later = (rows["decided_at"] > rows["recorded_from"]).fill_null(False)
    rows = rows.mutate(
        value=is_decided.ifelse(rows["decided_value"], rows["value"]),
        standard_error=is_decided.ifelse(rows["decided_error"], rows["standard_error"]),
        error_basis=is_decided.ifelse(decided_basis, rows["error_basis"]),
        told_square=is_decided.ifelse(rows["decided_error"] * rows["decided_error"], rows["told_square"]),
        report_square=is_decided.ifelse(ibis.null("float64"), rows["report_square"]),
        weight_square=is_decided.ifelse(ibis.null("float64"), rows["weight_square"]),
        degrees=is_decided.ifelse(0.0, rows["degrees"]),
        is_new=is_decided | rows["is_new"],
        method=is_decided.ifelse("ADJUDICATED", rows["method"]),
        is_disagreement=is_decided.ifelse(rows["reopened"], rows["is_disagreement"]),
        is_doubted=rows["is_doubted"] & ~is_decided,
        recorded_from=is_later.ifelse(rows["decided_at"], rows["recorded_from"]),
    )
    rows = with_scores(rows)
    return rows.mutate(obs_status=status_of(rows, rows["is_disagreement"] | rows["is_doubted"]))
