"""Events -> how many of them, or how many deaths, per place and quarter, with zero where a feed looked and saw nothing.

A feed covers the quarters from that of its first event to the last one that ended on or before the later of its latest
event and its latest arrival. Outside them there is no figure: no report is not zero. Several feeds stay apart.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.merge.derive_places import expected_places, located, with_country
from idtracker.merge.marking import combine_markings
from idtracker.merge.quarters import quarter_numbers

_MARKS = ["classification", "handling", "releasable_to", "submission_ids", "org_ids", "waivers", "recorded_from"]


def count_events(
    event: pd.DataFrame, measure: str, level: str, place: pd.DataFrame, quarters: pd.DataFrame
) -> pd.DataFrame:
    """One row per feed, place and covered quarter among `quarters`; `measure` is `count` or `fatalities`.

    Places are those of the level in the countries where the feed has events. An event counts in the quarter of its
    first day. Deaths without a stated best estimate add nothing and make the figure an estimate (obs_status E).
    """
    event = with_country(event, place).assign(
        quarter=quarter_numbers(event["event_on"]),
        amount=1.0 if measure == "count" else event["fatalities"].astype("float64"),
        submission_ids=event["submission_id"],
        org_ids=event["originator_org_id"],
        waivers=event["waiver"],
    )
    covered = _coverage(event, quarters)
    cells = covered.merge(expected_places(event, level, place), on="source_id")
    cells = cells.sort_values(["source_id", "place_id", "quarter"], ignore_index=True).assign(cell=lambda c: c.index)
    keys = ["source_id", "place_id", "quarter"]
    fallen = located(event, level, place).merge(cells[[*keys, "cell"]], on=keys)
    groups = fallen.groupby("cell")
    cells["value"] = groups["amount"].sum().reindex(cells.index, fill_value=0.0)
    is_partial = fallen["amount"].isna().groupby(fallen["cell"]).any().reindex(cells.index, fill_value=False)
    cells["obs_status"] = np.where(is_partial, "E", "A")
    return _marked(cells, fallen, event)


def _coverage(event: pd.DataFrame, quarters: pd.DataFrame) -> pd.DataFrame:
    """The covered quarters of each feed: since when the feed is known to have covered each, and by which submission.

    A row shows that the feed reached the later of its day and its arrival; the earliest arrival that reached the end of
    a quarter is the moment since when the quarter is covered.
    """
    rows = event[["source_id", "submission_id", "quarter", "event_on", "recorded_from"]].assign(
        reaches=event[["event_on", "recorded_from"]].max(axis=1)
    )
    first = rows.groupby("source_id")["quarter"].min().rename("first")
    arrivals = rows.sort_values(["recorded_from", "submission_id"], ignore_index=True).drop(columns="quarter")
    arrivals = arrivals.assign(arrival=arrivals.index).sort_values("reaches", kind="stable")
    backwards = arrivals.iloc[::-1].groupby("source_id")["arrival"].cummin()
    arrivals["earliest"] = backwards.reindex(arrivals.index)
    pairs = first.reset_index().merge(quarters, how="cross").sort_values("period_end")
    pairs = pairs[pairs["quarter"] >= pairs["first"]]
    found = pd.merge_asof(
        pairs,
        arrivals[["source_id", "reaches", "earliest"]],
        left_on="period_end",
        right_on="reaches",
        by="source_id",
        direction="forward",
    )
    found = found[found["earliest"].notna()].astype({"earliest": "int64"})
    known = arrivals.set_index("arrival").loc[found["earliest"], ["recorded_from", "submission_id"]]
    found["covered_from"], found["covered_by"] = known["recorded_from"].array, known["submission_id"].array
    return found[["source_id", *quarters.columns, "covered_from", "covered_by"]]


def _marked(cells: pd.DataFrame, fallen: pd.DataFrame, event: pd.DataFrame) -> pd.DataFrame:
    """Marks of the events that fell in a cell; a zero bears those of its whole feed and the submission that covered it."""
    own = combine_markings(fallen, "cell").reindex(cells.index)
    feeds = event.assign(feed=event.groupby("source_id", sort=True).ngroup())
    whole = combine_markings(feeds, "feed")
    whole.index = pd.Index(sorted(feeds["source_id"].unique()))
    whole = whole.reindex(cells["source_id"]).set_axis(cells.index)
    is_zero = own["recorded_from"].isna()
    marks = own[_MARKS].where(~is_zero, whole[_MARKS], axis=0)
    cells = cells.join(marks.rename(columns={"org_ids": "originators"}))
    cells["submission_ids"] = cells["submission_ids"].where(~is_zero, cells["covered_by"])
    cells["waivers"] = cells["waivers"].where(~is_zero, None)
    known = cells["recorded_from"].where(~is_zero, cells["covered_from"])
    cells["recorded_from"] = known.where(known >= cells["covered_from"], cells["covered_from"])
    publisher = cells["originators"].str.split(";").str[0]
    return cells.assign(org_id=publisher, originator_org_id=publisher)
