"""What is known of the latest quarter in wide form: one row for each place, its figures beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idtracker.model.errors import IdtrackerError
from idtracker.model.marking import Marking, marking_of, united
from idtracker.model.messages import Lang, phrase
from idtracker.model.tables import TABLES, columns_of
from idtracker.publish.export.published import Published
from idtracker.publish.export.spatial.layers import IS_OF_PLACE, METRICS, PLACE_ID, PLACE_OF_METRIC, Layer

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = "publish/export/spatial"
_QUARTER = "regexp_full_match(period, '\\d{4}-Q[1-4]')"
MOST_COLUMNS = 1_900
"""Columns of a layer; SQLite takes two thousand."""


@dataclass(frozen=True, slots=True)
class _Wide:
    """How a long table becomes one row for each place: what its columns are called by, and which values each of them has."""

    by: str
    values: Mapping[str, str]
    """Ending of the column ("" for the value itself) -> column of the long table."""
    place: str = PLACE_ID
    where: str = "TRUE"


_WIDE = {
    "score": _Wide("node_code", {"": "score", "_low": "low", "_high": "high", "_band": "band"}),
    "merged_cell": _Wide("indicator_id", {"": "value", "_status": "obs_status"}),
    METRICS: _Wide(
        "metric_id || '.' || measure", {"": "value", "_why": "suppressed_reason"}, PLACE_OF_METRIC, IS_OF_PLACE
    ),
}


def wide_layers(published: Published, tables: Sequence[str], lang: Lang) -> list[Layer]:
    """A layer for each of the tables that has quarters: every place that it has ever had, as it is in the latest of them.

    A place of which the latest quarter says nothing has a row without values. IdtrackerError where a column would have two.
    """
    return [layer for table in tables if table in _WIDE and (layer := _wide_layer(published, table, lang))]


def _wide_layer(published: Published, table: str, lang: Lang) -> Layer | None:
    wide = _WIDE[table]
    rows = f"{published.place(table)} WHERE {wide.where}"
    latest = published.connection.execute(
        f"SELECT period FROM {rows} AND {_QUARTER} ORDER BY period_end DESC, period LIMIT 1"
    ).fetchone()
    if latest is None:
        return None
    values = ", ".join(f'"{column}"' for column in wide.values.values())
    own = published.connection.execute(
        f"SELECT {wide.place}, {wide.by}, {values} FROM {rows} AND period = ? ORDER BY 1, 2", latest
    ).fetchall()
    names = _names(sorted({str(row[1]) for row in own}), list(wide.values))
    places = {
        at: {PLACE_ID: at, "period": latest[0], **mark.columns} for at, mark in _marks(published, wide, rows, latest)
    }
    seen: set[tuple[str, str]] = set()
    for at, by, *figures in own:
        if (at, by) in seen:
            raise IdtrackerError(
                f"`{table}` has two rows of {by} for {at} in {latest[0]}; nothing was exported. Leave {table} out with --tables."
            )
        seen.add((at, by))
        places[at] |= {names[by, ending]: value for ending, value in zip(wide.values, figures, strict=True)}
    about = phrase(_TEXTS, "latest", lang, table=table, period=latest[0], by=wide.by)
    return Layer(f"{table}_latest", _table(table, wide, names, list(places.values())), about, table)


def _marks(published: Published, wide: _Wide, rows: str, latest: tuple[Any, ...]) -> list[tuple[str, Marking]]:
    """Each place, in order, with the high-water mark of its rows of the latest quarter; without such, of all that it has."""
    found = published.connection.execute(
        f"SELECT {wide.place}, period = ?, classification, releasable_to FROM {rows} GROUP BY ALL ORDER BY ALL", latest
    ).fetchall()
    marks: dict[str, tuple[list[Marking], list[Marking]]] = {}
    for at, is_latest, classification, releasable_to in found:
        marks.setdefault(at, ([], []))[not is_latest].append(marking_of(classification, releasable_to))
    united_marks = ((at, united(now or before)) for at, (now, before) in marks.items() if at is not None)
    return [(at, mark) for at, mark in united_marks if mark is not None]


def _table(table: str, wide: _Wide, names: Mapping[tuple[str, str], str], rows: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    numbers = {spec.name for spec in columns_of(TABLES[table]) if spec.kind in ("number", "money")}
    fields = [(PLACE_ID, pa.string()), ("period", pa.string())]
    fields += [
        (name, pa.float64() if wide.values[ending] in numbers else pa.string()) for (_, ending), name in names.items()
    ]
    fields += [("classification", pa.string()), ("releasable_to", pa.string())]
    return pa.Table.from_pylist(rows, pa.schema(fields))


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
