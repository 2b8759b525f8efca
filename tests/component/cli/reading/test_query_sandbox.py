"""No query reads or writes anything but the publication that it asks: through the command, Python and an assistant, now and in the past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import idtracker
from idtracker.model.errors import UsageError
from idtracker.publish.assistant.answers import Assistance
from tests.support.cli_programme import Program

HIDDEN, PAST = "zebra falcon", "2026-01-31"
READING = {
    "text": "SELECT content FROM read_text('{text}')",
    "blob": "SELECT content::VARCHAR FROM read_blob('{text}')",
    "csv": "SELECT * FROM read_csv('{csv}')",
    "csv as a text": "SELECT * FROM read_csv_auto('{csv}', header = false)",
    "csv by name": "SELECT * FROM '{csv}'",
    "parquet": "SELECT * FROM read_parquet('{parquet}')",
    "parquet by name": "SELECT * FROM '{parquet}'",
    "parquet through a link": "SELECT * FROM '{link}'",
    "parquet from a list": "SELECT * FROM parquet_scan(['{parquet}'])",
    "schema of parquet": "SELECT * FROM parquet_schema('{parquet}')",
    "json": "SELECT * FROM read_json('{json}')",
    "lines of json": "SELECT * FROM read_ndjson_objects('{json}')",
    "columns of a csv": "SELECT columns::VARCHAR FROM sniff_csv('{csv}')",
    "folder": "SELECT * FROM glob('{folder}/*')",
    "inner": "SELECT (SELECT max(content) FROM read_text('{text}'))",
    "named first": "WITH a AS (FROM read_text('{text}')) SELECT content FROM a",
    "in a subquery": "SELECT 1 WHERE EXISTS (FROM read_text('{text}') WHERE content LIKE '%zebra%')",
    "text of sql": "SELECT * FROM query('SELECT content FROM read_te' || 'xt(''{text}'')')",
    "table by text": "SELECT * FROM query_table('{parquet}')",
    "pivoted": "PIVOT (SELECT content, 1 AS n FROM read_text('{text}')) ON n USING max(content)",
    "explained": "EXPLAIN ANALYZE SELECT content FROM read_text('{text}')",
}
"""Each of them reads what is hidden, or how it is called, where nothing holds the engine back."""
OTHERS = {
    "attach a store": "ATTACH '{store}' AS other",
    "attach another publication": "ATTACH '{other}' AS other (READ_ONLY)",
    "attach sqlite": "ATTACH '{folder}/a.sqlite' AS other (TYPE sqlite)",
    "attach postgres": "ATTACH 'host=localhost' AS other (TYPE postgres)",
    "database by name": "SELECT * FROM '{other}'",
    "sqlite": "SELECT * FROM sqlite_scan('{folder}/a.sqlite', 'a')",
    "network": "SELECT * FROM 'https://localhost:1/a.parquet'",
    "bucket": "SELECT * FROM read_parquet('s3://a/b.parquet')",
    "copy to": "COPY (SELECT 1) TO '{folder}/new.csv'",
    "copy from": "COPY score FROM '{csv}'",
    "export": "EXPORT DATABASE '{folder}/new'",
    "import": "IMPORT DATABASE '{folder}'",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "set": "SET enable_external_access = true",
    "reset": "RESET lock_configuration",
    "pragma": "PRAGMA database_list",
    "pragma as a table": "SELECT * FROM pragma_database_list",
    "call": "CALL duckdb_settings()",
    "settings": "SELECT * FROM duckdb_settings()",
    "one setting": "SELECT current_setting('temp_directory')",
    "variable of the shell": "SELECT getenv('HOME')",
    "secrets": "SELECT * FROM duckdb_secrets()",
    "new secret": "CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "where files lie": "SELECT path FROM duckdb_databases()",
    "where files lie, explained": "EXPLAIN ANALYZE SELECT path FROM duckdb_databases()",
    "macro": "CREATE MACRO a() AS TABLE SELECT * FROM read_text('{text}')",
    "view": "CREATE TEMP VIEW a AS SELECT * FROM read_text('{text}')",
    "table": "CREATE TABLE memory.main.a AS SELECT 1",
    "insert": "INSERT INTO score SELECT * FROM score",
    "insert, explained": "EXPLAIN ANALYZE INSERT INTO score SELECT * FROM score",
    "delete": "DELETE FROM metric_value",
    "use": "USE memory",
    "detach": "DETACH published",
    "variable of Python": "SELECT * FROM hidden_frame",
    "memory of Python": "SELECT * FROM pandas_scan(1, 2)",
    "memory of Arrow": "EXPLAIN ANALYZE SELECT * FROM arrow_scan(1, 2, 3)",
    "two statements": "SELECT 1; COPY (SELECT 1) TO '{folder}/new.csv'",
    "prepared": "PREPARE a AS SELECT 1",
    "log": "SELECT * FROM duckdb_logs",
    "nothing": "",
}
BY_COMMAND = (
    "text",
    "parquet through a link",
    "text of sql",
    "pivoted",
    "attach another publication",
    "where files lie",
    "macro",
)
"""Through the command one in a few: it runs them as Python does, and every call costs a start."""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What a query shall not reach: files with what is hidden, a publication of somebody else, a link into it."""
    folder = tmp_path_factory.mktemp("hidden")
    paths = {"folder": folder, **{name: folder / f"{HIDDEN}.{name}" for name in ("text", "csv", "json", "parquet")}}
    paths["text"].write_text(HIDDEN, "utf-8")
    paths["csv"].write_text(f"{HIDDEN}\n{HIDDEN}\n", "utf-8")
    paths["json"].write_text(f'{{"a": "{HIDDEN}"}}\n', "utf-8")
    pd.DataFrame({HIDDEN: [HIDDEN]}).to_parquet(paths["parquet"])
    paths["link"] = folder / "link.parquet"
    paths["link"].symlink_to(paths["parquet"])
    paths["other"] = folder / "idtracker.duckdb"
    with closing(duckdb.connect(str(paths["other"]))) as other:
        other.execute(f"CREATE TABLE a AS SELECT '{HIDDEN}' AS b")
    return paths


