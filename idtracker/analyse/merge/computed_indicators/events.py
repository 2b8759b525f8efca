"""Events -> how many of them, or how many deaths, per place and quarter, with zero where a feed looked and saw nothing.

Places are those of the indicator's level in the countries where the feed has events. An event counts in the quarter of
its first day. Deaths are the sum of the best estimates; one that is not stated adds nothing and makes the figure an
estimate (obs_status E, else A). Figures are plain numbers of events or of people. Several feeds stay apart.

A feed covers the quarters from that of its first event to the last one that ended on or before the later of its latest
event and its latest arrival. Outside them there is no figure: no report is not zero. A row shows that the feed reached
the later of its day and its arrival; the first arrival (of several at once, the first submission) that reached the end of
a quarter covers it.

A count is known since the later of the arrivals of its events and the arrival that covered the quarter, and bears the
marking of its events. A zero is known since the quarter was covered, names the submission that covered it and no waiver,
and bears the marking and publisher of the whole feed. There is no standard error and no sample size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.calendar import is_last_day, quarter_of
from idtracker.analyse.merge.computed_indicators.places import expected_places, requested_levels
from idtracker.analyse.merge.keys import PartitionBy
from idtracker.analyse.merge.marks import collected_marks, with_marks

if TYPE_CHECKING:
    import ibis.expr.types as ir

_OF_FEED = ("classification", "handling", "releasable_to", "org_ids")
_QUARTER = ("period", "period_start", "period_end")


def covered_cells(event: ir.Table, place: ir.Table, quarters: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """One row per feed, place and covered quarter among `quarters`, with `covered_from` and `covered_by`.

    These say since when the feed is known to have covered the quarter, and by which submission.
    """
    source = [*partition_by, "source_id"]
    arrivals = _rising_arrivals(event, source)
    arrivals = arrivals.mutate(quarter=ibis.range(arrivals["from_quarter"], arrivals["reached"] + 1).unnest())
    covered = arrivals.join(quarters, "quarter").select(
        *(arrivals[name] for name in (*source, "quarter")),
        *(quarters[name] for name in _QUARTER),
        covered_from=arrivals["recorded_from"],
        covered_by=arrivals["submission_id"],
    )
    return expected_places(event, place, partition_by).join(covered, source)


def counted_events(fallen: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """One row per feed, place and quarter with events: `events`, `deaths`, `unstated` ones, and their marks."""
    groups = fallen.group_by([*partition_by, "source_id", "place_id", "quarter"]).aggregate(
        events=fallen.count(),
        deaths=fallen["fatalities"].sum().fill_null(0),
        unstated=fallen["fatalities"].isnull().sum(),
        **collected_marks(fallen),
    )
    return with_marks(groups)


def feed_marks(event: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The marks of each whole feed, under names that begin with `feed_`."""
    marks = with_marks(event.group_by([*partition_by, "source_id"]).aggregate(**collected_marks(event)))
    return marks.select(*partition_by, "source_id", **{f"feed_{name}": marks[name] for name in _OF_FEED})


def event_figures(
    cells: ir.Table, counted: ir.Table, feeds: ir.Table, requested: ir.Table, partition_by: PartitionBy = ()
) -> ir.Table:
    """One row per indicator, feed, place and covered quarter; `measure` of an indicator is `count` or `fatalities`."""
    source = [*partition_by, "source_id"]
    own = [name for name in counted.columns if name not in cells.columns]
    rows = cells.left_join(counted, [*source, "place_id", "quarter"])
    rows = rows.select(*(cells[name] for name in cells.columns), *(counted[name] for name in own))
    rows = rows.join(feeds, source).join(requested_levels(requested), "place_level")
    is_zero = rows["events"].isnull()
    is_count = rows["measure"] == "count"
    marks = {name: is_zero.ifelse(rows[f"feed_{name}"], rows[name]) for name in _OF_FEED}
    is_later = (rows["recorded_from"] > rows["covered_from"]).fill_null(False)
    publisher = marks["org_ids"].split(";")[0]
    return rows.select(
        *(*source, "indicator_id", "indicator_name", "unit", "place_id", *_QUARTER),
        **{name: marks[name] for name in _OF_FEED if name != "org_ids"},
        value=is_count.ifelse(rows["events"], rows["deaths"]).cast("float64").fill_null(0.0),
        standard_error=ibis.null("float64"),
        sample_size=ibis.null("int64"),
        obs_status=(~is_count & (rows["unstated"] > 0)).fill_null(False).ifelse("E", "A"),
        submission_id=is_zero.ifelse(rows["covered_by"], rows["submission_ids"]),
        waiver=rows["waivers"],
        recorded_from=is_later.ifelse(rows["recorded_from"], rows["covered_from"]),
        org_id=publisher,
        originator_org_id=publisher,
    )


def _rising_arrivals(event: ir.Table, source: list[str]) -> ir.Table:
    """Arrivals by which a feed covered quarters that no earlier one did: those `from_quarter` up to `reached`."""
    day = ibis.greatest(event["event_on"].cast("timestamp"), event["recorded_from"]).date()
    complete = is_last_day(day).ifelse(quarter_of(day), quarter_of(day) - 1)
    rows = event.mutate(complete=complete)
    arrivals = rows.group_by([*source, "recorded_from", "submission_id"]).aggregate(
        complete=rows["complete"].max(), first=rows["quarter"].min()
    )
    order = [ibis.asc(arrivals[name], nulls_first=False) for name in ("recorded_from", "submission_id")]
    arrivals = arrivals.mutate(
        first=arrivals["first"].min().over(group_by=source),
        reached=arrivals["complete"].max().over(group_by=source, order_by=order, rows=(None, 0)),
        position=ibis.row_number().over(group_by=source, order_by=order),
    )
    before = arrivals["reached"].lag().over(group_by=source, order_by="position")
    arrivals = arrivals.mutate(next=before + 1)
    is_further = (arrivals["next"] > arrivals["first"]).fill_null(False)
    arrivals = arrivals.mutate(from_quarter=is_further.ifelse(arrivals["next"], arrivals["first"]))
    return arrivals.filter(arrivals["from_quarter"] <= arrivals["reached"])
