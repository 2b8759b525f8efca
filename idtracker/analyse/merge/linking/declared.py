"""The declarations of a register as merging works with them: breaks in their order, crosswalks, shares with their weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

BREAKS = {
    "round": "int64",
    "break_id": "string",
    "indicator_id": "string",
    "source_id": "string",
    "quarter": "int64",
    "valid_from": "date",
    "restated_on": "date",
    "crosswalk": "string",
    "factor": "float64",
    "addend": "float64",
    "crosswalk_error": "float64",
}
CODES = {"break_id": "string", "old_value": "float64", "new_value": "float64"}
SHARES = {
    "round": "int64",
    "from_place_id": "string",
    "place_id": "string",
    "quarter": "int64",
    "share": "float64",
    "weight": "float64",
    "parts": "int64",
    "share_error": "float64",
    "share_id": "string",
}
"""Types in expressions of the tables `breaks`, `codes` and `shares`. `quarter` is the first one of the new basis or place, a
running number; `weight` is the part of a new place's people that comes from an old one, `parts` how many old ones there are."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The three tables, and how many breaks one indicator, and how many days all shares have at most: each is a round of its own."""

    breaks: pd.DataFrame
    codes: pd.DataFrame
    shares: pd.DataFrame

    @property
    def rounds(self) -> tuple[int, int]:
        """How often values are translated, and how often they are taken over from other places; (0, 0): nothing is declared."""
        first, second = (0 if frame.empty else int(frame["round"].max()) + 1 for frame in (self.breaks, self.shares))
        return first, second

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by the names under which a plan asks for them."""
        return {"breaks": self.breaks, "codes": self.codes, "shares": self.shares}


def declared(tables: Mapping[str, pd.DataFrame]) -> Declared:
    """What the reference tables series_break, code_crosswalk, place_share and place declare; a table that is absent says nothing."""
    absent = pd.DataFrame()
    breaks = tables.get("series_break", absent)
    codes, shares = tables.get("code_crosswalk", absent), tables.get("place_share", absent)
    return Declared(
        _breaks(breaks) if len(breaks) else pd.DataFrame(columns=list(BREAKS)),
        codes[list(CODES)] if len(codes) else pd.DataFrame(columns=list(CODES)),
        _shares(shares, tables["place"]) if len(shares) else pd.DataFrame(columns=list(SHARES)),
    )


def _breaks(breaks: pd.DataFrame) -> pd.DataFrame:
    rows = breaks.sort_values(["indicator_id", "valid_from", "break_id"], ignore_index=True)
    rows = rows.assign(
        round=rows.groupby("indicator_id").cumcount(),
        quarter=_quarter_of(rows["valid_from"]),
        addend=rows["addend"].fillna(0.0),
    )
    return rows[list(BREAKS)]


def _shares(shares: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    rows = shares.sort_values(["valid_from", "to_place_id", "from_place_id"], ignore_index=True)
    people = rows["from_place_id"].map(place.set_index("place_id")["population"]).astype("float64") * rows["share"]
    parts = rows.groupby("to_place_id")["from_place_id"].transform("size")
    people = people.where(parts > 1, 1.0)
    share_id = rows["from_place_id"] + ">" + rows["to_place_id"]
    rows = rows.rename(columns={"to_place_id": "place_id"}).assign(
        round=rows["valid_from"].rank(method="dense").astype("int64") - 1,
        quarter=_quarter_of(rows["valid_from"]),
        weight=people / people.groupby(rows["to_place_id"]).transform("sum"),
        parts=parts,
        share_id=share_id,
    )
    return rows[list(SHARES)]


def _quarter_of(days: pd.Series) -> pd.Series:
    numbers: pd.Series = (days.dt.year * 4 + days.dt.quarter - 1).astype("int64")
    return numbers
