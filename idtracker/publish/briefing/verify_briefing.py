"""Hold a briefing against the published rows that it stands for, offline: `python verify_briefing.py [PUBLICATION]`.

It needs Python 3.11 and duckdb, and nothing of the program that wrote the briefing; PUBLICATION is a folder, else the one above.
Exit codes: 0 all of it holds · 1 something does not · 2 there is nothing to hold it against. Who changes both and seals them
anew is not found: compare the name of the publication in the last line with the one that was cited to you.
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from html.parser import HTMLParser
from math import exp, hypot, isclose, log
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple
from urllib.parse import unquote

import duckdb

SEAL, DATABASE = "manifest.json", "idtracker.duckdb"
CONTENT = """SELECT count(*), md5(coalesce(string_agg(h, '' ORDER BY h), ''))
    FROM (SELECT md5(CAST(row(*COLUMNS(*)) AS VARCHAR)) AS h FROM {})"""
_ALLOWED = re.compile(  # what may have digits and is no figure: periods, dates, years, identifiers, hashes
    r"\d{4}-Q[1-4]|\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}(:\d{2})?Z?)?|\b\d{1,2} [^\W\d]+ \d{4}\b|\b(19|20)\d{2}\b"
    r"|\b[^\W\d][\w.:/=-]*\d[\w.:/=-]*|\b[0-9a-f]{8,}\b"
)
_BLOCKS, _HEADINGS = {"tr", "p", "li", "summary"}, {"h1", "h2", "h3"}
_SILENT = {"svg", "head", "header", "nav", "footer"}
_NAMED = {"place_id": "place", "indicator_id": "indicator", "org_id": "organisation"}
_UNSAID = {"method": "SELECT root_code FROM method", "score": "SELECT max(period) FROM score"}  # need not be named
_NODES = """SELECT n.key, unnest([n.key, n.value->>'label', label_ar]) FROM method, json_each(definition, '$.dimensions') AS n
    LEFT JOIN codelist ON code = n.key AND scheme LIKE 'dimension%'"""
_CELLS = """sum(r.weight * r.{0}) FROM merged_cell AS c JOIN cell_report AS r USING (indicator_id, place_id, period)
    WHERE r.use = 'USED' AND c.method IN ('SINGLE', 'WEIGHTED_MEAN') AND NOT is_carried AND r.{0} IS NOT NULL GROUP BY 1"""
_METRICS = """CASE unit WHEN '%' THEN 100 ELSE 1 END * numerator / denominator FROM metric_value WHERE value IS NOT NULL
    AND denominator <> 0 AND numerator IS NOT NULL AND unit IN ('%', '0-1', 'points', 'levels', '0-5') AND NOT regexp_matches(measure, '(^|_)p$')"""
is_same = partial(isclose, rel_tol=1e-9, abs_tol=1e-9)
Proved = dict[tuple[str, str], dict[str, float]]


class Source(NamedTuple):
    """The rows in both forms (table -> its place in SQL), the manifest, and the seal of the briefing."""

    connection: duckdb.DuckDBPyConnection
    database: Callable[[str], str]
    parquet: Callable[[str], str]
    manifest: Mapping[str, Any]
    seal: Mapping[str, Any]

    def rows(self, sql: str, *values: Any) -> list[Any]:
        return list(self.connection.execute(sql, values).fetchall())

    def has(self, *tables: str) -> bool:
        return all(self.manifest["tables"].get(table, {"rows": 0})["rows"] for table in tables)

    def path(self, table: str) -> str:
        texts = [f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in self.seal["keys"][table]["key"]]
        parts = (f"CASE {text} WHEN '' THEN '-' WHEN '-' THEN '%2D' ELSE url_encode({text}) END" for text in texts)
        return f"concat_ws('/', '{table}', {', '.join(parts)})"

    def cells(self, table: str, column: str) -> dict[str, list[Any]]:
        """Path of a row -> its cell in a column, and others where several rows have one key; empty without such a column."""
        columns = {row[0] for row in self.rows(f"DESCRIBE {table}")} if self.has(table) else set()
        now = "WHERE recorded_to IS NULL" if {"fact_id", "recorded_to"} <= columns else ""
        sql = f'SELECT {self.path(table)}, list("{column}") FROM {self.database(table)} {now} GROUP BY 1'
        return dict(self.rows(sql)) if column in columns else {}


class Page(HTMLParser):
    """What is printed on a page: figures, each with the texts around it, the nearest first, and texts that may hide one."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.name, self.printed, self.texts = name, list[tuple[dict[str, str], list[list[str]]]](), list[str]()
        self._open, self._heads, self._column = list[str](), list[list[str]](), -1
        self._block, self._section, self._caption = list[str](), list[str](), list[str]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HEADINGS:
            self._section = []
        elif tag in ("caption", "figcaption"):
            self._heads, self._caption = [], []
            self._block = self._caption
        elif tag in _BLOCKS and "tr" not in self._open:
            self._block, self._column = [], -1
        elif tag in ("td", "th"):
            self._column += 1
            self._heads += [[]] if "thead" in self._open else []
        elif tag == "data":
            above = [*self._heads[self._column :][:1], self._caption] if "table" in self._open else []
            given = {"text": ""} | {name: value or "" for name, value in attrs}
            self.printed.append((given, [self._block, *above, self._section]))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, text: str) -> None:
        tags = set(self._open)
        if "data" in tags:
            self.printed[-1][0]["text"] += text
        elif text.strip() and not tags & _SILENT:
            is_head = "thead" in tags and self._heads
            (self._heads[-1] if is_head else self._section if tags & _HEADINGS else self._block).append(text)
            self.texts += [] if is_head or tags & _HEADINGS else [text.strip()]


