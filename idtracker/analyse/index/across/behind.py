"""Cells that a score rests on beside those of its own place and quarter: their marking and knowledge time are the score's too."""

from __future__ import annotations

import pandas as pd

from idtracker.analyse.index.across.states import States
from idtracker.analyse.merge.marks_frames import high_water, intersection
from idtracker.model.composite.reach import Reach, reaches_at

MARKING = ["classification", "releasable_to", "recorded_from"]


def cells_behind(states: States, items: pd.DataFrame) -> pd.DataFrame | None:
    """`unit`, `child` (the indicator that counts), `through` (the node by which it goes further) and MARKING, summed up by panel; None
    where nothing looks beyond its cell.

    `through` is empty where the leaf itself looks further: then all nodes above it rest on the cells, else that node and those above it.
    `items` are the cells of all units. The country rests on all places of its panel, which is on no less than it reads.
    """
    index, parts = states.index, []
    present = items[items["classification"].notna()]
    for code in index.indicators:
        name, below = index.column_of(code), _divisor_cells(states, code, present)
        for through, reach in reaches_at(index, code).items():
            if not reach.is_local:
                read = present if reach.is_near else present[present["child"] == name]
                read = pd.concat([read, below], ignore_index=True) if len(below) else read
                parts.append(_of_panels(states, read, reach).assign(child=name, through=through))
        own = below[below["unit"] < states.count]
        parts += [own.assign(child=name, through="")] if len(own) else []
    return pd.concat(parts, ignore_index=True) if parts else None


def _of_panels(states: States, read: pd.DataFrame, reach: Reach) -> pd.DataFrame:
    """One row for each unit that is asked for and each panel, series or reference that it rests on."""
    units = states.units
    about = units[["unit", "place_id", "series", "world", "quarter", "is_member"]]
    read = read[["unit", *MARKING]].merge(about, on="unit")
    asked = about[about["unit"] < states.count]
    of_panel = read[read["is_member"] | (read["place_id"] == reach.place)]
    found = []
    for back in range(reach.back + 1):
        at = asked.assign(quarter=asked["quarter"] - back)
        found += [_joined(at, of_panel, ["world", "quarter"])] if reach.is_across else []
        found += [_joined(at, read, ["series", "quarter"])] if back else []
    if reach.reference is not None:
        inside = of_panel["unit"].isin(units.loc[units["period"].between(*reach.reference), "unit"])
        found.append(_joined(asked, of_panel[inside], ["world"]))
    return pd.concat(found, ignore_index=True)


def _joined(asked: pd.DataFrame, read: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The marking of the rows that have the same `by` as a unit, as one row."""
    if read.empty:
        return pd.DataFrame({"unit": pd.Series(dtype="int64"), **{name: pd.Series(dtype=read[name].dtype) for name in MARKING}})  # fmt: skip
    number = read.groupby(by, sort=False).ngroup()
    rows = read.assign(group=number)
    keys = rows.drop_duplicates("group")[[*by, "group"]]
    marks = pd.DataFrame(
        {
            "classification": high_water(rows, "group"),
            "releasable_to": intersection(rows, "group", "releasable_to"),
            "recorded_from": rows.groupby("group")["recorded_from"].max(),
        }
    ).rename_axis("group")
    return asked[["unit", *by]].merge(keys, on=by).merge(marks.reset_index(), on="group")[["unit", *MARKING]]


def _divisor_cells(states: States, code: str, present: pd.DataFrame) -> pd.DataFrame:
    """`unit` and MARKING of what a leaf is divided by; an indicator that counts nowhere in the tree has its cells in `extra`."""
    rule = states.index.rules_of(code).denominator
    name = rule.column if rule is not None else ""
    source = states.extra.get(name, present[present["child"] == name]) if name else present.iloc[:0]
    return source[["unit", *MARKING]]
