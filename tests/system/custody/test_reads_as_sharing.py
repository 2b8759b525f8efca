"""Reads in a programme that says for whom people read: runs one by one leave what one run leaves, and what is kept outlasts the lines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from idtracker.analyse.history import metrics
from idtracker.ingest.access.log import Access, AccessLog
from idtracker.ingest.access.readership import FOLDER
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.store.connection import open_store
from tests.support.runs import SUITES, run_store, runner_without
from tests.support.small_programme import PROGRAMME, SOURCES, SURVEY_HEAD, drop, text_of, write_programme

_LEFT_OUT = ("uncertainty", "judgements", "warnings", "indices", "framework", "consequences")
_WITHOUT = (*(f"tracker/{name}" for name in _LEFT_OUT), "published/*", "metrics/[!f]*")
_RUNNER = runner_without(SUITES, *_WITHOUT)
_SOURCES = {"survey": SOURCES["survey"].replace("since: 2025-07-01", "since: 2024-10-01")}
_READERS = """\
readers:
  - {org_id: GB-GOV-1, users: ["fcdo-*"], since: 2024-01-01}
  - {org_id: GB-GOV-8, users: ["mod-*"], since: 2025-06-01}
"""
_QUARTERS = {"2024-Q4": "2025-01-10", "2025-Q1": "2025-04-10", "2025-Q2": "2025-07-10", "2025-Q3": "2025-10-10"}
_FLOW = "metric_id IN ('IM-08', 'IM-11') AND measure IN ('value', 'median', 'unnamed_days')"


def _home(folder: Path, readers: str = _READERS) -> Home:
    write_programme(folder / "sources", _SOURCES, PROGRAMME + readers)
    home = Home(folder / "home", folder / "sources")
    for quarter, day in _QUARTERS.items():
        rows = [f"{indicator},{place},{quarter},40" for indicator in ("VOICE", "WORK") for place in ("Amman", "Zarqa")]
        drop(home.root, "survey", f"survey_{quarter}.csv", text_of(SURVEY_HEAD, rows), f"{day}T10:00:00Z")
    (home.landing / "ledger").mkdir(parents=True)
    return home


def _read(home: Home, at: str, *users: str) -> None:
    """A publication of one morning, read by some in the hours after it."""
    made = datetime.fromisoformat(at).replace(tzinfo=UTC)
    log = AccessLog(home)
    log.add(Access(made, "svc", "publish", "hmg", f"P-{at}", {}))
    for hours, user in enumerate(users, start=1):
        log.add(Access(made + timedelta(hours=hours), user, "query", "hmg", f"P-{at}", {}))


def _rows(home: Home, table: str = "metric_value_vintage", where: str = "TRUE") -> list[tuple[Any, ...]]:
    with open_store(home) as store:
        return store.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY ALL").fetchall()


def _figures(home: Home, period: str) -> dict[tuple[str, str], tuple[float | None, ...]]:
    with open_store(home) as store:
        found = store.execute(
            f"""SELECT measure, scope, numerator, denominator FROM metric_value
            WHERE {_FLOW} AND metric_id = 'IM-11' AND period = '{period}'"""
        ).fetchall()
    return {(measure, scope): tuple(counts) for measure, scope, *counts in found}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The metrics that were measured."""
    ids: set[str] = set()
    whole = metrics._measured

    def follow(connection: Any, chosen: Any, due: Any, basis: Any) -> Iterator[Any]:
        ids.update(metric_id for found in due.values() for metric_id, _ in found)
        return whole(connection, chosen, due, basis)

    monkeypatch.setattr(metrics, "_measured", follow)
    yield ids


def test_runs_one_by_one_leave_what_one_run_leaves_and_reads_of_the_quarter_cost_nothing(
    tmp_path: Path, measured: set[str]
) -> None:
    one, several = _home(tmp_path / "one"), _home(tmp_path / "several")
    reads = [("2025-07-20", "mod-1", "stranger"), ("2025-11-02", "fcdo-1"), ("2026-02-08", "mod-2")]
    for home in (one, several):
        _read(home, "2025-01-05", "fcdo-1")
    for day, *users in reads:
        for home in (one, several):
            _read(home, day, *users)
        measured.clear()
        assert _RUNNER(several).run().failed_steps == []
        assert ("IM-11" in measured) == (day != "2026-02-08")
    assert measured == set()
    assert _RUNNER(one).run().failed_steps == []
    assert len(_rows(one, where="scope = 'log=reads'")) > 5
    assert _rows(several) == _rows(one)
    assert _rows(several, "readership") == _rows(one, "readership")
    # until the end of 2025-Q3 FCDO had read none of three reports, MOD the one that came since it may read
    assert _figures(one, "2025-Q3")["value", "log=reads"] == (1, 4)
    assert _figures(one, "2025-Q3")["unnamed_days", "programme"] == (1, 2)
    assert _figures(one, "2025-Q4")["value", "log=reads"] == (5, 6)


def test_lines_that_go_change_nothing_where_reads_are_kept_and_are_said_to_be_missing_where_not(tmp_path: Path) -> None:
    home = _home(tmp_path)
    for day, *users in [
        ("2025-01-05", "un-1"),
        ("2025-01-20", "fcdo-1"),
        ("2025-07-20", "mod-1"),
        ("2025-11-02", "un-1"),
    ]:
        _read(home, day, *users)
    assert _RUNNER(home).run().failed_steps == []
    before, log = _rows(home), AccessLog(home)
    assert _figures(home, "2025-Q1")["value", "log=reads"] == (1, 1)
    kept = home.landing / "ledger" / FOLDER
    assert sorted(path.stem for path in kept.glob("*.json")) == [
        "2025-01-05",
        "2025-01-20",
    ]  # eleven months at the clock
    (log.folder / "2025-01-20.jsonl").unlink()
    _again(home)
    assert _rows(home) == before
    shutil.rmtree(kept)
    _again(home)
    assert _rows(home, "readership", "state = 'not_kept'")
    assert ("value", "log=reads") not in _figures(home, "2025-Q1")  # it may have been read on that day, or not


def _again(home: Home) -> None:
    run_store(home, load_catalogue(home.sources), datetime(2026, 2, 10, tzinfo=UTC), None, *_WITHOUT)


def test_without_readers_reads_count_nowhere_and_naming_them_later_counts_those_that_were(tmp_path: Path) -> None:
    home, named = _home(tmp_path / "later", ""), _home(tmp_path / "named")
    for each in (home, named):
        _read(each, "2025-07-20", "fcdo-1", "stranger")
    assert _RUNNER(home).run().failed_steps == [] and _RUNNER(named).run().failed_steps == []
    assert _rows(home, "readership") == [] and not _rows(
        home, where="scope = 'log=reads' OR measure = 'unnamed_days' AND numerator > 0"
    )
    (home.sources / "programme.yml").write_text(PROGRAMME + _READERS, "utf-8")
    assert _RUNNER(home).run().failed_steps == []
    assert len(_rows(home, where="scope = 'log=reads'")) > 0
    assert _rows(home) == _rows(named)
