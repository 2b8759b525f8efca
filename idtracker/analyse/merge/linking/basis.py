"""Rows of before a declared break on the basis of after it; where no crosswalk leads across, what must not run across it.

A row is old where the last quarter that it is about lies before the break, unless it was recorded from the day on which its
source restated its history. One that is about quarters on both sides is on neither basis and does not count, and neither does a
value that a crosswalk of codes does not have. Breaks of one indicator follow one another, the earliest first.

A linear crosswalk makes factor·value + addend of a value and |factor|·error of its error; of a crosswalk of codes the error is
not known. What translating itself adds, `link_error`, is one error of all values of the series. So it is not made
smaller by several reports or governorates: it is the largest of those of the reports, and enters the error of the cell in squares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.keys import PartitionBy, cell_key

if TYPE_CHECKING:
    import ibis.expr.types as ir

LINKED = ("link_error", "link_points")
"""What a cell carries until its error is complete: what translating adds, in the indicator's unit and in points."""


def on_one_basis(rows: ir.Table, breaks: ir.Table, codes: ir.Table, rounds: int) -> ir.Table:
    """Rows with from_quarter, to_quarter, source_id and recorded_from, translated; with crosswalk_ids and link_error."""
    rows = rows.mutate(crosswalk_ids=ibis.null("string"), link_error=ibis.literal(0.0))
    for number in range(rounds):
        concerned = _concerned(rows, breaks.filter(breaks["round"] == number))
        begins = concerned["begins"]
        is_across = (concerned["from_quarter"] < begins) & (concerned["to_quarter"] >= begins)
        concerned = concerned.filter(~is_across.fill_null(False))
        is_old = (concerned["to_quarter"] < begins).fill_null(False)
        rows = _translated(concerned.mutate(is_old=is_old), codes).select(rows.columns)
    return rows


def decisions_on_one_basis(decisions: ir.Table, breaks: ir.Table, codes: ir.Table, rounds: int) -> ir.Table:
    """Decided values of quarters before a break of all sources that were decided before it began, translated."""
    decided = decisions.mutate(
        from_quarter=decisions["quarter"],
        to_quarter=decisions["quarter"],
        source_id=ibis.null("string"),
        recorded_from=decisions["decided_at"],
        value=decisions["decided_value"],
        error=decisions["decided_error"],
    )
    early = breaks.filter(breaks["source_id"].isnull()).mutate(restated_on=breaks["valid_from"])
    rows = on_one_basis(decided, early, codes, rounds)
    return rows.mutate(decided_value=rows["value"], decided_error=rows["error"]).select(decisions.columns)


def _concerned(rows: ir.Table, breaks: ir.Table) -> ir.Table:
    """The rows beside the break of their indicator, as `begins` and the rest, empty where it does not concern them."""
    names = ("break_id", "crosswalk", "factor", "addend", "crosswalk_error", "restated_on")
    one = breaks.select("indicator_id", only_source="source_id", begins="quarter", **{n: n for n in names})
    beside = rows.left_join(one, "indicator_id").select(
        *(rows[name] for name in rows.columns), *(one[name] for name in ("only_source", "begins", *names))
    )
    is_of_source = (beside["only_source"].isnull() | (beside["only_source"] == beside["source_id"])).fill_null(False)
    is_restated = (beside["recorded_from"].date() >= beside["restated_on"]).fill_null(False)
    is_concerned = is_of_source & ~is_restated
    return beside.mutate(begins=is_concerned.ifelse(beside["begins"], ibis.null("int64")))


def _translated(rows: ir.Table, codes: ir.Table) -> ir.Table:
    by_code = codes.select(code_break="break_id", old_value="old_value", new_value="new_value")
    has_codes = rows["is_old"] & (rows["crosswalk"] == "codes").fill_null(False)
    rows = rows.mutate(code_break=has_codes.ifelse(rows["break_id"], ibis.null("string")), old_value=rows["value"])
    beside = rows.left_join(by_code, ["code_break", "old_value"]).select(
        *(rows[name] for name in rows.columns), by_code["new_value"]
    )
    beside = beside.filter(beside["code_break"].isnull() | beside["new_value"].notnull())
    is_linear = beside["is_old"] & (beside["crosswalk"] == "linear").fill_null(False)
    is_coded = beside["code_break"].notnull()
    size = is_linear.ifelse(beside["factor"].abs(), 1.0)
    added, before = beside["crosswalk_error"], size * beside["link_error"]
    named = ibis.coalesce(beside["crosswalk_ids"] + ";", "") + beside["break_id"]
    return beside.mutate(
        value=ibis.cases(
            (is_linear, beside["factor"] * beside["value"] + beside["addend"]),
            (is_coded, beside["new_value"]),
            else_=beside["value"],
        ),
        error=is_coded.ifelse(ibis.null("float64"), is_linear.ifelse(size * beside["error"], beside["error"])),
        link_error=(is_linear | is_coded).ifelse((before * before + added * added).sqrt(), beside["link_error"]),
        crosswalk_ids=(is_linear | is_coded).ifelse(named, beside["crosswalk_ids"]),
    )


def incomparable(breaks: ir.Table) -> ir.Table:
    """Indicator and quarter (`stop`) of the breaks that no crosswalk leads across."""
    return breaks.filter(breaks["crosswalk"] == "none").select("indicator_id", stop="quarter").distinct()


def with_breaks(cells: ir.Table, stops: ir.Table) -> ir.Table:
    """The cells, with the status B in the quarters in which a break without a crosswalk lies."""
    here = stops.select("indicator_id", quarter="stop", is_break=ibis.literal(True))
    rows = cells.left_join(here, ["indicator_id", "quarter"]).select(
        *(cells[name] for name in cells.columns), here["is_break"]
    )
    return rows.mutate(obs_status=rows["is_break"].fill_null(False).ifelse("B", rows["obs_status"])).drop("is_break")


def with_link_error(cells: ir.Table, is_complete: bool) -> ir.Table:
    """The cells with what translating adds to standard_error and score_error, and without link_error and link_points.

    Where a method completes errors (`is_complete`) and none is known, it stays unknown: what translating adds is not the
    whole of it. Elsewhere no error counts as none, and what translating adds is the error.
    """
    is_linked = (cells["link_error"] > 0).fill_null(False)
    mine = {
        name: cells[name] if is_complete else cells[name].fill_null(0.0) for name in ("standard_error", "score_error")
    }
    links = {"standard_error": cells["link_error"], "score_error": cells["link_points"]}
    basis = cells["error_basis"] if is_complete else cells["error_basis"].fill_null("STATED")
    return cells.mutate(
        **{
            name: is_linked.ifelse((error * error + links[name] * links[name]).sqrt(), cells[name])
            for name, error in mine.items()
        },
        error_basis=is_linked.ifelse(basis, cells["error_basis"]),
    ).drop("link_error", "link_points")


def passed_stops(cells: ir.Table, stops: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The key of each cell that breaks without a crosswalk lie before, and how many as `passed`."""
    rows = cells.select(cell_key(partition_by)).join(stops, "indicator_id")
    rows = rows.filter(rows["stop"] <= rows["quarter"])
    return rows.group_by(cell_key(partition_by)).aggregate(passed=rows.count())


def first_stop(cells: ir.Table, stops: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The key of each cell that a stop lies after, with the first such quarter as `stop`."""
    rows = cells.join(stops, [name for name in ("indicator_id", "place_id") if name in stops.columns])
    rows = rows.filter(rows["stop"] > rows["quarter"])
    return rows.group_by(cell_key(partition_by)).aggregate(stop=rows["stop"].min())
