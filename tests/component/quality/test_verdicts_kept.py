"""A verdict that is kept is the one that would be made anew, whatever changed beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Settings
from idtracker.operate.steps import expectations as step
from tests.support.runs import FIGURES, run_all

pytest.importorskip("great_expectations")
NOW = datetime(2026, 2, 10, tzinfo=UTC)
STATED = "- {table: activity, column: people_reached, filled_at_least: 1.0, severity: warning, dimension: completeness, why: every course has people}\n"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that were judged, not kept."""
    names: list[str] = []
    from idtracker.quality.expectations import run

    whole = run.judge_suites

    def follow(suites: dict[str, object], *given: object, **named: object) -> object:
        names.extend(suites)
        return whole(suites, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "judge_suites", follow)
    return names


def test_only_what_changed_is_judged_and_the_rest_says_what_it_would_say_again(
    programme: Settings, drop: Callable[..., Path], judged: list[str], tmp_path: Path
) -> None:
    drop()
    run_all(programme, load_catalogue(programme.sources), NOW, None, *FIGURES)

    def verdicts(now: datetime = NOW, every: bool = False) -> list[step.TableVerdict]:
        judged.clear()
        return step.check_expectations(programme, load_catalogue(programme.sources), now, None, every=every)

    def same_as_all(now: datetime = NOW) -> list[str]:
        """The tables judged again; every verdict is that of a home that judges all of them."""
        few = verdicts(now)
        again = list(judged)
        kept, docs = tmp_path / "kept", step.data_docs_folder(programme)
        shutil.copytree(docs, kept)
        assert verdicts(now, every=True) == few
        pages = {p.relative_to(docs): p.read_text("utf-8") for p in docs.rglob("*.csv")}
        assert {p.relative_to(kept): p.read_text("utf-8") for p in kept.rglob("*.csv")} == pages
        shutil.rmtree(kept)
        return again

    verdicts()
    assert {"activity", "place"} <= set(judged)
    assert same_as_all() == []
    with duckdb.connect(str(programme.store)) as store:
        store.execute("UPDATE activity SET people_reached = -5 WHERE activity_id = 'C-1'")
    assert same_as_all() == ["activity"]
    assert [v.table for v in verdicts() if not v.passed] == ["activity"], "a table that fails goes on saying so"
    assert judged == []
    (programme.sources / "_expectations").mkdir()
    (programme.sources / "_expectations" / "own.yml").write_text(STATED, "utf-8")
    assert same_as_all() == ["activity"]
    (step.data_docs_folder(programme) / "validations" / "place.html").unlink()
    assert same_as_all() == ["place"], "a page that is gone is made again"
    assert same_as_all(NOW + timedelta(days=400)) == []
