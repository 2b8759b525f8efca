"""The store published as it is, after definitions have changed: the next run is not told that nothing is new."""

from __future__ import annotations

from pathlib import Path

import duckdb

from idtracker.model.home import Home
from idtracker.model.method import BUNDLED
from tests.support.runs import METRICS, SUITES, runner_without
from tests.support.small_programme import SURVEY_HEAD, drop, text_of, write_programme

_RUNNER = runner_without(SUITES, METRICS, "tracker/uncertainty", "tracker/judgements", "tracker/warnings")


def _methods(home: Home) -> set[str]:
    """The methods of the published scores."""
    table = home.published / "hmg" / "current" / "parquet" / "score.parquet"
    return {str(v) for (v,) in duckdb.execute(f"SELECT method_version FROM read_parquet('{table}')").fetchall()}


def test_publishing_the_store_as_it_is_hides_no_new_definition_from_the_next_run(tmp_path: Path) -> None:
    write_programme(tmp_path / "sources")
    home = Home(tmp_path / "home", tmp_path / "sources")
    drop(home.root, "survey", "survey_a.csv", text_of(SURVEY_HEAD, ["VOICE,Amman,2025-Q4,40"]), "2026-01-20T10:00:00Z")
    assert _RUNNER(home).publish("hmg").changed
    assert _RUNNER(home).run().outcome == "done"
    assert _methods(home) == {BUNDLED.stem}
    (home.sources / "_methods").mkdir()
    own = BUNDLED.read_text("utf-8").replace("method_version: STAB-1.2", "method_version: OWN-1")
    (home.sources / "_methods" / "OWN.yml").write_text(own, "utf-8")
    programme = home.sources / "programme.yml"
    programme.write_text(programme.read_text("utf-8") + "method: {headline: OWN}\n", "utf-8")
    _RUNNER(home).publish("hmg")
    assert _methods(home) == {BUNDLED.stem}
    assert _RUNNER(home).run().outcome == "done"
    assert _methods(home) == {"OWN-1"}
    assert _RUNNER(home).run().outcome == "nothing_new"
    programme.write_text(programme.read_text("utf-8") + "baseline: {period: 2025-Q1}\n", "utf-8")
    assert _RUNNER(home).run().outcome == "done", "another baseline is another definition"
    assert _RUNNER(home).run().outcome == "nothing_new"
