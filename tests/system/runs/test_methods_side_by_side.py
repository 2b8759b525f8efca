"""Two methods beside each other: whoever reads the score reads the headline, and an edited file is scored anew and nothing else."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import duckdb
import pandas as pd
import pytest
import yaml

from benchmarks.proofs.small_programme import END, Delivery, derive
from idtracker.analyse.history import scores as history
from idtracker.analyse.sensitivity.derive import round_of
from idtracker.feedback.check.moved_scores import root_scores
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.methods.chosen import bundled_methods
from idtracker.model.tables import SIMULATED
from idtracker.operate.services import run_summary
from idtracker.operate.services.methods.compare import compared
from idtracker.operate.services.methods.uncertain import uncertain_round
from idtracker.operate.steps import expectations as step
from idtracker.operate.steps.registers import write_registers
from idtracker.publish.changes import change_of_score
from idtracker.publish.current import open_current
from idtracker.publish.manifest import DATABASE
from idtracker.quality.expectations.counted import outcomes_by_count
from idtracker.store.connection import open_store
from idtracker.store.published_methods import published_methods

NOW = END + timedelta(hours=12)


def write_method(home: Home, aggregation: str, **more: object) -> None:
    """A tree of three levels over every indicator of the programme."""
    with (home.sources / "_reference" / "indicators.csv").open(encoding="utf-8") as file:
        names = [row["indicator_id"] for row in csv.DictReader(file) if row["dimension_code"]]
    first, *others = names
    definition = {
        "method_version": "OWN-1",
        "title": "Own",
        "source": "none",
        "indicator_defaults": {"normalise": "register"},
        "defaults": {"coverage": 0.3},
        "trend": {**bundled_methods().merging.trend.model_dump(mode="json"), "window": 2},
        "indicators": {name: {"label": name} for name in names},
        "tree": {
            "code": "ALL",
            "aggregation": aggregation,
            "children": [{"code": "UPPER", "children": [{"code": "LOWER", "children": [first]}]}, *others],
        },
        **more,
    }
    (home.sources / "_methods").mkdir(exist_ok=True)
    (home.sources / "_methods" / "OWN.yml").write_text(yaml.safe_dump(definition), encoding="utf-8")


@pytest.fixture(scope="module")
def beside(received: Callable[[str | None], tuple[Home, list[Delivery]]]) -> Home:
    """A home that changed to a tree of its own, with the tracker's method beside it."""
    home, _ = received("2024-Q4")
    write_method(home, "arithmetic")
    programme = home.sources / "programme.yml"
    programme.write_text(programme.read_text("utf-8") + "method: {headline: OWN, earlier: [STAB-1.2]}\n", "utf-8")
    write_registers(home, load_catalogue(home.sources))
    derive(home, NOW)
    return home


def moments(home: Home) -> dict[str, list[str]]:
    """Step -> what it rests on at each moment."""
    with open_store(home) as store:
        rows = store.execute("SELECT step, list(signature ORDER BY moment) FROM _moment GROUP BY step").fetchall()
    return dict(rows)


def test_readers_of_the_score_read_the_headline(beside: Home) -> None:
    with open_current(beside, DEFAULT_AUDIENCE) as published:
        versions = {
            t: published.execute(f"SELECT DISTINCT method_version FROM {t}").fetchall() for t in ("score", "trend")
        }
        assert versions == {"score": [("OWN-1",)], "trend": [("OWN-1",)]}
        points = published.execute("SELECT max(points_count) FROM trend").fetchall()
        assert points == [(2,)], "the window of the tree's own trend settings"
        others = published.execute("SELECT DISTINCT method_id, role, method_version FROM method_score").fetchall()
        assert others == [("STAB-1.2", "earlier", "STAB-1.2")]
        own = published.execute("SELECT place_id, period, score FROM score WHERE node_code = 'ALL'").fetchall()
        assert root_scores(published) == {(place, period): score for place, period, score in own}
        headline = run_summary._headline(published, load_catalogue(beside.sources).programme)
        assert headline is not None and (headline.place_id, headline.period, headline.score) in own
        document = compared(published, None, "STAB-1.2")
    assert document.is_break and {(s.node, s.other_node) for s in document.scores} == {("ALL", "STABILITY")}
    both = [s for s in document.scores if s.score is not None and s.other_score is not None]
    assert all(s.difference == pytest.approx(s.other_score - s.score) for s in both)


