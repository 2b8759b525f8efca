"""GeoParquet 1.1: the same layers, one file each, the boundary of its place in every row (WKB, degrees of WGS 84)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from idtracker.model.messages import Lang
from idtracker.publish.export.published import Published
from idtracker.publish.export.spatial.boundaries import Shapes, shapes_of
from idtracker.publish.export.spatial.geopackage import with_geometry
from idtracker.publish.export.spatial.layers import Layer, place_layer, table_layers
from idtracker.publish.export.spatial.wide import wide_layers

GEOMETRY = "geometry"


def write_geoparquet(
    published: Published, tables: Sequence[str], folder: Path, about: Mapping[str, str], lang: Lang
) -> tuple[list[tuple[Path, Layer]], list[tuple[str, str]]]:
    """Write a file for each layer: the files with their layers, and (table, why) of what is not there.

    Each says of itself what it is (`about`, in its key-value metadata), and whose boundaries it has.
    """
    import pyarrow.parquet as pq

    shapes = shapes_of(published, lang)
    folder.mkdir()
    said = " ".join([*shapes.attributions, *shapes.problems])
    written = []
    for layer in _layers(published, tables, shapes, lang):
        rows = with_geometry(layer.rows, shapes, GEOMETRY)
        metadata = {"geo": json.dumps(_metadata(shapes)), "description": layer.about, **about, "boundaries": said}
        path = folder / f"{layer.name}.parquet"
        pq.write_table(rows.replace_schema_metadata(metadata), path, compression="zstd")
        written.append((path, layer))
    return written, [("place", problem) for problem in shapes.problems]


def _layers(published: Published, tables: Sequence[str], shapes: Shapes, lang: Lang) -> Iterator[Layer]:
    yield place_layer(published, shapes.wkb.keys(), lang)
    yield from wide_layers(published, tables, lang)
    yield from table_layers(published, tables, lang)


def _metadata(shapes: Shapes) -> dict[str, object]:
    """As the standard has it; without `crs` the coordinates are OGC:CRS84."""
    column = {"encoding": "WKB", "geometry_types": list(shapes.kinds), "orientation": "counterclockwise"}
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
