"""The layers of a publication: its places, every table that has a place, and what is known of the latest quarter in wide form."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idtracker.model.marking import marking_of, united
from idtracker.model.messages import Lang, phrase
from idtracker.model.tables import FACTS, TABLES, columns_of, grain
from idtracker.publish.export.published import Published

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = "publish/export/spatial"
PLACES = "places"
PLACE_ID = "place_id"
_METRICS = "metric_value"
_OF_PLACE = "place="
"""What the scope of a metric begins with that is given for a place."""
_NO_LAYER = ("place", "place_code")
"""The first is the layer of places itself; the second has several rows for each place and nothing to draw."""
MOST_COLUMNS = 1_900
"""Columns of a layer; SQLite takes two thousand."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its name, the rows (with `place_id`), what it holds in words, the table it is from."""

    name: str
    rows: pa.Table
    about: str
    table: str
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class _Wide:
    """How a long table becomes one row for each place: what its columns are called by, and which values each of them has."""

    by: str
    values: Mapping[str, str]
    """Ending of the column ("" for the value itself) -> column of the long table."""
    place: str = PLACE_ID
    where: str = "TRUE"


_PLACE_OF_METRIC = f"substr(scope, {len(_OF_PLACE) + 1})"
_WIDE = {
    "score": _Wide("node_code", {"": "score", "_low": "low", "_high": "high", "_band": "band"}),
    "merged_cell": _Wide("indicator_id", {"": "value", "_status": "obs_status"}),
    _METRICS: _Wide(
        "metric_id || '.' || measure",
        {"": "value", "_why": "suppressed_reason"},
        _PLACE_OF_METRIC,
        f"starts_with(scope, '{_OF_PLACE}')",
    ),
}


def has_place(table: str) -> bool:
    """Whether rows of a table can be drawn: they have a place, or are given for one."""
    return table == _METRICS or (
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
        if table == _METRICS:
            columns, where = f"{_PLACE_OF_METRIC} AS {PLACE_ID}, {columns}", _WIDE[table].where
            about += f" {phrase(_TEXTS, 'of_places', lang)}"
        if table in FACTS:
            where, about = "recorded_to IS NULL", f"{about} {phrase(_TEXTS, 'known_today', lang)}"
        sql = f"SELECT {columns} FROM {published.place(table)} WHERE {where}"
        layers.append(Layer(table, _arrow(published, sql), about, table))
    return layers


def wide_layers(published: Published, tables: Sequence[str], lang: Lang) -> list[Layer]:
    """One row for each place of the latest quarter that a table has, its figures beside each other."""
    return [layer for table in tables if table in _WIDE and (layer := _wide_layer(published, table, lang))]


def _wide_layer(published: Published, table: str, lang: Lang) -> Layer | None:
    import pyarrow as pa

    wide = _WIDE[table]
    place = f"{published.place(table)} WHERE {wide.where}"
    latest = published.connection.execute(
        f"SELECT period FROM {place} ORDER BY period_end DESC, period LIMIT 1"
    ).fetchone()
    if latest is None:
        return None
    values = ", ".join(f'"{column}"' for column in wide.values.values())
    rows = published.connection.execute(
        f"SELECT {wide.place}, {wide.by}, classification, releasable_to, {values} FROM {place} AND period = ? ORDER BY 1, 2",
        latest,
    ).fetchall()
    names = _names(sorted({str(row[1]) for row in rows}), list(wide.values))
    places: dict[str, dict[str, Any]] = {}
    marks: dict[str, list[Any]] = {}
    for at, by, classification, releasable_to, *own in rows:
        entry = places.setdefault(str(at), {PLACE_ID: str(at), "period": latest[0]})
        marks.setdefault(str(at), []).append(marking_of(classification, releasable_to))
        entry |= {names[str(by), ending]: value for ending, value in zip(wide.values, own, strict=True)}
    for at, entry in places.items():
        if (mark := united(marks[at])) is not None:
            entry |= mark.columns
    is_text = {
        e: any(s.name == c and s.kind not in ("number", "money") for s in columns_of(TABLES[table]))
        for e, c in wide.values.items()
    }
    fields = [(PLACE_ID, pa.string()), ("period", pa.string())]
    fields += [(name, pa.string() if is_text[ending] else pa.float64()) for (_, ending), name in names.items()]
    fields += [("classification", pa.string()), ("releasable_to", pa.string())]
    about = phrase(_TEXTS, "latest", lang, table=table, period=latest[0], by=wide.by)
    return Layer(
        f"{table}_latest", pa.Table.from_pylist(list(places.values()), pa.schema(fields)), about, table, is_wide=True
    )


def _names(codes: Sequence[str], endings: Sequence[str]) -> dict[tuple[str, str], str]:
    """A column for each code and ending, in their order; numbered where two would differ in capitals alone, which SQL does not see."""
    taken = {PLACE_ID, "period", "classification", "releasable_to", "fid", "geom", "geometry"}
    names: dict[tuple[str, str], str] = {}
    for code in codes:
        for ending in endings:
            name, number = f"{code}{ending}", 1
            while name.casefold() in taken:
                number += 1
                name = f"{code}{ending}~{number}"
            taken.add(name.casefold())
            names[code, ending] = name
    return names


def _columns(table: str) -> str:
    """Columns of a table in the order of the model; instants with their zone, as systems want them."""
    return ", ".join(
        f'"{s.name}" AT TIME ZONE \'UTC\' AS "{s.name}"' if s.kind == "instant" else f'"{s.name}"'
        for s in columns_of(TABLES[table])
    )


def _arrow(published: Published, sql: str) -> pa.Table:
    published.connection.execute("SET TimeZone = 'UTC'")
    return published.connection.sql(sql).to_arrow_table()
