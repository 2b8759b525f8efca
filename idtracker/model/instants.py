"""Instants as the store keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def naive_utc(instant: object) -> pd.Timestamp:
    """An instant as the store keeps it: UTC without a zone."""
    import pandas as pd

    stamp = pd.Timestamp(instant)  # type: ignore[arg-type]
    return stamp.tz_convert("UTC").tz_localize(None) if stamp.tzinfo else stamp
