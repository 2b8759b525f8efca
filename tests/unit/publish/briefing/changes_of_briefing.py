"""Changes of a sealed briefing and its publication, one kind each, by a seeded generator; each says what it did."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from random import Random
from typing import Any

from sealed_briefing import CSV, TABLES, Briefing

from idtracker.model.published.figure_address import address_of

Change = Callable[[Briefing, Random], str]
PAGE = "index.html"
_FIGURE = re.compile(r'<data class="figure" data-address="([^"]*)" data-digits="(\d)" value="([^"]*)">([^<]*)</data>')
_COUNT = re.compile(r'<data class="count" data-table="score" data-where="([^"]*)" value="(\d+)">\d+</data>')


def _replace(made: Briefing, match: re.Match[str], text: str) -> str:
    """One piece of the page is another one, and everything is sealed anew: the writer itself was wrong."""
    page = made.files[PAGE]
    made.files[PAGE] = page[: match.start()] + text + page[match.end() :]
    made.seal_anew()
    return f"{match[0]} -> {text}"


def _figure(made: Briefing, random: Random) -> re.Match[str]:
    return random.choice(list(_FIGURE.finditer(made.files[PAGE])))


def _data(address: str, digits: str, value: str, text: str) -> str:
    return f'<data class="figure" data-address="{address}" data-digits="{digits}" value="{value}">{text}</data>'


def other_text(made: Briefing, random: Random) -> str:
    """One digit of a printed figure."""
    match = _figure(made, random)
    place = random.choice([i for i, sign in enumerate(match[4]) if sign.isdigit()])
    digit = random.choice([d for d in "0123456789" if d != match[4][place]])
    return _replace(made, match, _data(*match.groups()[:3], match[4][:place] + digit + match[4][place + 1 :]))


def other_value(made: Briefing, random: Random) -> str:
    """The exact value behind a figure, by little or much; what is printed stays."""
    match = _figure(made, random)
    value = float(match[3]) * (1 + random.choice([-1, 1]) * 10 ** random.uniform(-8, 1))
    return _replace(made, match, _data(match[1], match[2], repr(value), match[4]))


def other_figure(made: Briefing, random: Random) -> str:
    """Text and value alike."""
    match = _figure(made, random)
    value = float(match[3]) + random.choice([-1, 1]) * random.uniform(1e-6, 30)
    return _replace(made, match, _data(match[1], match[2], repr(value), f"{value:.{match[2]}f}"))


def other_address(made: Briefing, random: Random) -> str:
    """The address of another row of the same table, which may have the same value."""
    match = _figure(made, random)
    path, _, column = match[1].partition("#")
    others = {m[1].partition("#")[0] for m in _FIGURE.finditer(made.files[PAGE])} - {path}
    same = sorted(o for o in others if o.partition("/")[0] == path.partition("/")[0] and _about(o) != _about(path))
    address = random.choice(same) + (f"#{column}" if column else "")
    return _replace(made, match, _data(address, *match.groups()[1:]))


def same_value_elsewhere(made: Briefing, random: Random) -> str:
    """The address of another row that has the very same value: only the words beside it tell."""
    known = list(_FIGURE.finditer(made.files[PAGE]))
    alike: dict[tuple[str, ...], list[re.Match[str]]] = {}
    for match in known:
        alike.setdefault((match[3], match[1].partition("/")[0], match[1].partition("#")[2]), []).append(match)
    pairs = [(a, b) for group in alike.values() for a in group for b in group if _about(a[1]) != _about(b[1])]
    match, other = random.choice(pairs)
    return _replace(made, match, _data(other[1], *match.groups()[1:]))


def _about(address: str) -> str:
    """An address without its quarter: that a figure is of the latest quarter need not stand beside it."""
    return re.sub(r"\d{4}-Q\d", "", address)


def bare_number(made: Briefing, random: Random) -> str:
    """A figure that is no figure any more."""
    match = _figure(made, random)
    return _replace(made, match, random.choice([match[4], "12", "3.5"]))


def other_count(made: Briefing, random: Random) -> str:
    """A count, or the rows that it is of."""
    match = random.choice(list(_COUNT.finditer(made.files[PAGE])))
    count, where = int(match[2]) + random.choice([-2, -1, 1, 5]), json.loads(unescape(match[1]))
    if random.random() < 0.5:
        counted = (unescape(m[1]) for m in _COUNT.finditer(made.files[PAGE]))
        others = {other for other in counted if _about(other) != _about(json.dumps(where))}
        return _replace(made, match, match[0].replace(match[1], escape(random.choice(sorted(others)))))
    return _replace(made, match, re.sub(r'value="\d+">\d+', f'value="{count}">{count}', match[0]))


def _row(made: Briefing, random: Random, tables: list[str]) -> tuple[str, dict[str, Any]]:
    table = random.choice(tables)
    names = [row[0] for row in made.connection.execute(f"DESCRIBE {table}").fetchall()]
    rows = made.connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
    return table, dict(zip(names, random.choice(rows), strict=True))


def _same(row: Mapping[str, Any]) -> tuple[str, list[Any]]:
    return " AND ".join(f"{name} IS NOT DISTINCT FROM ?" for name in row), list(row.values())


def _forms(random: Random, table: str) -> list[str]:
    forms = random.choice([["main"], ["parquet"], ["main", "parquet"]])
    return [f"{form}.{table}" for form in forms]


def other_cell(made: Briefing, random: Random) -> str:
    """A cell of a table in the database, in Parquet, or in both."""
    table, row = _row(made, random, list(TABLES))
    name = random.choice(list(row))
    test, values = _same(row)
    for place in _forms(random, table):
        made.connection.execute(f"UPDATE {place} SET {name} = {_other(row[name])} WHERE {test}", values)
    return f"{table}#{name} of {row}"


def _other(value: Any) -> str:
    """Another value of the same kind, in SQL."""
    if value is None or isinstance(value, str):
        return f"'{value or ''}x'"
    if isinstance(value, bool):
        return str(not value)
    return f"{value!r} + 0.000001" if isinstance(value, float) else "DATE '2020-01-01'"


def other_rows(made: Briefing, random: Random) -> str:
    """A row more or a row less."""
    table, row = _row(made, random, list(TABLES))
    test, values = _same(row)
    sql = random.choice(["DELETE FROM {0} WHERE {1}", "INSERT INTO {0} SELECT * FROM {0} WHERE {1}"])
    for place in _forms(random, table):
        made.connection.execute(sql.format(place, test), values)
    return f"{sql.format(table, row)}"


def all_sealed_anew(made: Briefing, random: Random) -> str:
    """A number that others follow from, in both forms, with manifest and briefing made anew around it."""
    table, row = _row(made, random, ["score", "merged_cell", "metric_value"])
    names = {
        "score": ["score", "low", "high"],
        "merged_cell": ["value", "score"],
        "metric_value": ["value", "numerator"],
    }
    name, (test, values) = random.choice(names[table]), _same(row)
    for form in ("main", "parquet"):
        made.connection.execute(f"UPDATE {form}.{table} SET {name} = {name} + 0.00001 WHERE {test}", values)
    made.state_tables()
    path = escape(str(address_of(table, row, name)))
    for match in [m for m in _FIGURE.finditer(made.files[PAGE]) if m[1] == path]:
        cell = float(row[name]) + 0.00001
        _replace(made, match, _data(match[1], match[2], repr(cell), f"{cell:.{match[2]}f}"))
    made.files |= {file: made.csv(sql) for file, sql in CSV.items()}
    made.seal_anew()
    return f"{table}#{name} of {row}"


def other_manifest(made: Briefing, random: Random) -> str:
    """An entry of the publication's manifest."""
    return _other_leaf(made.manifest, random)


