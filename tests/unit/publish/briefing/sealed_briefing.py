"""A small publication in memory, in both forms, and a briefing of it on disk: what the program that verifies one is tried on."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from math import exp, log
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from idtracker.model.published.figure_address import address_of
from idtracker.publish.briefing.proof import hashes_of, seal_of
from idtracker.publish.briefing.verify_briefing import CONTENT, Source, sealed

PLACES = {"JO": "Jordan", "JO-AM": "Amman", "JO-IR": "Irbid", "JO-MA": "Mafraq", "JO-AQ": "Aqaba"}
INDICATORS = {"SAFE-A": ("SAFE", 2.0), "SAFE-B": ("SAFE", 1.0), "FAIR-A": ("FAIR", 1.0), "FAIR-B": ("FAIR", 1.0)}
NODES = {"SAFE": "Safe streets", "FAIR": "Fair courts"}
PERIODS = ("2026-Q2", "2026-Q3")
CSV = {
    "data/scores.csv": "SELECT * FROM score ORDER BY ALL",
    "data/metrics.csv": "SELECT * FROM metric_value ORDER BY ALL",
}
TABLES = {
    "place": "place_id VARCHAR, name VARCHAR, name_ar VARCHAR",
    "indicator": "indicator_id VARCHAR, name VARCHAR, name_ar VARCHAR, weight DOUBLE",
    "codelist": "scheme VARCHAR, code VARCHAR, label_en VARCHAR, label_ar VARCHAR",
    "method": "role VARCHAR, root_code VARCHAR, definition VARCHAR",
    "cell_report": "indicator_id VARCHAR, place_id VARCHAR, period VARCHAR, org_id VARCHAR, origin VARCHAR, value DOUBLE, "
    "score DOUBLE, weight DOUBLE, use VARCHAR",
    "merged_cell": "indicator_id VARCHAR, place_id VARCHAR, period VARCHAR, value DOUBLE, score DOUBLE, score_error DOUBLE, "
    "method VARCHAR, is_carried BOOLEAN",
    "score": "place_id VARCHAR, period VARCHAR, node_code VARCHAR, score DOUBLE, low DOUBLE, high DOUBLE, aggregation VARCHAR, "
    "effective_weights VARCHAR",
    "metric_value": "metric_id VARCHAR, measure VARCHAR, scope VARCHAR, period VARCHAR, value DOUBLE, unit VARCHAR, numerator DOUBLE, "
    "denominator DOUBLE, as_of_on DATE",
    "run": "run_id VARCHAR, outcome VARCHAR",
}
LOG = "run"
Row = dict[str, Any]


class RememberingSource(Source):
    """Answers each query once: for briefings of tables that do not change."""

    answers: dict[str, list[Any]] = {}  # noqa: RUF012

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Rows of a query, as they were the first time."""
        key = f"{sql} {values}"
        if key not in self.answers:
            self.answers[key] = super().rows(sql, *values)
        return self.answers[key]


