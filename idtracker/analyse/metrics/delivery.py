"""Activities and who takes part in them, quarter by quarter: what the metrics of the network family count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.inputs import ROW, Inputs, with_tally
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter, overlaps

CLOSED, CANCELLED = "4", "5"
AT_WORK = ["activity_id", "org_id", "partner_org_id", "place_id", *ROW]


@dataclass(frozen=True, slots=True)
class Network:
    """Who works with whom in a quarter.

    `roster` holds every organisation that could take part, `ties` one row per pair that shares an activity (`unit`,
    `a`, `b`, `weight` = activities shared, `counts`), `evidence` the participations behind them.
    """

    roster: list[str]
    ties: pd.DataFrame
    evidence: list[Evidence]


def at_work(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Rows that say an activity is at work in the quarter: of `activity`, and of `activity_cell` where it names one.

    An activity is at work where its dates or its reporting period meet the quarter; a cancelled one never is, and a
    closed one without an end only where reported for the period. Columns `unit` (the activity), `table`, AT_WORK.
    """
    if inputs.delivered is not None:
        return inputs.settled(("all_at_work", quarter), inputs.delivered.at_work(quarter))
    rows, parts = inputs.table("activity"), cells(inputs, quarter)

    def make() -> pd.DataFrame:
        dated = overlaps(rows["start_on"], rows["end_on"], quarter.start, quarter.end)
        dated &= ~((rows["status"] == CLOSED) & rows["end_on"].isna())
        reported = overlaps(rows["period_start"], rows["period_end"], quarter.start, quarter.end)
        described = rows.loc[(dated | reported) & (rows["status"] != CANCELLED), AT_WORK].assign(table="activity")
        work = pd.concat([described, parts[AT_WORK].assign(table="activity_cell")])
        return inputs.settled(("all_at_work", quarter), work.assign(unit=work["activity_id"], times=1))

    return inputs.remember_while(("at_work", quarter), [rows, parts], make)


