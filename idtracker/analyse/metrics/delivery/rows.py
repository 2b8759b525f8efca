"""Rows of activities at work in a quarter, and of who takes part in them.

Explanations show them; they are counted where nothing is gathered in the database.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.inputs import ROW, Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter, day_number, overlaps

CLOSED, CANCELLED = "4", "5"
AT_WORK = ["activity_id", "org_id", "partner_org_id", "place_id", *ROW]


def at_work_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Rows that say an activity is at work in the quarter: of `activity`, and of `activity_cell` where it names one.

    An activity is at work where its dates or its reporting period meet the quarter; a cancelled one never is, and a
    closed one without an end only where reported for the period. Columns `unit` (the activity), `table`, AT_WORK.
    """

    def make() -> pd.DataFrame:
        rows = inputs.table("activity")
        dated = overlaps(rows["start_on"], rows["end_on"], quarter.start, quarter.end)
        dated &= ~((rows["status"] == CLOSED) & rows["end_on"].isna())
        reported = overlaps(rows["period_start"], rows["period_end"], quarter.start, quarter.end)
        described = rows[(dated | reported) & (rows["status"] != CANCELLED)].reindex(columns=AT_WORK)
        cells = _cells(inputs, quarter).reindex(columns=AT_WORK)
        work = pd.concat([described.assign(table="activity"), cells.assign(table="activity_cell")], ignore_index=True)
        return work.assign(unit=work["activity_id"])

    tables = [inputs.table("activity"), inputs.table("activity_cell")]
    return inputs.remember_while(("at_work_rows", quarter), tables, make)


def taking_part_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Who takes part in the activities at work: participation rows whose own dates or period (if any) meet the quarter.

    Where no participation in an activity is known at all, its reporting organisation and main counterpart stand in.
    Columns `unit` (the activity), `table`, `activity_id`, `org_id`, `role`, `place_id`.
    """
    working, rows = at_work_rows(inputs, quarter), inputs.table("participation")

    def make() -> pd.DataFrame:
        named = rows[rows["activity_id"].isin(working["activity_id"])]
        own = ["start_on", "end_on", "period_start", "period_end"]
        meets = overlaps(named["start_on"], named["end_on"], quarter.start, quarter.end)
        meets |= overlaps(named["period_start"], named["period_end"], quarter.start, quarter.end)
        stated = named[meets | named[own].isna().all(axis=1)].assign(table="participation")
        silent = working[~working["activity_id"].isin(rows["activity_id"])]
        counterpart = silent.assign(org_id=silent["partner_org_id"])
        columns = ["activity_id", "org_id", "role", "place_id", "table", *ROW]
        every = pd.concat([f.reindex(columns=columns) for f in (stated, silent, counterpart)], ignore_index=True)
        return every.assign(unit=every["activity_id"])

    return inputs.remember_while(("taking_part_rows", quarter), [working, rows], make)


def participation_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """taking_part_rows() that count, with `org` (who it is in the quarter) and its traits."""
    return inputs.with_members(taking_part_rows(inputs, quarter), "org_id", quarter)


def activity_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The rows behind the activities at work and who takes part in them."""
    return [
        Evidence("activity", partial(at_work_rows, inputs, quarter), ["activity_id", "org_id"]),
        Evidence("participation", partial(_recorded, inputs, quarter), ["activity_id", "org_id", "role"]),
    ]


def _recorded(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = participation_rows(inputs, quarter)
    return rows[rows["table"] == "participation"]


def spend_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Cells with spend in the currency that most of them state: `unit` (activity), `spent` (its part in the quarter)."""
    rows = _cells(inputs, quarter)
    rows = rows[rows["spend"].notna()]
    currency = rows["spend_currency"].fillna("")
    if len(rows):
        rows = rows[currency == sorted(currency.mode())[0]]
    return rows.assign(unit=rows["activity_id"], spent=rows["spend"] * rows["share_in"])


def stretches(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Rows of activity_cell that meet the quarter and are not cancelled, with `share_in`: the part of their days in it.

    A row with one date only belongs wholly to the quarter of that date.
    """
    cells = inputs.table("activity_cell")
    rows, first, last = inputs.remember_while(("stretches",), [cells], lambda: _intervals(cells))
    begun, ended = np.maximum(first, day_number(quarter.start)), np.minimum(last, day_number(quarter.end))
    with np.errstate(divide="ignore", invalid="ignore"):
        share_in = (ended - begun + 1) / (last - first + 1)
    return rows[share_in > 0].assign(share_in=share_in[share_in > 0])


def _cells(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The stretches() that name an activity."""
    rows = stretches(inputs, quarter)
    return rows[rows["activity_id"].notna()]


def _intervals(rows: pd.DataFrame) -> tuple[pd.DataFrame, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Rows of activity_cell that are not cancelled, with the first and last day of each."""
    rows = rows[~rows["status"].eq(CANCELLED)]
    first = rows["period_start"].fillna(rows["start_on"])
    last = rows["period_end"].fillna(rows["end_on"])
    return rows, _days(first.fillna(last)), _days(last.fillna(first))


def _days(moments: pd.Series) -> npt.NDArray[np.float64]:
    """Days since 1970; missing is NaN."""
    return np.asarray((moments - pd.Timestamp(0)).dt.days, dtype=np.float64)