@dataclass
class Briefing:
    """Rows of a publication, its manifest, and the files of a briefing by their names; `folder` is where they are written."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    rows: dict[str, list[Row]]
    manifest: dict[str, Any] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    seal: dict[str, Any] = field(default_factory=dict)

    has_tables_unchanged: bool = False

    @property
    def source(self) -> Source:
        kind = RememberingSource if self.has_tables_unchanged else Source
        return kind(self.connection, "main.{}".format, "parquet.{}".format, self.manifest, self.seal)

    def state_tables(self) -> None:
        """The manifest of the tables as they are in the database."""
        entries = {t: self.connection.execute(CONTENT.format(t)).fetchall()[0] for t in TABLES}
        self.logs = {LOG: entries[LOG][1]}
        tables = {t: {"rows": rows, "hash": None if t == LOG else content} for t, (rows, content) in entries.items()}
        known = [
            {t: entry["hash"] for t, entry in tables.items() if entry["hash"]},
            "Invented figures",
            {"method": "M-1"},
        ]
        content = sha256(json.dumps(known).encode()).hexdigest()
        self.manifest = {"audience": "hmg", "notice": known[1], "as_of": "2026-11-15T00:00:00", "content": content}
        self.manifest |= {"tables": tables, "versions": {"method": "M-1", "model": "1"}}

    def write(self) -> None:
        """The files as they are now, and nothing else."""
        for path in [p for p in self.folder.rglob("*") if p.is_file()]:
            if path.relative_to(self.folder).as_posix() not in self.files:
                path.unlink()
        for name, text in self.files.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_bytes(text.encode())

    def seal_anew(self) -> None:
        """A seal over everything as it is now."""
        self.write()
        self.seal = seal_of(self.manifest, self.logs, hashes_of(self.folder), CSV, ["90 %"])

    def csv(self, sql: str) -> str:
        """The rows of a query as they are now."""
        return _csv(self.connection, sql)

    @contextmanager
    def trial(self) -> Iterator[Briefing]:
        """A copy to change; the tables are as before afterwards."""
        self.connection.execute("BEGIN")
        try:
            yield copy.copy(self)._own()
        finally:
            self.connection.execute("ROLLBACK")

    def _own(self) -> Briefing:
        self.manifest, self.seal, self.files = copy.deepcopy(self.manifest), copy.deepcopy(self.seal), dict(self.files)
        return self


def make_briefing(folder: Path) -> Briefing:
    """The same publication and briefing each time."""
    connection, rows = duckdb.connect(), _rows(Random(15))
    connection.execute("CREATE SCHEMA parquet")
    for table, columns in TABLES.items():
        for schema in ("main", "parquet"):
            connection.execute(f"CREATE TABLE {schema}.{table} ({columns})")
            marks = ", ".join("?" for _ in rows[table][0])
            connection.executemany(
                f"INSERT INTO {schema}.{table} VALUES ({marks})", [list(r.values()) for r in rows[table]]
            )
    made = Briefing(connection, folder, rows)
    made.state_tables()
    made.files = {
        "index.html": _page(rows),
        **{name: _csv(connection, sql) for name, sql in CSV.items()},
        "style.css": "p {}",
    }
    made.seal_anew()
    return made


def _rows(random: Random) -> dict[str, list[Row]]:
    """Rows of every table. Values stand on a coarse grid, so that rows often share one."""
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    rows["place"] = [{"place_id": p, "name": name, "name_ar": None} for p, name in PLACES.items()]
    rows["indicator"] = [
        {"id": i, "name": f"Question {i}", "ar": None, "weight": w} for i, (_, w) in INDICATORS.items()
    ]
    rows["codelist"] = [{"scheme": "dimension", "code": "SAFE", "en": "Safe streets", "ar": "شوارع آمنة"}]
    rows["run"] = [{"run_id": "r1", "outcome": "done"}]
    nodes = {node: {"label": label, "weight": 0.5} for node, label in NODES.items()}
    definition = {"root": "ALL", "floor": 1.0, "interval_level": 0.9, "dimensions": nodes}
    rows["method"] = [{"role": "headline", "root_code": "ALL", "definition": json.dumps(definition)}]
    for period in PERIODS:
        for place in PLACES:
            _place(rows, random, place, period)
    return rows


def _place(rows: dict[str, list[Row]], random: Random, place: str, period: str) -> None:
    """Reports, cells, scores and a metric of one place and quarter."""
    of = {"place_id": place, "period": period}
    nodes: dict[str, tuple[float, float]] = {}
    for node in NODES:
        mean = square = 0.0
        codes = {code: weight for code, (own, weight) in INDICATORS.items() if own == node}
        for code, weight in codes.items():
            reports = [float(random.randrange(30, 70, 10)) for _ in range(2)]
            for number, value in enumerate(reports):
                told = {"indicator_id": code, **of, "org_id": f"ORG-{number}", "origin": None}
                rows["cell_report"].append(told | {"value": value, "score": 100 - value, "weight": 0.5, "use": "USED"})
            value, share = sum(reports) / 2, weight / sum(codes.values())
            cell = {"indicator_id": code, **of, "value": value, "score": 100 - value, "score_error": 4.0}
            rows["merged_cell"].append(cell | {"method": "WEIGHTED_MEAN", "is_carried": False})
            mean, square = mean + share * (100 - value), square + (share * 4.0) ** 2
        nodes[node] = mean, square**0.5
        rows["score"].append(
            _score(
                of, node, *nodes[node], "arithmetic", {c: round(w / sum(codes.values()), 12) for c, w in codes.items()}
            )
        )
    root = exp(sum(0.5 * log(mean) for mean, _ in nodes.values()))
    error = root * sum((0.5 * error / mean) ** 2 for mean, error in nodes.values()) ** 0.5
    rows["score"].append(_score(of, "ALL", root, error, "geometric", dict.fromkeys(nodes, 0.5)))
    share = {"value": 40.0, "unit": "%", "numerator": 2.0, "denominator": 5.0, "as_of_on": "2026-11-01"}
    rows["metric_value"].append(
        {"metric_id": "IM-02", "measure": "value", "scope": f"place={place}", "period": period, **share}
    )


def _score(of: Row, node: str, mean: float, error: float, aggregation: str, weights: dict[str, float]) -> Row:
    bounds = {"score": round(mean, 9), "low": mean - 1.645 * error, "high": mean + 1.645 * error}
    return {**of, "node_code": node, **bounds, "aggregation": aggregation, "effective_weights": json.dumps(weights)}


def figure(table: str, row: Row, column: str, digits: int = 1) -> str:
    """A published cell as a page prints it."""
    address = escape(str(address_of(table, row, column)))
    value = row[column]
    return f'<data class="figure" data-address="{address}" data-digits="{digits}" value="{value!r}">{value:.{digits}f}</data>'


def _count(rows: list[Row], table: str, where: Row) -> str:
    count = sum(all(row[name] == value for name, value in where.items()) for row in rows)
    return f'<data class="count" data-table="{table}" data-where="{escape(json.dumps(where))}" value="{count}">{count}</data>'


def _page(rows: dict[str, list[Row]]) -> str:
    """A table of scores for each quarter and node, and sentences about cells, metrics and counts."""
    parts = ["<!DOCTYPE html><html><head><title>7 pages</title></head><body><h1>Where things stand</h1>"]
    for period in PERIODS:
        parts.append(f"<h2>{period}</h2><p>Intervals: <b>90 %</b></p>")
        for node, label in {"ALL": "Everything", **NODES}.items():
            lines = [r for r in rows["score"] if (r["period"], r["node_code"]) == (period, node)]
            cells = ["".join(f"<td>{figure('score', r, c)}</td>" for c in ("score", "low", "high")) for r in lines]
            body = "".join(f"<tr><th>{PLACES[r['place_id']]}</th>{c}</tr>" for r, c in zip(lines, cells, strict=True))
            heads = "".join(f"<th>{head}</th>" for head in ("Place", "Score", "Low", "High"))
            parts.append(
                f"<figure><figcaption>{label}</figcaption><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></figure>"
            )
        for row in (r for r in rows["merged_cell"] if r["period"] == period):
            name = f"Question {row['indicator_id']} in {PLACES[row['place_id']]}"
            parts.append(f"<p>{name}: {figure('merged_cell', row, 'value', 2)}.</p>")
        for row in (r for r in rows["metric_value"] if r["period"] == period):
            place = PLACES[row["scope"].removeprefix("place=")]
            parts.append(
                f"<ul><li>IM-02 in {place}: {figure('metric_value', row, 'value', 0)}<span>&nbsp;%</span></li></ul>"
            )
        for place, name in list(PLACES.items())[:3]:
            parts.append(
                f"<p>{name} has {_count(rows['score'], 'score', {'period': period, 'place_id': place})} scores.</p>"
            )
    return "".join([*parts, f"<footer>Publication 2026-11-15, seal of {sealed({})[:4]}</footer></body></html>"])


def _csv(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    result = connection.execute(sql)
    lines = [[column[0] for column in result.description or ()], *result.fetchall()]
    return "".join(",".join(_field(cell) for cell in line) + "\r\n" for line in lines)


def _field(cell: object) -> str:
    text = (
        "" if cell is None else cell if isinstance(cell, str) else repr(cell) if isinstance(cell, float) else str(cell)
    )
    return '"' + text.replace('"', '""') + '"' if '"' in text or "," in text else text
