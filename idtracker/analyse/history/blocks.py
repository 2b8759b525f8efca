"""Work cut into blocks of whole parts, so that memory stays bounded however long the past is."""

from __future__ import annotations

import pandas as pd


def block_numbers(sizes: pd.Series, most: int) -> pd.Series:
    """The block that each part belongs to, on the index of `sizes`: one after the other, about `most` rows to a block."""
    numbers: pd.Series = sizes.cumsum().shift(fill_value=0) // most
    return numbers