@pytest.mark.parametrize("way", READING)
def test_each_way_of_reading_leads_there_where_nothing_is_in_the_way(places: dict[str, Path], way: str) -> None:
    with closing(duckdb.connect()) as free:
        rows = free.sql(READING[way].format(**places)).fetchall()
    assert HIDDEN in str(rows) or rows == [(1,)]


Ask = Callable[[str], object]


@pytest.fixture(scope="module", params=["Python", "Python, past", "assistant", "assistant, past"])
def ask(request: pytest.FixtureRequest, prepared: object) -> Iterator[Ask]:
    home, at = prepared.home, PAST if "past" in request.param else None  # type: ignore[attr-defined]
    if "Python" in request.param:
        with idtracker.open(home.root) as now, now.as_known_at(PAST) if at else now as tracker:
            yield tracker.sql
    else:
        assistance = Assistance(home, "hmg")
        yield lambda sql: assistance.query(sql, 10, at)
        assistance.close()


def test_nothing_leads_out_of_the_publication(ask: Ask, prepared: object, places: dict[str, Path]) -> None:
    hidden_frame = pd.DataFrame({"a": [HIDDEN]})
    known = {**places, "store": prepared.home.store}  # type: ignore[attr-defined]
    assert "9" in str(ask("SELECT 4 + 5 AS a FROM score LIMIT 1")), "what may be asked is answered"
    before = sorted(places["folder"].iterdir())
    answered = []
    for name, sql in (READING | OTHERS).items():
        try:
            answered.append((name, ask(sql.format(**known))))
        except UsageError as problem:
            said = str(problem).replace(HIDDEN, "", sql.format(**known).count(HIDDEN))
            assert HIDDEN not in said and "/root/" not in said, name
    assert answered == []
    assert sorted(places["folder"].iterdir()) == before
    assert len(READING) + len(OTHERS) >= 60 and len(hidden_frame) == 1
    assert "9" in str(ask("SELECT 4 + 5 AS a FROM score LIMIT 1")), "and still is"


def test_nothing_that_the_engine_tells_of_itself_names_a_place(ask: Ask, prepared: object) -> None:
    """Every view and every function without arguments that it has, as far as they may be asked for."""
    with closing(duckdb.connect()) as free:
        views = free.execute("SELECT DISTINCT schema_name, view_name FROM duckdb_views() WHERE internal").fetchall()
        functions = free.execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'scalar' AND len(parameters) = 0"
        ).fetchall()
    asked = [f'SELECT * FROM {schema}."{view}"' for schema, view in views] + [
        f'SELECT "{name}"()' for (name,) in functions
    ]
    answers = []
    for sql in asked:
        try:
            answer = ask(sql)
        except UsageError:
            continue
        answers.append(answer.to_csv() if isinstance(answer, pd.DataFrame) else str(answer))
    assert len(asked) > 60 and len(answers) > 30
    home = prepared.home.root  # type: ignore[attr-defined]
    assert not [text for text in answers if str(home) in text or str(home.parent) in text or "temp_directory" in text]


@pytest.mark.parametrize("way", BY_COMMAND)
def test_nor_does_the_command(published: Program, places: dict[str, Path], tmp_path: Path, way: str) -> None:
    sql = (READING | OTHERS)[way].format(**places)
    result = published("query", sql, "-o", tmp_path / "result.csv", code=2)
    assert result.stdout == "" and HIDDEN not in result.stderr.replace(HIDDEN, "", sql.count(HIDDEN))
    assert not (tmp_path / "result.csv").exists()


def test_a_query_that_never_ends_is_stopped_and_says_so(published: Program) -> None:
    sql = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"
    assert "stopped after 0.2 seconds" in published("query", sql, "--timeout", "0.2", code=2).stderr
    assert published.document("query", "SELECT 1 AS a", "--timeout", "9") == [{"a": 1}]


def test_a_result_that_no_memory_holds_is_refused(published: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idtracker.publish.reading.sandbox.MOST_BYTES", 1 << 20)
    for form in ("table", "csv"):
        said = published(
            "query", "SELECT a.range, b.range FROM range(10000) a, range(10000) b", "--format", form, code=2
        )
        assert "larger than 1 MiB" in said.stderr


def test_what_queries_use_every_day_still_works(ask: Ask) -> None:
    for sql in (
        "SHOW TABLES",
        "DESCRIBE score",
        "SUMMARIZE score",
        "FROM now.observation LIMIT 1",
        "SELECT * FROM score_as_known_at('2026-01-01') LIMIT 1",
        "SELECT * FROM organisation_as_was('2020-01-01') LIMIT 1",
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'score' LIMIT 1",
        "PIVOT score ON node_code USING max(score) GROUP BY place_id",
        "EXPLAIN SELECT * FROM score",
        "SELECT unnest(range(3)) AS a",
    ):
        assert ask(sql) is not None