def sealed(seal: Mapping[str, Any]) -> str:
    """The hash over everything else in a seal, or in another document."""
    rest = {name: value for name, value in seal.items() if name != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def check_files(folder: Path, seal: Mapping[str, Any]) -> Iterator[str]:
    """Files of the briefing that are not those it was sealed with, or a seal that was changed."""
    paths = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"}
    hashes = {name: hashlib.sha256(p.read_bytes()).hexdigest() for name, p in sorted(paths.items())}
    stated, hashes[SEAL] = seal["files"] | {SEAL: seal["seal"]}, sealed(seal)
    other = sorted({name for name, _ in {*hashes.items()} ^ {*stated.items()}})
    yield from (f"{name}: this file was changed, added or removed" for name in other)


def check_tables(source: Source) -> Iterator[str]:
    """A manifest that is not the one of the briefing, and tables whose rows, in either form, are not those it states."""
    manifest, stated = source.manifest, source.seal["publication"]
    hashes = {table: entry["hash"] for table, entry in manifest["tables"].items() if entry["hash"] is not None}
    versions = {name: version for name, version in manifest["versions"].items() if name != "model"}
    content = hashlib.sha256(json.dumps([hashes, manifest["notice"], versions]).encode()).hexdigest()
    if stated["manifest"] != sealed(manifest) or content != manifest["content"]:
        yield f"manifest of the publication: it is not the one of {stated['content'][:12]}, from which this was written"
    for table, entry in manifest["tables"].items():
        expected = (entry["rows"], entry["hash"] or stated["logs"].get(table))
        for form, place in (("database", source.database(table)), ("Parquet", source.parquet(table))):
            if source.rows(CONTENT.format(place))[0] != expected:
                yield f"{table}, {form}: its rows are not the {expected[0]} that the manifest states"


def fault_of(printed: Mapping[str, str], value: Any) -> str:
    """What is wrong with a printed number that stands for a value; empty where nothing is."""
    text, stated = printed["text"].strip(), printed.get("value", "")
    if value is None:
        return "" if not stated and not re.search(r"\d", text) else "there is no published value"
    if not stated or not is_same(float(stated), value):
        return f"its value is {stated or 'missing'}, published is {value!r}"
    shown = re.sub(r"^-(?=0(\.0*)?$)", "", f"{float(value):.{int(printed.get('data-digits') or 0)}f}")
    return "" if text == shown else f"{value!r} is {shown}"


def check_printed(source: Source, pages: Iterable[Page], proved: Proved, told: dict[str, int]) -> Iterator[str]:
    """Figures and counts that are not what is published, or that are named otherwise; counted by how they are proved."""
    names, cells = Names(source), dict[tuple[str, str], dict[str, list[Any]]]()
    for name, one, around in ((page.name, *both) for page in pages for both in page.printed):
        path, _, column = one.get("data-address", "").partition("@")[0].partition("#")
        table, *parts = path.split("/") if path else [one.get("data-table", "")]
        listed, key = source.seal["keys"].get(table, {"key": [], "main": ""}), dict[str, Any]()
        fault, proof, column = "there is no such row, or it has no name", "nothing", column or listed["main"]
        if one.get("class") == "count" and table in source.manifest["tables"]:
            key = json.loads(one.get("data-where") or "{}")
            tests = [f'CAST("{column}" AS VARCHAR) IS NOT DISTINCT FROM ?' for column in key]
            sql = f"SELECT count(*) FROM {source.database(table)} WHERE {' AND '.join(tests) or 'true'}"
            fault, proof = fault_of(one, source.rows(sql, *key.values())[0][0]), "counted"
        elif one.get("class") == "figure" and 0 < len(parts) == len(listed["key"]):
            cells[table, column] = cells.get((table, column)) or source.cells(table, column)
            if len(values := cells[table, column].get(path, [])) == 1:
                key = dict(zip(listed["key"], map(unquote, parts), strict=True))
                proof = "recomputed" if path in proved.get((table, column), ()) else f"{table}#{column}"
                fault = fault_of(one, values[0])
        told[proof] = told.get(proof, 0) + 1
        if fault := fault or names.fault(around, key):
            yield f"{name}: {path or f'count of {table}'}, printed `{one['text'].strip()}`: {fault}"


class Names:
    """Names and identifiers by which texts name places, indicators, organisations and nodes; quarters name themselves."""

    def __init__(self, source: Source) -> None:
        known = [(c, t, f"SELECT {c}, unnest([{c}, name, name_ar]) FROM {t}") for c, t in _NAMED.items()]
        known.append(("node_code", "method", _NODES))
        rows = [(kind, *row) for kind, table, sql in known if source.has(table) for row in source.rows(sql)]
        self._about: dict[str, set[tuple[str, str]]] = {}
        for kind, key, name in rows:
            self._about.setdefault(name or key, set()).add((kind, key))
        self._kinds = {key: kind for kind, key, _ in rows}
        self._unsaid = {row[0] for table, sql in _UNSAID.items() if source.has(table) for row in source.rows(sql)}
        listed = "|".join(re.escape(name) for name in sorted(self._about, key=len, reverse=True) if len(name) > 2)
        self.pattern = re.compile(rf"(?<!\w)(?:{listed}|\d{{4}}-Q[1-4])(?!\w)")

    def fault(self, around: Iterable[Iterable[str]], key: Mapping[str, str | None]) -> str:
        """The nearest text that names a thing of a kind in the key names another one; empty where none does."""
        parts = [*key.items(), *((self._kinds.get(part), part) for part in re.split("[=;]", key.get("scope") or ""))]
        names = [self.pattern.findall(" ".join(text)) for text in around]
        near = [[n for name in text for n in self._about.get(name, {("period", name)})] for text in names]
        for kind, part in parts:
            named = [{other for of, other in text if of == kind} for text in near]
            known = set().union(*named) if kind == "period" else next(filter(None, named), set())
            known = known - {word for k, text in key.items() if k != kind for word in re.split("[=; ]", str(text))}
            known |= self._unsaid if bool(known) == (kind == "period") and kind in ("period", "node_code") else set()
            if known and part not in known:
                return f"beside it stands {', '.join(sorted(map(str, known)))}"
        return ""


def check_texts(source: Source, pages: Iterable[Page]) -> Iterator[str]:
    """Numbers that stand where figures do and are none; texts of published rows may have digits."""
    names, words = Names(source).pattern, re.compile("|".join(map(re.escape, source.seal["wording"])) or "(?!)")
    bare = {text: page.name for page in pages for text in page.texts if re.search(r"\d", text)}
    left = [text for text in bare if re.search(r"\d", _ALLOWED.sub("", names.sub("", words.sub("", text))))]
    for table in source.manifest["tables"] if left else ():
        texts = source.rows(f"SELECT column_name FROM (DESCRIBE {table}) WHERE column_type = 'VARCHAR'")
        known = " OR ".join(f'(t IN (SELECT "{column}" FROM {table}))' for (column,) in texts) or "false"
        same = source.rows(f"SELECT t FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS t) WHERE {known}", left)
        left = [text for text in left if (text,) not in same or re.fullmatch(r"[\d.]+", text)]
    yield from (f"{bare[text]}: unproved, a number that is no figure: `{text}`" for text in left)


def check_csv(folder: Path, source: Source) -> Iterator[str]:
    """Files with rows that are not those of the query that they were written from."""
    for name in sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")):
        sql = source.seal["csv"].get(name, "SELECT NULL AS nobody_says_which_rows_these_are")
        types = {row[0]: row[1] for row in source.rows(f"DESCRIBE {sql}")}
        lines = f"FROM read_csv('{(folder / name).as_posix()}', types = {types}, allow_quoted_nulls = false)"
        both = f"(({lines} EXCEPT ALL ({sql})) UNION ALL (({sql}) EXCEPT ALL {lines}))"
        if other := source.rows(f"SELECT count(*) FROM {both}")[0][0]:
            yield f"{name}: {other} lines are not published, or are missing"


def recompute(source: Source, proved: Proved) -> Iterator[str]:
    """Published values that do not follow from the rows below them; `proved` gets those that do."""
    rules = [("merged_cell", column, "cell_report", _CELLS.format(column)) for column in ("value", "score")]
    for table, column, below, sql in (("metric_value", "value", "metric_value", _METRICS), *rules):
        if source.has(table, below):
            proved[table, column] = dict(source.rows(f"SELECT {source.path(table)}, {sql}"))
    for column, path, value in scores_of(source) if source.has("score", "merged_cell", "indicator", "method") else ():
        proved.setdefault(("score", column), {})[path] = value
    for (table, column), values in proved.items():
        for path, cells in source.cells(table, column).items():
            if path in values and (cells[0] is None or not is_same(cells[0], values[path])):
                yield f"{path}#{column}: published is {cells[0]!r}, its rows give {values[path]!r}"


def scores_of(source: Source) -> Iterator[tuple[str, str, float]]:
    """Score, low and high of every node, from its children, their errors and the weights of the method."""
    definition = source.rows("SELECT any_value(definition) FROM method WHERE role = 'headline'")[0][0] or "{}"
    method = {"dimensions": {}, "floor": 0.0, "interval_level": 0.0, "root": ""} | json.loads(definition)
    weights = dict(source.rows("SELECT indicator_id, weight FROM indicator"))
    weights |= {code: node["weight"] for code, node in method["dimensions"].items()}
    z = round(NormalDist().inv_cdf((1 + method["interval_level"]) / 2), 3)
    cells = source.rows("SELECT indicator_id, place_id, period, score, score_error FROM merged_cell WHERE score >= 0")
    known = {(code, place, period): (score, error or 0.0) for code, place, period, score, error in cells}
    listed = f"{source.path('score')}, place_id, period, node_code, aggregation = 'geometric', effective_weights"
    sql = f"SELECT {listed} FROM score WHERE aggregation IN ('arithmetic', 'geometric') ORDER BY node_code = ?"
    for path, *of, node, is_product, stated in source.rows(sql, method["root"]):
        codes = list(json.loads(stated or "{}"))
        if codes and all((code, *of) in known and code in weights for code in codes):
            total, least = sum(weights[code] for code in codes), method["floor"] if is_product else 0.0
            terms = [(weights[code] / total, max(known[code, *of][0], least), known[code, *of][1]) for code in codes]
            mean = sum(share * (log(score) if is_product else score) for share, score, _ in terms)
            mean = round(exp(mean) if is_product else mean, 9)
            half = hypot(*(share * error * (mean / score if is_product else 1) for share, score, error in terms))
            known[node, *of] = mean, half
            bounds = (max(0.0, mean - z * half), min(100.0, mean + z * half))
            yield from zip(("score", "low", "high"), (path,) * 3, (mean, *bounds), strict=True)


def main(folder: Path, place: Path) -> int:
    """Check a briefing against the publication at a place; prints what does not hold. Returns the exit code."""
    try:
        seal, manifest = (json.loads((where / SEAL).read_text("utf-8")) for where in (folder, place))
        connection = duckdb.connect(str(place / DATABASE), read_only=True)
    except (OSError, ValueError, duckdb.Error) as problem:
        print(f"There is nothing to hold the briefing against: {problem}")
        return 2
    parquet = f"read_parquet('{place.as_posix()}/parquet/{{}}.parquet')".format
    source = Source(connection, '"{}"'.format, parquet, manifest, seal)
    pages = [Page(p.relative_to(folder).as_posix(), p.read_text("utf-8")) for p in sorted(folder.rglob("*.html"))]
    told, proved = {"recomputed": 0, "counted": 0}, Proved()
    checks = [check_files(folder, seal), check_tables(source), recompute(source, proved), check_csv(folder, source)]
    checks += [check_printed(source, pages, proved, told), check_texts(source, pages)]
    problems = list[str]()
    try:
        problems.extend(problem for check in checks for problem in check)
    except (duckdb.Error, ValueError, KeyError, TypeError, AttributeError) as problem:
        problems.append(f"something cannot be read, and what follows was not checked: {problem}")
    alone = [f"held against their rows alone: {n} of {proof}" for proof, n in sorted(told.items()) if "#" in proof]
    figures = f"{sum(told.values())} figures ({told.get('recomputed')} recomputed, {told.get('counted')} counted again)"
    verdict = f"{len(problems)} things do not hold" if problems else "all of it holds"
    name = f"publication {manifest['as_of'][:10]}-{manifest['content'][:12]}"
    print(*problems, *alone, f"{verdict}, {name}: {len(pages)} pages, {figures}", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(own := Path(__file__).resolve().parent, Path(*sys.argv[1:2] or [str(own.parent)])))
