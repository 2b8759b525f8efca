"""One GeoPackage (OGC 1.2): places and wide layers with geometry, tables without, and a view of each table with the boundary of its place.

Geometry is stored once for each place; QGIS, GDAL and geopandas read a view like any other layer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idtracker.model.messages import Lang, phrase
from idtracker.publish.export.published import Published, TableMarking
from idtracker.publish.export.spatial.boundaries import Shapes, shapes_of
from idtracker.publish.export.spatial.layers import (
    PLACE_ID,
    PLACES,
    Layer,
    place_layer,
    table_layers,
)
from idtracker.publish.export.spatial.wide import MOST_COLUMNS, wide_layers
from idtracker.publish.extras import extra_module

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = "publish/export/spatial"
_GEOMETRY = "geom"
ABOUT, MAP = "about", "_map"
_WGS84 = 4326


def write_geopackage(
    published: Published, tables: Mapping[str, TableMarking], path: Path, about: Mapping[str, str], lang: Lang
) -> tuple[int, list[tuple[str, str]]]:
    """Write the layers of these tables; rows of tables in it, and (table, why) of what is not there.

    `about` is what the layer of that name says in rows of name and text: whose it is, as known at when, under which marking.
    """
    shapes = shapes_of(published, lang)
    places = place_layer(published, shapes.wkb.keys(), lang)
    long, wide = table_layers(published, list(tables), lang), wide_layers(published, list(tables), lang)
    left_out = {
        layer.name: phrase(_TEXTS, "too_wide", lang, columns=f"{layer.rows.num_columns:,}", most=f"{MOST_COLUMNS:,}")
        for layer in wide
        if layer.rows.num_columns > MOST_COLUMNS
    }
    wide = [layer for layer in wide if layer.name not in left_out]
    with _same_day(str(published.manifest["as_of"])):
        for layer in (places, *wide):
            _write(path, layer.name, with_geometry(layer.rows, shapes, _GEOMETRY), _kind(shapes))
        for layer in long:
            _write(path, layer.name, layer.rows, None)
        _write(path, ABOUT, _about(about, shapes), None)
    _describe(path, [places, *wide, *long], long, tables, lang)
    return sum(layer.rows.num_rows for layer in (places, *long)), [
        *left_out.items(),
        *(("place", problem) for problem in shapes.problems),
    ]


def with_geometry(rows: pa.Table, shapes: Shapes, name: str) -> pa.Table:
    """The rows with the boundary of their place as WKB in a last column; missing where the place has none."""
    import pyarrow as pa

    geometry = pa.array([shapes.wkb.get(place) for place in rows[PLACE_ID].to_pylist()], pa.binary())
    return rows.append_column(name, geometry)


def _kind(shapes: Shapes) -> str:
    return shapes.kinds[0] if len(shapes.kinds) == 1 else "Unknown"


def _about(about: Mapping[str, str], shapes: Shapes) -> pa.Table:
    import pyarrow as pa

    lines = [*about.items(), *(("boundaries", t) for t in (*shapes.attributions, *shapes.problems))]
    return pa.table({"name": [name for name, _ in lines], "text": [text for _, text in lines]})


def _write(path: Path, name: str, rows: pa.Table, kind: str | None) -> None:
    pyogrio = extra_module("pyogrio", "geo")
    geometry: dict[str, Any] = (
        {"geometry_name": _GEOMETRY, "geometry_type": kind, "crs": f"EPSG:{_WGS84}"} if kind else {}
    )
    options = {"FID": "fid"} | ({"SPATIAL_INDEX": "YES"} if kind else {"ASPATIAL_VARIANT": "GPKG_ATTRIBUTES"})
    pyogrio.write_arrow(
        rows.replace_schema_metadata(None),
        path,
        layer=name,
        driver="GPKG",
        append=path.exists(),
        dataset_options={"VERSION": "1.2"},
        layer_options=options,
        **geometry,
    )


@contextmanager
def _same_day(as_of: str) -> Iterator[None]:
    """While this lasts, what is written was written at the instant of the publication: the same bytes each time."""
    pyogrio = extra_module("pyogrio", "geo")
    stamp = f"{as_of[:19]}.000Z"
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _describe(
    path: Path, layers: Sequence[Layer], long: Sequence[Layer], tables: Mapping[str, TableMarking], lang: Lang
) -> None:
    """Say of each layer what it holds and how the table that it is from is marked, and add the views with geometry."""
    with closing(sqlite3.connect(path)) as database:
        for layer in layers:
            text = f"{layer.about}{_mark(tables[layer.table])}"
            database.execute("UPDATE gpkg_contents SET description = ? WHERE table_name = ?", (text, layer.name))
        for layer in long:
            text = phrase(_TEXTS, "on_map", lang, about=layer.about)
            _add_view(database, layer, f"{text}{_mark(tables[layer.table])}")
        database.commit()


def _mark(marked: TableMarking) -> str:
    """The marking of a table as it stands behind what its layer holds; nothing where it has no rows."""
    if marked.marking is None:
        return ""
    parts = (marked.marking.classification, marked.marking.releasable_to or "–", *marked.handling)
    return f" [{'; '.join(parts)}]"


def _add_view(database: sqlite3.Connection, layer: Layer, about: str) -> None:
    """A view of a table with the boundary of its place, registered as a layer; its first column tells its rows apart."""
    name = layer.name + MAP
    columns = ", ".join(f't."{column}"' for column in layer.rows.column_names)
    database.execute(
        f'CREATE VIEW "{name}" AS SELECT t.fid AS OGC_FID, {columns}, p."{_GEOMETRY}" FROM "{layer.name}" AS t '
        f'LEFT JOIN "{PLACES}" AS p ON p.{PLACE_ID} = t.{PLACE_ID}'
    )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, min_x, min_y, max_x, max_y, srs_id) "
        "SELECT ?, 'features', ?, ?, last_change, min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = ?",
        (name, name, about, PLACES),
    )
    database.execute(
        "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns "
        "WHERE table_name = ?",
        (name, PLACES),
    )
