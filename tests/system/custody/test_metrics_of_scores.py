"""Metrics that read scores and trends follow another method of these, as scores and trends do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from idtracker.analyse.metrics.registry import families, metrics
from idtracker.model.home import Home
from idtracker.model.methods.chosen import bundled_methods
from idtracker.publish.current import open_current
from tests.support.runs import SUITES, runner_without
from tests.support.small_programme import SURVEY_HEAD, drop, text_of, write_programme

READING = {m.family for m in metrics().values() if not {"score", "trend", "method"}.isdisjoint(m.inputs)}
_RUNNER = runner_without(
    *(SUITES, "tracker/uncertainty", "tracker/judgements", "tracker/warnings", "tracker/framework"),
    *(f"metrics/{name}" for name in families() if name not in READING),
)
OWN = {
    "method_version": "OWN-1",
    "title": "Own",
    "source": "none",
    "indicator_defaults": {"normalise": "register"},
    "defaults": {"coverage": 0.3},
    "trend": bundled_methods().merging.trend.model_dump(mode="json"),
    "indicators": {"VOICE": {"label": "Voice"}, "WORK": {"label": "Work"}},
    "tree": {
        "code": "ALL",
        "aggregation": "arithmetic",
        "children": [{"code": "UPPER", "children": ["VOICE"]}, {"code": "LOWER", "children": ["WORK"]}],
    },
}
"""A tree of indicators: cells are merged as before, and scores are others."""


def measured(home: Home) -> list[tuple[object, ...]]:
    """Every value of these metrics, at every instant at which it was read."""
    with open_current(home, "hmg") as connection:
        return connection.execute("FROM metric_value_vintage ORDER BY ALL").fetchall()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    write_programme(tmp_path / "sources")
    home = Home(tmp_path / "home", tmp_path / "sources")
    rows = [f"VOICE,{place},{quarter},40" for place in ("Amman", "Zarqa") for quarter in ("2025-Q2", "2025-Q3")]
    drop(home.root, "survey", "survey_1.csv", text_of(SURVEY_HEAD, rows), "2025-11-20T10:00:00Z")
    assert _RUNNER(home).run().outcome == "done"
    return home


def test_another_method_is_another_measure(home: Home, tmp_path: Path) -> None:
    assert {"overlap", "trust"} == READING
    before = measured(home)
    (home.sources / "_methods").mkdir()
    (home.sources / "_methods" / "OWN.yml").write_text(yaml.safe_dump(OWN), "utf-8")
    with (home.sources / "programme.yml").open("a", encoding="utf-8") as programme:
        programme.write("method: {headline: OWN}\n")
    assert _RUNNER(home).run().outcome == "done"
    fresh = Home(tmp_path / "fresh", home.sources)
    shutil.copytree(home.landing, fresh.landing)
    assert _RUNNER(fresh).run().outcome == "done"
    assert measured(home) == measured(fresh) != before
