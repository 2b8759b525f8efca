"""The layers of a publication: its places, and every table that has a place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idtracker.model.messages import Lang, phrase
from idtracker.model.tables import FACTS, TABLES, columns_of, grain
from idtracker.publish.export.published import Published

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = "publish/export/spatial"
PLACES = "places"
PLACE_ID = "place_id"
METRICS = "metric_value"
_OF_PLACE = "place="
"""What the scope of a metric begins with that is given for a place."""
_NO_LAYER = ("place", "place_code")
"""The first is the layer of places itself; the second has several rows for each place and nothing to draw."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its name, the rows (with `place_id`), what it holds in words, the table it is from."""

    name: str
    rows: pa.Table
    about: str
    table: str


PLACE_OF_METRIC = f"substr(scope, {len(_OF_PLACE) + 1})"
"""The place of a metric that is given for one, in SQL."""
IS_OF_PLACE = f"starts_with(scope, '{_OF_PLACE}')"


def has_place(table: str) -> bool:
    """Whether rows of a table can be drawn: they have a place, or are given for one."""
    return table == METRICS or (
        table not in _NO_LAYER
        and any(spec.name == PLACE_ID and spec.kind == "place" for spec in columns_of(TABLES[table]))
    )


def place_layer(published: Published, drawn: Collection[str], lang: Lang) -> Layer:
    """Every published place, its columns as they are, and how many of them are not among those that are drawn."""
    rows = _arrow(published, f"SELECT {_columns('place')} FROM {published.place('place')}")
    without = sum(place not in drawn for place in rows[PLACE_ID].to_pylist())
    return Layer(
        PLACES, rows, f"{grain(TABLES['place'])} {phrase(_TEXTS, 'without', lang, count=f'{without:,}')}", "place"
    )


def table_layers(published: Published, tables: Sequence[str], lang: Lang) -> list[Layer]:
    """A layer for each table with a place: all of its rows, of facts those known today, of metrics those given for a place."""
    layers = []
    for table in (name for name in tables if has_place(name)):
        columns, where, about = _columns(table), "TRUE", grain(TABLES[table])
        if table == METRICS:
            columns, where = f"{PLACE_OF_METRIC} AS {PLACE_ID}, {columns}", IS_OF_PLACE
            about += f" {phrase(_TEXTS, 'of_places', lang)}"
        if table in FACTS:
            where, about = "recorded_to IS NULL", f"{about} {phrase(_TEXTS, 'known_today', lang)}"
        sql = f"SELECT {columns} FROM {published.place(table)} WHERE {where}"
        layers.append(Layer(table, _arrow(published, sql), about, table))
    return layers


def _columns(table: str) -> str:
    """Columns of a table in the order of the model; instants with their zone, as systems want them."""
    return ", ".join(
        f'"{s.name}" AT TIME ZONE \'UTC\' AS "{s.name}"' if s.kind == "instant" else f'"{s.name}"'
        for s in columns_of(TABLES[table])
    )


def _arrow(published: Published, sql: str) -> pa.Table:
    published.connection.execute("SET TimeZone = 'UTC'")
    return published.connection.sql(sql).to_arrow_table()
