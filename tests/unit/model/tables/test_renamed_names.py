"""Names that were others before: what answers to them, until when, and that the list of them is kept short."""

from __future__ import annotations

from importlib import metadata

import duckdb
import pytest

from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.names import renamed
from idtracker.model.tables.names.renamed import RENAMED, Renamed, present_table, renamed_statements, warnings_about
from idtracker.publish.reading.sandbox import close_off, running

EXAMPLES = (
    Renamed("mark", "score", "0.1.0", "0.3.0"),
    Renamed("grade", "band", "0.1.0", "0.3.0", table="score"),
    Renamed("elsewhere", "absent", "0.1.0", "0.3.0"),
)


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def faults(entries: tuple[Renamed, ...], present: str) -> list[str]:
    """What is wrong with a list of old names in a version of the package."""
    found = []
    for entry in entries:
        columns = {s.name for s in columns_of(TABLES[entry.table])} if entry.table in TABLES else set()
        taken, there = (set(TABLES), set(TABLES)) if entry.table is None else (columns, columns)
        if entry.old in taken or entry.new not in there:
            found.append(f"{entry.old}: the old name is in use, or the new one is not")
        if numbers(entry.gone_in)[:2] <= tuple(n + m for n, m in zip(numbers(entry.since)[:2], (0, 1), strict=True)):
            found.append(f"{entry.old}: it has to answer for at least one minor version more")
        if numbers(entry.gone_in) <= numbers(present):
            found.append(f"{entry.old}: its time is over, take it out of the list")
    return found


def test_the_list_keeps_to_its_rule() -> None:
    assert faults(RENAMED, metadata.version("idtracker")) == []


def test_the_rule_can_be_broken() -> None:
    assert len(faults(EXAMPLES, "0.1.0")) == 1, "one example renames what is not there"
    assert [f.partition(":")[2] for f in faults(EXAMPLES[:1], "0.3.0")] == [
        " its time is over, take it out of the list"
    ]
    assert "one minor version" in faults((Renamed("mark", "score", "0.1.0", "0.2.0"),), "0.1.0")[0]
    assert "in use" in faults((Renamed("trend", "score", "0.1.0", "0.3.0"),), "0.1.0")[0]


def test_old_names_of_tables_and_columns_answer_in_sql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed, "RENAMED", EXAMPLES)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE score AS SELECT 'JO' AS place_id, 60.0 AS score, 'Fair' AS band")
        for statement in renamed_statements(["score"]):
            connection.execute(statement)
        close_off(connection)
        goes = "`score` since 0.1.0; the old name goes away with 0.3.0"
        with pytest.warns(DeprecationWarning, match=goes), running(connection, "SELECT score FROM mark") as result:
            assert result.rows() == [(60.0,)] and len(result.advice) == 1
        old, said = "SELECT grade, band FROM renamed.score", "`grade` of `score` is called `band`"
        with pytest.warns(DeprecationWarning, match=said), running(connection, old) as result:
            assert result.rows() == [("Fair", "Fair")]
        with running(connection, "SELECT * FROM score") as result:
            assert (list(result.columns), result.advice) == (["place_id", "score", "band"], []), "no column twice"
        comments = connection.execute("SELECT comment FROM duckdb_views() WHERE view_name = 'mark'").fetchall()
        assert "goes away with 0.3.0" in str(comments)


def test_old_names_answer_in_python_and_others_stay_as_they_are() -> None:
    with pytest.warns(DeprecationWarning, match="`mark`"):
        assert present_table("mark", EXAMPLES) == "score"
    assert present_table("score", EXAMPLES) == "score" and present_table("nothing", EXAMPLES) == "nothing"
    assert warnings_about({"trend"}, {"grade"}, EXAMPLES) == []
    assert renamed_statements(["trend"], EXAMPLES) == []
