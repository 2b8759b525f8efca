"""Marking of what is made from several rows of a frame, such as a score from its cells: high-water mark and intersection.

Lists stand in one text, `;` between, sorted. Grouping is by one integer column so that large inputs stay fast. The same
rules as expressions, and those for provenance, are in marks.py.
"""

from __future__ import annotations

import pandas as pd

from idtracker.model.marking import CLASSIFICATIONS


def high_water(frame: pd.DataFrame, by: str) -> pd.Series:
    """Highest classification of each group, by group; a marking that is not known counts as the highest."""
    rank = frame["classification"].map({code: place for place, code in enumerate(CLASSIFICATIONS)})
    highest = rank.fillna(len(CLASSIFICATIONS) - 1).groupby(frame[by]).max()
    return highest.map(dict(enumerate(CLASSIFICATIONS))).astype("str")


def intersection(frame: pd.DataFrame, by: str, column: str) -> pd.Series:
    """Entries that every row of the group has, by group; groups without one are absent (a row without any shares none)."""
    rows = frame[[by, column]].reset_index(drop=True)
    rows["row"] = rows.index
    entries = _split(rows, column).drop_duplicates(["row", column])
    shared = entries.groupby([by, column])["row"].size().rename("rows").reset_index()
    shared = shared[shared["rows"].to_numpy() == shared[by].map(rows[by].value_counts()).to_numpy()]
    return _joined(shared.sort_values([by, column]), by, column)


def _split(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row per entry of the list in `column`."""
    filled = frame[frame[column].notna()]
    has_several = filled[column].str.contains(";", regex=False)
    if not has_several.any():
        return filled
    several = filled[has_several]
    parts = several.assign(**{column: several[column].str.split(";")}).explode(column)
    split = pd.concat([filled[~has_several], parts.astype({column: "str"})])
    split[column] = split[column].str.strip()
    filled_in: pd.DataFrame = split[split[column] != ""]
    return filled_in


def _joined(entries: pd.DataFrame, by: str, column: str) -> pd.Series:
    """The sorted entries of each group as one text; only groups of several need joining."""
    is_single = ~entries[by].duplicated(keep=False)
    singles = entries[is_single].set_index(by)[column]
    several = entries[~is_single].groupby(by)[column].agg(";".join)
    joined: pd.Series = pd.concat([singles, several.astype("str")]).sort_index()
    return joined
