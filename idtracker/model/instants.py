"""Instants as the store keeps them."""

from __future__ import annotations

import pandas as pd


def naive_utc(instant: object) -> pd.Timestamp:
    """An instant as the store keeps it: UTC without a zone."""
    stamp = pd.Timestamp(instant)  # type: ignore[arg-type]
    return stamp.tz_convert("UTC").tz_localize(None) if stamp.tzinfo else stamp