def other_seal(made: Briefing, random: Random) -> str:
    """An entry of the seal."""
    return _other_leaf(made.seal, random)


def _other_leaf(document: dict[str, Any], random: Random) -> str:
    keys = [key for key in document if document[key] not in ({}, [])]
    key = random.choice(keys)
    if isinstance(document[key], dict):
        return f"{key}/{_other_leaf(document[key], random)}"
    document[key] = (
        7 if isinstance(document[key], int) else f"{document[key]}0" if isinstance(document[key], str) else ["x"]
    )
    return key


def other_file(made: Briefing, random: Random) -> str:
    """A file changed, removed or added, and not sealed anew."""
    name, kind = random.choice(sorted(made.files)), random.choice(["changed", "removed", "added"])
    if kind == "added":
        made.files[f"data/{random.randrange(99)}.txt"] = "more"
    elif kind == "removed":
        del made.files[name]
    else:
        made.files[name] += " "
    made.write()
    return f"{name} {kind}"


def other_csv(made: Briefing, random: Random) -> str:
    """A digit of a CSV file, or a whole line."""
    name = random.choice(sorted(CSV))
    lines = made.files[name].split("\r\n")[:-1]
    number = random.randrange(1, len(lines))
    digits = [i for i, sign in enumerate(lines[number]) if sign.isdigit()]
    digits = [i for i in digits if not re.search(r"\.\d{8,}$", lines[number][:i])]  # beyond them it is the same number
    place = random.choice(digits)
    line = lines[number][:place] + str((int(lines[number][place]) + 1) % 10) + lines[number][place + 1 :]
    lines[number : number + 1] = random.choice([[line], [line], [], [lines[number]] * 2])
    made.files[name] = "\r\n".join([*lines, ""])
    made.seal_anew()
    return f"{name}, line {number}"


KINDS: dict[Change, tuple[int, str]] = {
    other_text: (60, "printed"),
    other_value: (50, "printed"),
    other_figure: (50, "printed"),
    other_address: (50, "printed"),
    same_value_elsewhere: (40, "printed"),
    bare_number: (30, "texts"),
    other_count: (30, "printed"),
    other_cell: (50, "tables"),
    other_rows: (30, "tables"),
    all_sealed_anew: (20, "recomputed"),
    other_manifest: (25, "tables"),
    other_seal: (15, "files"),
    other_file: (20, "files"),
    other_csv: (30, "csv"),
}
"""Each kind, how often it is tried, and the check that is expected to find it, which is asked first."""
