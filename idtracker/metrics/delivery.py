"""Activities and who takes part in them, quarter by quarter: what the metrics of the network family count."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from idtracker.metrics.counted import Evidence
from idtracker.metrics.inputs import ROW, Inputs, with_tally
from idtracker.metrics.quarter import Quarter, overlaps

CLOSED, CANCELLED = "4", "5"


@dataclass(frozen=True, slots=True)
class Network:
    """Who works with whom in a quarter.

    `roster` holds every organisation that could take part, `ties` one row per pair that shares an activity (`unit`,
    `a`, `b`, `weight` = activities shared, `counts`), `evidence` the participations behind them.
    """

    roster: list[str]
    ties: pd.DataFrame
    evidence: list[Evidence]


def active_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Rows of activities at work in the quarter: dates that meet it, or a reporting period that does.

    A cancelled activity is never at work, and a closed one without an end only where reported for the period.
    """

    def make() -> pd.DataFrame:
        rows = inputs.table("activity")
        dated = overlaps(rows["start_on"], rows["end_on"], quarter.start, quarter.end)
        dated &= ~((rows["status"] == CLOSED) & rows["end_on"].isna())
        reported = overlaps(rows["period_start"], rows["period_end"], quarter.start, quarter.end)
        return rows[(dated | reported) & (rows["status"] != CANCELLED)]

    return inputs.remember(("active_rows", quarter), make)


def participations(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Participation rows in active activities, where their own dates or period (if any) meet the quarter.

    Adds `org` and the organisation's attributes in the quarter.
    """

    def make() -> pd.DataFrame:
        rows = inputs.table("participation")
        rows = rows[rows["activity_id"].isin(active_rows(inputs, quarter)["activity_id"])]
        own = ["start_on", "end_on", "period_start", "period_end"]
        meets = overlaps(rows["start_on"], rows["end_on"], quarter.start, quarter.end)
        meets |= overlaps(rows["period_start"], rows["period_end"], quarter.start, quarter.end)
        return inputs.with_organisation(rows[meets | rows[own].isna().all(axis=1)], "org_id", quarter)

    return inputs.remember(("participations", quarter), make)


def activities(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """One row per active activity: `unit` and the distinct organisations in it (`dept`, `ext`, `other_dept`)."""

    def make() -> pd.DataFrame:
        ids = active_rows(inputs, quarter)["activity_id"].drop_duplicates().sort_values()
        return with_tally(ids.to_frame("unit").reset_index(drop=True), participations(inputs, quarter), "activity_id")

    return inputs.remember(("activities", quarter), make)


def activity_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The activity and participation rows behind the active activities."""
    reported = active_rows(inputs, quarter).assign(unit=lambda d: d["activity_id"])
    taking_part = participations(inputs, quarter).assign(unit=lambda d: d["activity_id"])
    return [
        Evidence("activity", reported, ["activity_id", "org_id"]),
        Evidence("participation", taking_part, ["activity_id", "org_id", "role"]),
    ]


def cells(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Rows of activity_cell that meet the quarter and name an activity, with `share_in`: the part of their days in it.

    A row with one date only belongs wholly to the quarter of that date.
    """

    def make() -> pd.DataFrame:
        rows = inputs.table("activity_cell")
        first = rows["period_start"].fillna(rows["start_on"])
        last = rows["period_end"].fillna(rows["end_on"])
        first, last = first.fillna(last), last.fillna(first)
        begun, ended = first.where(first > quarter.start, quarter.start), last.where(last < quarter.end, quarter.end)
        inside = (ended - begun).dt.days + 1
        rows = rows.assign(share_in=inside / ((last - first).dt.days + 1))
        return rows[rows["activity_id"].notna() & (rows["share_in"] > 0) & (rows["status"] != CANCELLED)]

    return inputs.remember(("cells", quarter), make)


def located(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The active activities once per place they work in: `place_id` beside the columns of activities()."""

    def make() -> pd.DataFrame:
        tables = [active_rows(inputs, quarter), participations(inputs, quarter), cells(inputs, quarter)]
        places = pd.concat([t[["activity_id", "place_id"]] for t in tables]).dropna().drop_duplicates()
        return places.rename(columns={"activity_id": "unit"}).merge(activities(inputs, quarter), on="unit")

    return inputs.remember(("located", quarter), make)


def roster(inputs: Inputs, quarter: Quarter) -> list[str]:
    """Organisations that owe a report, hold a governance role or took part in any of the four quarters to this one.

    Silent ones stay; one that ended before the quarter without a successor does not.
    """

    def make() -> list[str]:
        window = quarter.window()
        named = [participations(inputs, q)["org_id"] for q in window]
        for table in ("obligation", "governance_role"):
            rows = inputs.table(table)
            meets = overlaps(rows["period_start"], rows["period_end"], window[0].start, quarter.end)
            named.append(rows["org_id"][meets])
        ids = inputs.identify(pd.concat(named).dropna().drop_duplicates().reset_index(drop=True), quarter)
        traits = inputs.organisations.describe(ids, inputs.day_of(quarter))
        return sorted(ids[traits["is_current"] | ~traits["is_known"]].unique())

    return inputs.remember(("roster", quarter), make)


def network(inputs: Inputs, quarter: Quarter) -> Network:
    """The co-delivery network: organisations on the roster, tied where they share an active activity."""

    def make() -> Network:
        members = roster(inputs, quarter)
        taking_part = participations(inputs, quarter)
        taking_part = taking_part[taking_part["org"].isin(members)]
        pairs = _pairs(taking_part[["activity_id", "org"]].drop_duplicates())
        ties = pairs.groupby(["unit", "a", "b"], as_index=False).size().rename(columns={"size": "weight"})
        sides = [pairs.rename(columns={side: "org"})[["unit", "activity_id", "org"]] for side in ("a", "b")]
        rows = pd.concat(sides).merge(taking_part[["activity_id", "org", "org_id", "role", *ROW]])
        evidence = Evidence("participation", rows, ["activity_id", "org_id", "role"])
        return Network(members, ties.assign(counts=True), [evidence])

    return inputs.remember(("network", quarter), make)


def _pairs(sides: pd.DataFrame) -> pd.DataFrame:
    """Every pair of organisations within each activity: `activity_id`, `a` < `b`, `unit`."""
    both = sides.merge(sides, on="activity_id", suffixes=("_a", "_b"))
    both = both[both["org_a"] < both["org_b"]].rename(columns={"org_a": "a", "org_b": "b"})
    return both.assign(unit=both["a"].astype("str") + " – " + both["b"].astype("str"))
