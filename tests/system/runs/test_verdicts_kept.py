"""A verdict that is kept is the one that would be made anew, whatever changed beside it, and so are its pages."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.model.tables import TABLES, columns_of
from idtracker.operate.steps import expectations as step
from idtracker.quality.expectations import counted, record
from idtracker.quality.expectations.judge import Judge
from idtracker.quality.expectations.outcome import ExpectationResult
from idtracker.quality.expectations.suite import Expected
from tests.support.built import built, copy_of
from tests.support.quarterly_programme import drop_rows, write_quarterly
from tests.support.runs import FIGURES, run_all
from tests.support.step_results import hold_against_record

pytest.importorskip("great_expectations")
NOW = datetime(2026, 2, 10, tzinfo=UTC)
FILLED = "- {table: activity, column: people_reached, filled_at_least: %s, severity: warning, dimension: completeness, why: every course has people}\n"
KNOWN = "- {table: activity, column: org_id, known_in: organisation.org_id, severity: warning, dimension: consistency, why: who works is on the register}\n"
RECENT = "- {table: activity, column: period_end, newest_within_days: 60, severity: warning, dimension: timeliness, why: courses are reported in time}\n"


class JudgedHome:
    """A small programme in its store; `few` judges what changed and holds it against a judging of every table."""

    def __init__(self, home: Home, judged: list[str]) -> None:
        self.home, self.docs, self.judged = home, step.data_docs_folder(home), judged

    def check(self, day: datetime = NOW, every: bool = False) -> list[step.TableVerdict]:
        self.judged.clear()
        return step.check_expectations(self.home, load_catalogue(self.home.sources), NOW, day, every=every)

    def few(self, day: datetime = NOW) -> list[str]:
        """The tables judged again; verdicts, pages and failing keys are those of a home that judges all of them."""
        verdicts, judged, files = self.check(day), sorted(self.judged), self.files()
        assert self.check(day, every=True) == verdicts
        assert self.files() == files
        return judged

    def files(self) -> dict[str, object]:
        return {
            str(p.relative_to(self.docs)): pd.read_parquet(p).to_csv()
            if p.suffix == ".parquet"
            else p.read_text("utf-8")
            for p in self.docs.rglob("*")
            if p.is_file()
        }

    def sql(self, statement: str) -> None:
        with duckdb.connect(str(self.home.store)) as store:
            store.execute(statement)

    def state(self, *lines: str) -> None:
        folder = self.home.sources / "_expectations"
        folder.mkdir(exist_ok=True)
        (folder / "own.yml").write_text("".join(lines), "utf-8")

    def failing(self) -> list[str]:
        return [v.table for v in self.check() if not v.passed]


def _judged(home: Home) -> None:
    """Six courses in the store, and every table judged."""
    write_quarterly(home.sources)
    drop_rows(home.root)
    run_all(home, load_catalogue(home.sources), NOW, None, *FIGURES)
    with pytest.MonkeyPatch.context() as patch:
        judged = _followed(patch)
        JudgedHome(home, judged).check()
    assert {"activity", "place"} <= set(judged)


def _followed(patch: pytest.MonkeyPatch) -> list[str]:
    """The tables that are judged from now on, by a count over their rows or by Great Expectations."""
    judged: list[str] = []
    whole, count = Judge.outcomes, counted.outcomes_by_count

    def follow(
        self: Judge, table: str, frame: pd.DataFrame, suite: Sequence[Expected], keys: Sequence[str]
    ) -> list[ExpectationResult]:
        judged.extend({table} - set(judged))
        return whole(self, table, frame, suite, keys)

    def follow_count(
        connection: duckdb.DuckDBPyConnection, table: str, suite: Sequence[Expected], keys: Sequence[str]
    ) -> dict[int, ExpectationResult]:
        judged.append(table)
        return count(connection, table, suite, keys)

    patch.setattr(Judge, "outcomes", follow)
    patch.setattr(counted, "outcomes_by_count", follow_count)
    return judged


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JudgedHome:
    judged = _followed(monkeypatch)
    return JudgedHome(copy_of(built(tmp_path_factory, "judged", _judged), tmp_path), judged)


def _columns(**wanted: object) -> list[str]:
    """Tables with a column of that codelist or kind."""
    return [n for n, m in TABLES.items() if any(getattr(c, k) == v for c in columns_of(m) for k, v in wanted.items())]


def test_nothing_changed_and_nothing_is_imported(home: JudgedHome, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts, files = home.check(every=True), home.files()
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    assert home.check() == verdicts
    assert home.files() == files
    assert home.judged == []


def test_rows_that_changed_and_hold_need_no_great_expectations(
    home: JudgedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.sql("UPDATE activity SET people_reached = 5 WHERE activity_id = 'C-1'")
    with monkeypatch.context() as absent:
        absent.setitem(sys.modules, "great_expectations", None)
        verdicts, files = home.check(), home.files()
    assert home.judged == ["activity"]
    assert home.check(every=True) == verdicts
    assert home.files() == files
    assert len(home.judged) > 1


def test_step_versions_expectations_say_what_is_judged(home: JudgedHome) -> None:
    """A table is broken, so that what fails is part of what is held against the record."""
    home.sql("UPDATE activity SET people_reached = -5 WHERE activity_id = 'C-1'")
    verdicts = pd.DataFrame([asdict(v) for v in home.check()])
    hold_against_record("expectations", {"verdicts": verdicts.astype("str")})


def test_rows_that_changed_are_judged_and_a_failure_is_repeated(home: JudgedHome) -> None:
    assert home.few() == []
    home.sql("UPDATE activity SET people_reached = -5 WHERE activity_id = 'C-1'")
    assert home.few() == ["activity"]
    assert home.failing() == home.failing() == ["activity"]
    home.sql("UPDATE activity SET people_reached = 5 WHERE activity_id = 'C-1'")
    assert home.few() == ["activity"]
    assert home.failing() == []


def test_a_code_or_a_place_that_goes_is_missed_by_every_table_that_uses_it(home: JudgedHome) -> None:
    fund = next(c.codelist for c in columns_of(TABLES["activity"]) if c.name == "fund")
    home.sql(f"DELETE FROM codelist WHERE scheme = '{fund}' AND code = 'OTHER'")
    again = home.few()
    assert "activity" in again and set(again) <= set(_columns(codelist=fund))
    assert home.failing() == ["activity"]
    home.sql("UPDATE place SET place_id = 'JO-XX' WHERE place_id = (SELECT max(place_id) FROM place)")
    again = home.few()
    assert {"activity", "place"} <= set(again) <= {*_columns(kind="place"), "place"}


def test_a_stated_line_counts_with_its_share_the_table_it_names_and_the_day(home: JudgedHome) -> None:
    home.state(FILLED % "0.5")
    assert home.few() == ["activity"]
    home.state(FILLED % "1.0")
    assert home.few() == ["activity"]
    home.state(FILLED % "1.0", KNOWN)
    assert home.few() == ["activity"]
    home.sql("UPDATE organisation SET org_id = 'XX-' || org_id")
    assert home.few() == ["activity"], "the register is not judged, but the line compares with it"
    assert home.failing() == ["activity"]
    assert home.few(NOW + timedelta(days=1)) == [], "no line of the suite looks at the day"
    home.state(RECENT)
    assert home.few() == ["activity"]
    assert "activity" in home.few(NOW + timedelta(days=400))
    assert home.few(NOW + timedelta(days=400, hours=1)) == []


def test_two_lines_of_one_form_are_judged_each_by_its_own_share(home: JudgedHome) -> None:
    home.sql("UPDATE activity SET people_reached = NULL WHERE activity_id = 'C-1'")
    for lines in ((FILLED % "0.01", FILLED % "1.0"), (FILLED % "1.0", FILLED % "0.01")):
        home.state(*lines)
        assert home.few() == ["activity"]
        assert home.failing() == ["activity"]


def test_pages_that_are_gone_or_of_an_interrupted_run_are_made_again(
    home: JudgedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.docs / "validations" / "place.html").unlink()
    assert home.few() == []
    home.sql("UPDATE activity SET people_reached = 5 WHERE activity_id = 'C-1'")
    home.check()
    before = home.files()
    home.sql("UPDATE activity SET people_reached = -5 WHERE activity_id = 'C-1'")
    with monkeypatch.context() as killed:
        killed.setattr(record, "write_record", lambda *given: sys.exit(9))
        with pytest.raises(SystemExit):
            home.check()
    assert home.files() != before
    home.sql("UPDATE activity SET people_reached = 5 WHERE activity_id = 'C-1'")
    home.check()
    assert home.judged == [], "the record speaks of these rows"
    assert home.files() == before


def test_a_record_that_is_damaged_or_of_other_code_is_not_believed(
    home: JudgedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home.home.store.parent / step.VERDICTS
    text = path.read_text("utf-8")
    every = sorted(record.read_record(path))
    for damaged in (text[: len(text) // 2], text.replace('"success": true', '"success": false', 1), "[]", "{}"):
        path.write_text(damaged, "utf-8")
        assert record.read_record(path) == {}
        assert home.few() == every
    monkeypatch.setattr(record, "_version", lambda: "other")
    assert home.few() == every
