"""Scores of a tree that looks across places and quarters, over time: what a home says of any past moment is what was known then."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml

from benchmarks.proofs.small_deliveries import deliveries
from benchmarks.proofs.small_programme import END, START, derive, receive, run, write_sources
from idtracker.analyse.index.tree import tree_states
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.composite.definition import Index
from idtracker.model.home import Home
from idtracker.model.tables import TABLES, conform_types
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from idtracker.store.tables import read_table

NOW = END + timedelta(hours=12)
WIDE = {
    "method_version": "WIDE-1", "title": "Wide", "source": "none", "defaults": {"coverage": 0.3, "weights": "relative"},
    "indicator_defaults": {"scale": [0, 100]},
    "indicators": {
        "VOICE": {"label": "Voice", "normalise": {"method": "min_max"}, "missing": {"method": "carried", "periods": 2}},
        "WORK": {"label": "Work", "direction": -1, "missing": {"method": "neighbours", "neighbours": 2},
                 "normalise": {"method": "z_score", "mean": 50, "sd": 20, "clip": [0, 100], "reference_periods": ["2024-Q4", "2025-Q1"]}},
        "EVENTS": {"label": "Events", "direction": -1, "treatment": "coin", "normalise": "percentile_rank",
                   "missing": {"method": "median", "after": "normalisation"}},
    },
    "tree": {"code": "ALL", "children": [{"code": "UPPER", "children": ["VOICE", "WORK"]}, "EVENTS"]},
}  # fmt: skip
NODES = {
    **WIDE, "method_version": "NODES-1",
    "tree": {"code": "ALL", "weights": "principal_component", "children": [
        {"code": "UPPER", "weights": "inverse_standard_deviation", "children": ["VOICE", "WORK"],
         "normalise": {"method": "z_score", "mean": 50, "sd": 20, "clip": [0, 100]}},
        "EVENTS", {"code": "AGAIN", "normalise": {"method": "min_max", "scale": [0, 100]}, "children": ["VOICE"]}]},
}  # fmt: skip
NODES["indicators"] = WIDE["indicators"] | {"VOICE": WIDE["indicators"]["VOICE"] | {"shared": True}}  # type: ignore[index, operator]
KEYS = ["place_id", "period", "node_code"]
FIGURES = ["score", "low", "high", "completeness", "imputed_share", "carried_share", "classification", "recorded_from"]
DERIVED = ["score", "score_vintage", "trend", "trend_vintage", "score_change", "missing_report"]


@pytest.fixture(scope="module", params=[WIDE, NODES], ids=["leaves", "nodes"])
def in_steps(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose tree looks across places, by its leaves alone or by its nodes too, which received everything in four runs."""
    folder = tmp_path_factory.mktemp("wide")
    home = Home(folder / "home", write_sources(folder / "sources", "2024-Q4"))
    (home.sources / "_methods").mkdir(exist_ok=True)
    (home.sources / "_methods" / "WIDE.yml").write_text(yaml.safe_dump(request.param), encoding="utf-8")
    programme = home.sources / "programme.yml"
    programme.write_text(programme.read_text("utf-8") + "method: WIDE\n", "utf-8")
    sent = deliveries(4, home.sources)
    for days in (100, 101, 250, 330):
        receive(home, [d for d in sent if START + timedelta(days=days - 150) < d.at], START + timedelta(days=days))
        run(home, min(START + timedelta(days=days), END), publish=False)
    derive(home, NOW, publish=False)
    return home


def copied(home: Home, folder: Path) -> Home:
    shutil.copytree(home.root, folder / "home", symlinks=True)
    return Home(folder / "home", home.sources)


def hashes(home: Home) -> dict[str, str]:
    with open_store(home) as store:
        return content_hashes(store, DERIVED)


def test_a_home_brought_up_to_date_in_steps_equals_one_made_from_nothing(in_steps: Home, tmp_path: Path) -> None:
    fresh = copied(in_steps, tmp_path)
    with open_store(fresh) as store:
        store.execute("DELETE FROM _moment")
    derive(fresh, NOW, publish=False)
    assert hashes(fresh) == hashes(in_steps)


def test_every_past_moment_says_what_scoring_from_nothing_says(in_steps: Home) -> None:
    """Each version of the scores against the tree on the cells as known then, over all places and quarters of its moment."""
    with open_store(in_steps) as store:
        scores, cells = (read_table(store, f"{name}_vintage") for name in ("score", "merged_cell"))
        indicator, place = read_table(store, "indicator"), read_table(store, "place")
    place = place[(place["place_id"] == "JO") | (place["parent_id"] == "JO")]
    catalogue = load_catalogue(in_steps.sources)
    index = catalogue.methods.headline.definition
    assert isinstance(index, Index)
    moments = sorted({*scores["known_from"], *scores["known_to"].dropna(), *cells["known_from"]})
    seen = 0
    for at in moments:
        then, told = known_at(cells, at), known_at(scores, at)
        wanted = told[["place_id", "period"]].drop_duplicates(ignore_index=True)
        if wanted.empty:
            continue
        again = conform_types(
            tree_states(then, indicator, place, index, catalogue.methods.merging, wanted), TABLES["score"]
        )
        both = told[[*KEYS, *FIGURES]].sort_values(KEYS, ignore_index=True)
        new = again[[*KEYS, *FIGURES]].sort_values(KEYS, ignore_index=True)
        pd.testing.assert_frame_equal(both, new, check_dtype=False, obj=str(at))
        seen += 1
    assert seen > 12 and scores["imputed_share"].gt(0).any() and scores["carried_share"].gt(0).any()


def known_at(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    return rows[(rows["known_from"] <= at) & ~(rows["known_to"] <= at)]


def test_a_cell_of_one_place_moves_the_scores_of_others(in_steps: Home) -> None:
    """Somewhere a place was scored anew at a moment at which none of its own cells changed."""
    with open_store(in_steps) as store:
        query = """SELECT count(*) FROM (SELECT DISTINCT place_id, period, known_from FROM score_vintage) s
          WHERE NOT EXISTS (FROM merged_cell_vintage c WHERE c.place_id = s.place_id AND c.period = s.period
            AND (c.known_from = s.known_from OR c.known_to = s.known_from))"""
        assert store.execute(query).fetchall()[0][0] > 10


def test_what_moved_a_score_adds_up_and_tells_the_other_places_apart(in_steps: Home) -> None:
    with open_store(in_steps) as store:
        sums = "SELECT score_after - score_before, sum(points), list(DISTINCT cause) FROM score_change WHERE points IS NOT NULL GROUP BY "
        rows = store.execute(f"{sums} place_id, period, node_code, basis, score_before, score_after").fetchall()
    assert len(rows) > 20 and all(points == pytest.approx(difference, abs=1e-9) for difference, points, _ in rows)
    causes = [cause for *_, found in rows for cause in found]
    assert causes.count("PANEL") > 5 and causes.count("NEW_DATA") > 5
    assert causes.count("UNDIVIDED") < len(rows) / 3
