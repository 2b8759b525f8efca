"""The row of a publication that an address names, or that people name in a few words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import duckdb

from idtracker.explain.name_lookup import Pair, named
from idtracker.model.errors import UsageError
from idtracker.model.published.figure_address import EMPTY, FigureAddress, address_of, key_columns, parse_address
from idtracker.model.tables import FACTS, TABLES
from idtracker.model.text import fold

Row = dict[str, Any]
SHOWN = 6
"""How many addresses a message names where words stand for several figures."""
_MOST_NAMES = 500
"""Of more identifiers, such as those of facts, none is near another one."""
_PERIOD = re.compile(r"\d{4}-Q[1-4]", re.IGNORECASE)
_METRIC = re.compile(r"[A-Z]{2}-\d+", re.IGNORECASE)


def row_of(published: duckdb.DuckDBPyConnection, typed: str) -> tuple[FigureAddress, Row]:
    """The one figure that an address or short form names, and its row.

    UsageError with the nearest names where there is none, and with the addresses where there are several.
    """
    body, _, publication = typed.strip().partition("@")
    table, parts, column = _split(body) if "/" in body else ("", [], "")
    pairs = _by_address(published, body, table, parts, column) if table else _by_words(published, body)
    if len(pairs) != 1:
        listed = ", ".join(str(address) for address, _ in pairs[:SHOWN])
        more = f" and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
        raise UsageError(f"`{typed}` may be any of {len(pairs)} figures; name one of {listed}{more}.")
    address, row = pairs[0]
    return (address.of(publication) if publication else address), row


def rows_with(published: duckdb.DuckDBPyConnection, table: str, **values: Any) -> list[Row]:
    """Rows of a table that have these values, None among them; of a fact the version that counts now."""
    tests = [f'CAST("{name}" AS VARCHAR) IS NOT DISTINCT FROM ?' for name in values]
    tests += ["recorded_to IS NULL"] if table in FACTS else []
    result = published.execute(
        f'SELECT * FROM "{table}" WHERE {" AND ".join(tests) or "true"} ORDER BY ALL', list(values.values())
    )
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _split(body: str) -> tuple[str, list[str], str]:
    path, _, column = body.partition("#")
    table, *parts = path.split("/")
    return table, parts, column


def _by_address(
    published: duckdb.DuckDBPyConnection, body: str, table: str, parts: Sequence[str], column: str
) -> list[tuple[FigureAddress, Row]]:
    """An address, whole or without the last parts of its key where the first ones name one row."""
    names = key_columns(table) if table in TABLES else ()
    if not names:
        known = [(name, name) for name in TABLES if key_columns(name)]
        named(table, known, "table whose figures have addresses")
    whole = [*parts, *[EMPTY] * (len(names) - len(parts))]
    address = parse_address("/".join([table, *whole]) + (f"#{column}" if column else ""))
    values = {name: None if part == EMPTY else unquote(part) for name, part in zip(names, parts, strict=False)}
    if not _has_table(published, table):
        raise UsageError(f"`{body}`: this publication has no table {table}.")
    rows = rows_with(published, table, **values)
    if not rows:
        _name_nearest(published, table, values)
    return [(address_of(table, row, address.column), row) for row in rows]


def _has_table(published: duckdb.DuckDBPyConnection, table: str) -> bool:
    sql = "SELECT 1 FROM duckdb_tables() WHERE table_name = ? AND schema_name = 'main'"
    return published.execute(sql, [table]).fetchone() is not None


def _name_nearest(published: duckdb.DuckDBPyConnection, table: str, values: Mapping[str, str | None]) -> None:
    """UsageError about the first part of a key that no row has beside those before it."""
    known: dict[str, str | None] = {}
    for name, value in values.items():
        if not rows_with(published, table, **known, **{name: value}):
            there = sorted({str(row[name]) for row in rows_with(published, table, **known) if row[name] is not None})
            before = "/".join([table, *(part or EMPTY for part in known.values())])
            if len(there) > _MOST_NAMES:
                raise UsageError(
                    f"There is no {name} `{value or EMPTY}` below {before}; there are {len(there)} others."
                )
            named(value or EMPTY, [(one, one) for one in there], f"{name} below {before}")
        known[name] = value


def _by_words(published: duckdb.DuckDBPyConnection, typed: str) -> list[tuple[FigureAddress, Row]]:
    """`JO 2026-Q3`, `Amman BSF1 2026-Q3`, `IM-02 JO 2026-Q3`: quarter, metric, node or indicator, place, in any order."""
    words = typed.split()
    periods = [word.upper() for word in words if _PERIOD.fullmatch(word)]
    metric = next((word.upper() for word in words if _METRIC.fullmatch(word)), "")
    rest = [word for word in words if not _PERIOD.fullmatch(word) and word.upper() != metric]
    if len(periods) != 1:
        example = "such as `JO 2026-Q3`, `IM-02 JO 2026-Q3` or score/JO/2026-Q3/STABILITY"
        raise UsageError(f"`{typed}` names no one quarter; write an address or a short form with one, {example}.")
    if metric:
        return list(_metric_rows(published, metric, rest, periods[0]))
    place, below = _place_and_rest(published, rest)
    return list(_tracker_rows(published, place, below, periods[0]))


def _metric_rows(
    published: duckdb.DuckDBPyConnection, metric: str, rest: Sequence[str], period: str
) -> Iterator[tuple[FigureAddress, Row]]:
    """Figures of a metric: the measure that is typed, else `value`; the whole programme where nothing more is typed."""
    known = sorted(
        {str(metric_id) for (metric_id,) in published.execute("SELECT DISTINCT metric_id FROM metric_value").fetchall()}
    )
    metric = named(metric, [(one, one) for one in known], "published metric")
    rows = rows_with(published, "metric_value", metric_id=metric, period=period)
    if not rows:
        periods = sorted({row["period"] for row in rows_with(published, "metric_value", metric_id=metric)})
        raise UsageError(f"{metric} has no figure in {period}; there are {periods[0]} to {periods[-1]}.")
    typed = [word for word in rest if word in {row["measure"] for row in rows}]
    words = " ".join(word for word in rest if word not in typed)
    scope = _scope(published, words, {row["scope"] for row in rows if not typed or row["measure"] in typed})
    rows = [row for row in rows if row["scope"] == scope]
    measures = typed or (["value"] if "value" in {row["measure"] for row in rows} else [row["measure"] for row in rows])
    for row in rows:
        if row["measure"] in measures:
            yield address_of("metric_value", row), row


def _scope(published: duckdb.DuckDBPyConnection, typed: str, scopes: Iterable[str]) -> str:
    """The scope that is typed: as it is written, or by the name or identifier of a place or organisation."""
    listed = sorted(scopes)
    of = {scope.partition("=")[2]: scope for scope in reversed(listed) if "=" in scope}
    country = published.execute(
        "SELECT place_id FROM place WHERE level = 'country' AND place_id IN (SELECT place_id FROM score)"
    )
    of |= {str(place): "programme" for (place,) in country.fetchall() if f"place={place}" not in listed}
    pairs = [*((scope, scope) for scope in listed)]
    pairs += [(name, of[one]) for name, one in _names(published) if one in of]
    return named(typed or "programme", pairs, "scope of the metric in this quarter")


def _tracker_rows(
    published: duckdb.DuckDBPyConnection, place: str, below: str, period: str
) -> Iterator[tuple[FigureAddress, Row]]:
    """The score of the whole index, of a node, or the cell of an indicator."""
    roots = published.execute("SELECT root_code FROM method WHERE role = 'headline'").fetchall()
    nodes = [(str(n), str(n)) for (n,) in published.execute("SELECT DISTINCT node_code FROM score").fetchall()]
    labels = published.execute(
        "SELECT n.value->>'label', n.key FROM method, json_each(definition, '$.dimensions') AS n WHERE role = 'headline'"
    ).fetchall()
    indicators = _pairs(published, "indicator", "indicator_id")
    wanted = named(below or str(roots[0][0] if roots else ""), [*nodes, *labels, *indicators], "node or indicator")
    key: dict[str, Any] = {"place_id": place, "period": period}
    table, code = ("score", "node_code") if wanted in dict(nodes) else ("merged_cell", "indicator_id")
    rows = rows_with(published, table, **key, **{code: wanted})
    if not rows:
        periods = sorted({row["period"] for row in rows_with(published, table, place_id=place, **{code: wanted})})
        there = f"there are {periods[0]} to {periods[-1]}" if periods else "nor in any other quarter"
        raise UsageError(f"{wanted} of {place} has no figure in {period}; {there}.")
    for row in rows:
        yield address_of(table, row), row


def _place_and_rest(published: duckdb.DuckDBPyConnection, words: Sequence[str]) -> tuple[str, str]:
    """The place among words, and what is left of them: the longest name counts."""
    with_value = {place for (place,) in published.execute("SELECT DISTINCT place_id FROM merged_cell").fetchall()}
    with_score = {place for (place,) in published.execute("SELECT DISTINCT place_id FROM score").fetchall()}
    pairs = [pair for pair in _pairs(published, "place", "place_id") if pair[1] in with_value | with_score]
    by_name = {fold(name): one for name, one in sorted(pairs, key=lambda pair: (pair[1] in with_score, pair[1]))}
    spans = [(i, j) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]
    for i, j in sorted(spans, key=lambda span: span[0] - span[1]):
        if fold(" ".join(words[i:j])) in by_name:
            return by_name[fold(" ".join(words[i:j]))], " ".join([*words[:i], *words[j:]])
    return named(" ".join(words), pairs, "place with a value"), ""


def _names(published: duckdb.DuckDBPyConnection) -> list[Pair]:
    return _pairs(published, "place", "place_id") + _pairs(published, "organisation", "org_id")


def _pairs(published: duckdb.DuckDBPyConnection, table: str, key: str) -> list[Pair]:
    """Every name and identifier of a reference table, with the identifier."""
    rows = published.execute(f'SELECT "{key}", name, name_ar FROM "{table}" ORDER BY ALL').fetchall()
    return [(str(name), str(one)) for one, *names in rows for name in (one, *names) if name]