def participations(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Who takes part in the activities at work: participation rows whose own dates or period (if any) meet the quarter.

    Where no participation in an activity is known at all, its reporting organisation and main counterpart stand in.
    Adds `unit` (the activity), `table`, `org` and the organisation's attributes in the quarter.
    """
    named = _taking_part(inputs, quarter)
    return inputs.remember_while(
        ("participations", quarter, inputs.mode),
        [named, inputs.reading(quarter)],
        lambda: inputs.with_members(named, "org_id", quarter),
    )


def _taking_part(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    if inputs.delivered is not None:
        return inputs.settled(("all_taking_part", quarter), inputs.delivered.taking_part(quarter))
    working, rows = at_work(inputs, quarter), inputs.table("participation")

    def make() -> pd.DataFrame:
        recorded = inputs.remember_while(("recorded",), [rows], lambda: rows["activity_id"].tolist())
        active, ever = set(working["activity_id"].tolist()), set(recorded)
        named = rows[np.array([activity in active for activity in recorded], dtype=bool)]
        own = ["start_on", "end_on", "period_start", "period_end"]
        meets = overlaps(named["start_on"], named["end_on"], quarter.start, quarter.end)
        meets |= overlaps(named["period_start"], named["period_end"], quarter.start, quarter.end)
        stated = named[meets | named[own].isna().all(axis=1)].assign(table="participation")
        silent = working[np.array([a not in ever for a in working["activity_id"].tolist()], dtype=bool)]
        counterpart = silent.assign(org_id=silent["partner_org_id"])
        columns = ["activity_id", "org_id", "role", "place_id", "table", *ROW]
        every = pd.concat([f.reindex(columns=columns) for f in (stated, silent, counterpart)], ignore_index=True)
        return inputs.settled(("all_taking_part", quarter), every.assign(unit=every["activity_id"], times=1))

    return inputs.remember_while(("taking_part", quarter), [working, rows], make)


def activities(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The activities at work: `unit`, `times` and the distinct organisations in it (`dept`, `ext`, `other_dept`)."""
    working, taking_part = at_work(inputs, quarter), participations(inputs, quarter)

    def make() -> pd.DataFrame:
        units = working[["unit", "times"]].drop_duplicates("unit").sort_values("unit")
        return with_tally(units.reset_index(drop=True), taking_part)

    return inputs.remember_while(("activities", quarter, inputs.mode), [working, taking_part], make)


def activity_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The rows behind the activities at work and who takes part in them."""
    taking_part = participations(inputs, quarter)
    return [
        Evidence("activity", at_work(inputs, quarter), ["activity_id", "org_id"]),
        Evidence(
            "participation", taking_part[taking_part["table"] == "participation"], ["activity_id", "org_id", "role"]
        ),
    ]


def cells(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Rows of activity_cell that meet the quarter and name an activity, with `share_in`: the part of their days in it.

    A row with one date only belongs wholly to the quarter of that date.
    """
    table = inputs.table("activity_cell")

    def make() -> pd.DataFrame:
        rows, first, last = inputs.remember_while(("stretches",), [table], lambda: _intervals(table))
        begun, ended = np.maximum(first, _day(quarter.start)), np.minimum(last, _day(quarter.end))
        with np.errstate(divide="ignore", invalid="ignore"):
            share_in = pd.Series((ended - begun + 1) / (last - first + 1), index=rows.index)
        meets = share_in > 0
        return inputs.settled(("all_cells", quarter), rows[meets].assign(share_in=share_in[meets]))

    return inputs.remember_while(("cells", quarter), [table], make)


def paid(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Positive spend of the activities, everywhere (no `place_id`) and by place: `unit`, `place_id`, `weight`, `paid`.

    `paid` is how many activities have any. The spend is in the currency that most cells of the quarter state.
    """
    if inputs.delivered is not None:
        return inputs.delivered.paid(quarter)
    rows = spend_cells(inputs, quarter)
    everywhere = rows.groupby("unit", as_index=False).agg(weight=("spent", "sum"))
    by_place = rows.groupby(["unit", "place_id"], as_index=False).agg(weight=("spent", "sum"))
    payments = pd.concat([everywhere.assign(place_id=None).astype({"place_id": "str"}), by_place], ignore_index=True)
    return payments[payments["weight"] > 0].assign(paid=1)


def spend_cells(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Cells with spend in the currency that most of them state: `unit` (activity), `spent` (its part in the quarter)."""
    rows = cells(inputs, quarter)
    rows = rows[rows["spend"].notna()]
    currency = rows["spend_currency"].fillna("")
    if len(rows):
        rows = rows[currency == sorted(currency.mode())[0]]
    return rows.assign(unit=rows["activity_id"], spent=rows["spend"] * rows["share_in"])


def places_known(inputs: Inputs) -> set[str]:
    """Every place at which an activity known is located, in whatever quarter."""
    if inputs.delivered is not None:
        return set(inputs.delivered.places)
    return {
        place
        for name in ("activity", "participation", "activity_cell")
        for place in inputs.table(name)["place_id"].dropna()
    }


def _intervals(rows: pd.DataFrame) -> tuple[pd.DataFrame, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Rows of activity_cell that name an activity and are not cancelled, with the first and last day of each."""
    rows = rows[rows["activity_id"].notna() & ~rows["status"].eq(CANCELLED)]
    first = rows["period_start"].fillna(rows["start_on"])
    last = rows["period_end"].fillna(rows["end_on"])
    return rows, _days(first.fillna(last)), _days(last.fillna(first))


def _days(moments: pd.Series) -> npt.NDArray[np.float64]:
    """Days since 1970; missing is NaN."""
    return np.asarray((moments - pd.Timestamp(0)).dt.days, dtype=np.float64)


def _day(moment: pd.Timestamp) -> float:
    return float((moment - pd.Timestamp(0)).days)


def located(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The activities at work once per place they work in: `place_id` beside the columns of activities()."""
    tables, active = [at_work(inputs, quarter), participations(inputs, quarter)], activities(inputs, quarter)

    def make() -> pd.DataFrame:
        places = pd.concat([t[["unit", "place_id"]] for t in tables]).dropna().drop_duplicates()
        return places.merge(active, on="unit")

    return inputs.remember_while(("located", quarter, inputs.mode), [*tables, active], make)


def roster(inputs: Inputs, quarter: Quarter) -> list[str]:
    """Organisations that owe a report, hold a governance role or took part in any of the four quarters to this one.

    Silent ones stay; one that ended before the quarter without a successor does not.
    """
    named = inputs.remember_for_both(("named", quarter), lambda: _named(inputs, quarter))

    def make() -> list[str]:
        ids = inputs.identify(pd.Series(named, dtype="str"), quarter)
        traits = inputs.organisations.describe(ids, inputs.day_of(quarter))
        return sorted(ids[traits["is_current"] | ~traits["is_known"]].unique())

    return inputs.remember_while(("roster", quarter, inputs.mode), [named, inputs.reading(quarter)], make)


def _named(inputs: Inputs, quarter: Quarter) -> list[str]:
    """The organisations of roster() as reported, in order."""
    window, organisations = quarter.window(), set[str]()
    for table in ("obligation", "governance_role"):
        rows = inputs.table(table)
        meets = overlaps(rows["period_start"], rows["period_end"], window[0].start, quarter.end)
        organisations |= _organisations(rows[meets])
    for q in window:
        taking_part = _taking_part(inputs, q)
        organisations |= inputs.remember_while(("named_in", q), [taking_part], partial(_organisations, taking_part))
    return sorted(organisations)


def _organisations(rows: pd.DataFrame) -> set[str]:
    return set(rows["org_id"].dropna())


def network(inputs: Inputs, quarter: Quarter) -> Network:
    """The co-delivery network: organisations on the roster, tied where they share an activity at work."""
    members, taking_part = roster(inputs, quarter), participations(inputs, quarter)

    def make() -> Network:
        present = taking_part[taking_part["org"].isin(members)]
        sides = present[["unit", "times", "org"]].drop_duplicates(["unit", "org"])
        pairs, weights = _pairs(sides), Counter[tuple[str, str, str]]()
        times = dict(zip(sides["unit"].tolist(), sides["times"].tolist(), strict=True))
        for activity, *pair in pairs[["activity_id", "unit", "a", "b"]].itertuples(index=False, name=None):
            weights[tuple(pair)] += times[activity]
        ties = pd.DataFrame(sorted(weights), columns=["unit", "a", "b"], dtype="str")
        ties["weight"] = np.array([weight for _, weight in sorted(weights.items())], dtype=np.int64)
        evidence = Evidence(
            "participation", partial(_pair_participations, pairs, present), ["activity_id", "org_id", "role"]
        )
        return Network(members, ties.assign(counts=True), [evidence])

    return inputs.remember_while(("network", quarter, inputs.mode), [members, taking_part], make)


def _pair_participations(pairs: pd.DataFrame, taking_part: pd.DataFrame) -> pd.DataFrame:
    """The participations behind each pair."""
    sides = [pairs.rename(columns={side: "org"})[["unit", "activity_id", "org"]] for side in ("a", "b")]
    return pd.concat(sides).merge(taking_part[["activity_id", "org", "org_id", "role", "table", *ROW]])


def _pairs(sides: pd.DataFrame) -> pd.DataFrame:
    """Every pair of organisations within each activity: `activity_id`, `a` < `b`, `unit`."""
    together: dict[str, list[str]] = {}
    taking_part = list(zip(sides["unit"].tolist(), sides["org"].tolist(), strict=True))
    for activity, org in taking_part:
        together.setdefault(activity, []).append(org)
    pairs = [(activity, a, b, f"{a} – {b}") for activity, a in taking_part for b in together[activity] if a < b]
    return pd.DataFrame(pairs, columns=["activity_id", "a", "b", "unit"], dtype="str")
