"""Rows as frames of libraries that are installed as extras."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from idtracker.model.errors import IdtrackerError, UsageError

if TYPE_CHECKING:
    import geopandas  # type: ignore[import-untyped]
    import polars

_PLACE = ("longitude", "latitude")


def polars_frame(rows: pd.DataFrame) -> polars.DataFrame:
    """The rows as a Polars frame. IdtrackerError where Polars is not installed."""
    try:
        import polars
    except ModuleNotFoundError as problem:
        raise IdtrackerError("Polars is not installed: pip install 'idtracker[polars]'") from problem
    return polars.from_pandas(rows)


def geo_frame(table: str, rows: pd.DataFrame) -> geopandas.GeoDataFrame:
    """Those of the rows that have coordinates as points in WGS 84. UsageError where the table has none, IdtrackerError without GeoPandas."""
    if not set(_PLACE) <= set(rows.columns):
        raise UsageError(f"The table `{table}` has no coordinates; `event` has.")
    try:
        import geopandas
    except ModuleNotFoundError as problem:
        raise IdtrackerError("GeoPandas is not installed: pip install 'idtracker[geo]'") from problem
    located = rows[rows[[*_PLACE]].notna().all(axis=1)]
    points = geopandas.points_from_xy(located["longitude"], located["latitude"])
    return geopandas.GeoDataFrame(located, geometry=points, crs="EPSG:4326")
