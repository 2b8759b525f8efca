"""What declarations mean for missing reports: places that are no more have none, and over a break or a border no error is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.model.periods import current_period, quarter_number

_CELL = ["indicator_id", "place_id", "quarter"]
_ERRORS = ["standard_error", "score_error"]
_NEVER, _ALWAYS = -1, 10**6
"""Numbers of quarters before and after all others."""


def quarters_of_places(place: pd.DataFrame) -> pd.DataFrame:
    """place_id, parent_id, and the first and last quarter (numbers) in which each place is there."""
    spans = {
        name: [other if pd.isna(day) else quarter_number(current_period(pd.Timestamp(day).date(), "quarter")) for day in place[of]]
        for name, of, other in (("begins", "valid_from", _NEVER), ("ends", "valid_to", _ALWAYS))
    }  # fmt: skip
    return place[["place_id", "parent_id"]].assign(**spans)


def of_present_places(again: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    """The cells of places that are there in their quarter."""
    spans = again[["place_id"]].merge(quarters_of_places(place), on="place_id", how="left")
    is_there = (spans["begins"].fillna(_NEVER) <= again["quarter"].to_numpy()) & (
        again["quarter"].to_numpy() <= spans["ends"].fillna(_ALWAYS)
    )
    return again[is_there.to_numpy()].reset_index(drop=True)


def without_translated_errors(again: pd.DataFrame, cells: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    """Errors are not known of cells that are translated or taken over now, and of a country some of whose parts come or go.

    What translating adds is common to all values of a series, and no table tells it apart: it would be averaged away.
    """
    translated = cells.loc[cells["crosswalk_ids"].notna(), _CELL].drop_duplicates()
    is_translated = again[_CELL].merge(translated, how="left", indicator=True)["_merge"].to_numpy() == "both"
    spans = quarters_of_places(place)
    parts = (
        again[["place_id", "quarter"]]
        .reset_index()
        .merge(spans[["parent_id", "begins", "ends"]], left_on="place_id", right_on="parent_id")
    )
    changing = parts[(parts["quarter"] < parts["begins"]) | (parts["quarter"] > parts["ends"])]
    unknown = is_translated | np.isin(np.arange(len(again)), changing["index"].to_numpy())
    return again.assign(**{name: again[name].where(~unknown) for name in _ERRORS})
