"""The formats in which a publication is given to those who work without DuckDB."""

from __future__ import annotations

from typing import Literal, get_args

FileFormat = Literal["csv", "xlsx", "parquet", "sdmx", "gpkg", "geoparquet", "iati", "croissant", "odcs"]
FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
PUBLISHED: tuple[FileFormat, ...] = ("xlsx",)
"""What stands in every publication where a programme does not say otherwise."""