def test_trends_beside_the_headline_are_judged_by_the_rule_of_their_own_method(beside: Home) -> None:
    """Points in plain loops over the scores beside, in a window of twelve quarters and not of two; whoever reads `trend` reads the headline alone."""
    rule = bundled_methods().merging.trend
    with open_current(beside, DEFAULT_AUDIENCE) as published:
        series: dict[tuple[str, str], dict[str, tuple[float | None, float]]] = {}
        for place, node, period, score, carried in published.execute(
            "SELECT place_id, node_code, period, score, coalesce(carried_share, 0) FROM method_score"
        ).fetchall():
            series.setdefault((place, node), {})[period] = (score, carried)
        trends = published.execute(
            "SELECT * REPLACE (coalesce(series_break, '') AS series_break) FROM method_trend"
        ).df()
        versions = published.execute("SELECT DISTINCT method_version FROM trend").fetchall()
    assert versions == [("OWN-1",)]
    assert set(zip(trends["method_id"], trends["role"], trends["method_version"], strict=True)) == {
        ("STAB-1.2", "earlier", "STAB-1.2")
    }
    assert len(trends) == sum(len(periods) for periods in series.values()) and trends["points_count"].max() > 2
    for row in trends.itertuples(index=False):
        own = series[row.place_id, row.node_code]
        window = [p for p in sorted(own) if p <= row.period][-rule.window :]
        points = [own[p] for p in window if p >= row.series_break and own[p][0] is not None]
        assert row.points_count == sum(carried <= rule.maximum_carried_share for _, carried in points), row


def test_the_headline_is_drawn_whatever_its_depth(beside: Home) -> None:
    document = uncertain_round(beside, None, None, 100)
    with open_current(beside, DEFAULT_AUDIENCE) as published:
        columns = "node_code, place_id, period, score"
        stored = published.execute(f"SELECT {columns}, low, median, high, draws FROM score_uncertainty").df()
        scores = published.execute(f"SELECT {columns} AS published FROM score").df()
        tables = {t: published.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0] for t in SIMULATED}
        again = round_of(published, draws=100)
    assert all(tables.values()), tables
    both = stored.merge(scores, on=["node_code", "place_id", "period"])
    assert len(both) == len(stored) and {"ALL", "UPPER", "LOWER"} <= set(both["node_code"])
    assert (both["score"] - both["published"]).abs().max() < 1e-9
    assert (both["low"] <= both["high"]).equals(both["score"].notna())
    assert (document.method_version, document.root) == ("OWN-1", "ALL") and again is not None
    assert {p.place for p in document.places} == set(stored["place_id"])
    assert document.varied and "normalisation" in document.not_varied


def test_tables_of_draws_are_judged_without_great_expectations(beside: Home) -> None:
    """Every expectation over them is decided by a count: a usual run imports nothing for them."""
    with open_store(beside) as store:
        for name, suite in step._suites(store, list(SIMULATED), beside, pd.Timestamp("2025-02-01"), None).items():
            results = outcomes_by_count(store, name, suite, ("place_id",))
            assert len(suite) > 5 and set(results) == set(range(len(suite))), name
            assert all(result.success for result in results.values()), name
            store.execute(f"BEGIN; UPDATE {name} SET place_id = 'nowhere'")
            assert any(not r.success for r in outcomes_by_count(store, name, suite, ("place_id",)).values()), name
            store.execute("ROLLBACK")


def test_changes_of_the_scores_of_a_tree_add_up_along_it(beside: Home) -> None:
    with open_current(beside, DEFAULT_AUDIENCE) as published:
        rows = published.execute(
            "SELECT place_id, period, node_code, basis, since_period, score_after - score_before, sum(points) FROM score_change "
            "WHERE points IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        assert {row[2] for row in rows} >= {"ALL", "UPPER", "LOWER"}
        assert all(points == pytest.approx(difference, abs=1e-9) for *_, difference, points in rows)
        place, period, node, _, since, _, points = next(
            r for r in rows if r[2:4] == ("ALL", "PERIOD") and abs(r[-1]) > 1
        )
        tree = change_of_score(beside, DEFAULT_AUDIENCE, published, place, period, since, node)
        assert tree["value"] == pytest.approx(points, abs=1e-9) and tree["method_version"] == "OWN-1"
        assert sum(cause["value"] for cause in tree["because"]) == pytest.approx(points, abs=1e-9)


@pytest.fixture(scope="module")
def two_level(beside: Home) -> str:
    """A kept publication as it was before the change of method: the scores that stand beside the headline now were the headline."""
    current = (beside.published / DEFAULT_AUDIENCE / "current").resolve()
    shutil.copytree(current, current.parent / "earlier")
    with closing(duckdb.connect(str(current.parent / "earlier" / DATABASE))) as other:
        other.execute("DELETE FROM method WHERE role = 'headline'; UPDATE method SET role = 'headline'")
        for name in ("score", "score_vintage"):
            columns = ", ".join(c for (c, *_) in other.execute(f"DESCRIBE {name}").fetchall())
            other.execute(f"DELETE FROM {name}; INSERT INTO {name} ({columns}) SELECT {columns} FROM method_{name}")
    return "earlier"


def test_between_a_two_level_method_and_a_tree_the_method_is_a_cause(beside: Home, two_level: str) -> None:
    """Nothing else differs between the two publications: the method has all of it."""
    with open_current(beside, DEFAULT_AUDIENCE) as published:
        rows = published.execute(
            "SELECT s.place_id, s.period, m.score, s.score FROM score s JOIN method_score m USING (place_id, period) "
            "WHERE s.node_code = 'ALL' AND m.node_code = 'STABILITY' AND s.score IS NOT NULL AND m.score IS NOT NULL ORDER BY ALL"
        ).fetchall()
        assert rows
        for place, period, before, after in rows[::5]:
            tree = change_of_score(beside, DEFAULT_AUDIENCE, published, place, period, two_level)
            assert (tree["before"], tree["score"], tree["value"]) == (before, after, after - before)
            assert [(c["cause"], c["value"], c["because"]) for c in tree["because"]] == [("METHOD", after - before, [])]
            assert "another method" in str(tree["sentence"])
            named = ("ALL", "STABILITY", "OWN-1", "STAB-1.2")
            keys = ("node_code", "since_node_code", "method_version", "since_method_version")
            assert tuple(tree[key] for key in keys) == named
            assert "ALL (STABILITY then)" in str(tree["what"])


@pytest.mark.parametrize(("node", "has", "lacks"), [("UPPER", "OWN-1", "STAB-1.2"), ("BSF1", "STAB-1.2", "OWN-1")])
def test_a_node_that_one_of_the_methods_lacks_is_named(
    beside: Home, two_level: str, node: str, has: str, lacks: str
) -> None:
    with open_current(beside, DEFAULT_AUDIENCE) as published:
        place, period = published.execute("SELECT place_id, period FROM score ORDER BY ALL").fetchone() or ("", "")
        with pytest.raises(UsageError, match=f"`{node}` is a node of {has} and not of {lacks}"):
            change_of_score(beside, DEFAULT_AUDIENCE, published, place, period, two_level, node)


def test_a_change_of_headline_is_one_cause_and_not_a_list_of_scores(beside: Home) -> None:
    stab = bundled_methods().headline
    with open_current(beside, DEFAULT_AUDIENCE) as published:
        scores = root_scores(published)
        earlier = {key: None if score is None else abs(score - 1) for key, score in scores.items()}
        before = run_summary.Before(set(), earlier, stab)
        told = run_summary._moved_scores(published, before)
        same = run_summary.Before(set(), earlier, published_methods(published).headline)
        unchanged = run_summary._moved_scores(published, same)
    change = told["method_change"]
    assert told["moved_scores"] == []
    assert (change.before, change.now, change.version_now, change.is_kept) == ("STAB-1.2", "OWN", "OWN-1", True)
    assert change.scores == sum(score is not None for score in scores.values())
    assert unchanged["method_change"] is None and len(unchanged["moved_scores"]) == change.scores


def test_an_unedited_method_is_not_scored_again(beside: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = moments(beside)
    monkeypatch.setattr(history, "scored_states", None)
    derive(beside, NOW, publish=False)
    assert moments(beside) == before


def test_an_edited_method_is_scored_anew_and_nothing_else(beside: Home) -> None:
    before = moments(beside)
    write_method(beside, "minimum")
    derive(beside, NOW, publish=False)
    after = moments(beside)
    assert {step for step in before if before[step] != after[step]} == {
        "score",
        "score_change",
        "consequence",
        "missing_report",
        "uncertainty",
        "warning",
        "metric:overlap",
        "metric:trust",
    }, "what is made of scores, the metrics that read them among it, and no cell"
    with open_store(beside) as store:
        told = store.execute("SELECT DISTINCT aggregation FROM score WHERE node_code = 'ALL'").fetchall()
    assert told == [("minimum",)]


def test_edited_alternatives_are_drawn_and_nothing_else_is_worked_out(beside: Home) -> None:
    choice = {"normalise": {"method": "goalposts", "low": 0, "high": 75, "scale": [0, 100]}, "direction": 1}
    before = moments(beside)
    alternatives = {
        "normalisation": [{"of": ["LOWER"], "choices": [choice]}],
        "aggregation": [{"of": ["ALL"], "choices": ["arithmetic"]}],
    }
    write_method(beside, "minimum", alternatives=alternatives)
    derive(beside, NOW, publish=False)
    after = moments(beside)
    assert {step for step in before if before[step] != after[step]} == {"uncertainty"}
    with open_store(beside) as store:
        told = dict(store.execute("SELECT analysis, any_value(subject) FROM sensitivity GROUP BY analysis").fetchall())
        varied = store.execute("SELECT DISTINCT varied FROM score_uncertainty").fetchall()
    assert told["SWAP_NORMALISATION"].endswith("between goalposts 0 and 75 to 0-100; more counts as more")
    assert [{"normalisation", "aggregation"} <= set(text.split(";")) for (text,) in varied] == [True]


def test_a_method_that_is_named_no_longer_leaves_nothing(beside: Home) -> None:
    programme = beside.sources / "programme.yml"
    programme.write_text(programme.read_text("utf-8").replace(", earlier: [STAB-1.2]", ""), "utf-8")
    derive(beside, NOW, publish=False)
    with open_store(beside) as store:
        for table in ("method_score_vintage", "method_trend_vintage", "method_trend"):
            assert store.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]
    assert not [step for step in moments(beside) if step.startswith("method_score")]
