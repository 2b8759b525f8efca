"""The Python API over a publication that was taken out of its home: no sources, no store, the same figures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import idtracker
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.tables import FACTS, TABLES
from idtracker.publish.reading.explanation import Explanation
from tests.support.cli_programme import Prepared, Program

PAST = "2026-01-05"


@pytest.fixture(scope="module")
def folder(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The publication alone."""
    place = tmp_path_factory.mktemp("alone") / "publication"
    shutil.copytree((prepared.home.published / "hmg" / "current").resolve(), place)
    return place


@pytest.fixture(scope="module")
def tracker(folder: Path) -> Iterator[idtracker.Tracker]:
    with idtracker.open(publication=folder) as opened:
        yield opened


def test_what_is_published_is_read_by_folder_file_and_home(prepared: Prepared, folder: Path) -> None:
    opened = [
        idtracker.open(publication=folder),
        idtracker.open(publication=folder / "idtracker.duckdb"),
        idtracker.open(prepared.home.root, "/no/such/folder"),
    ]
    for one in opened:
        with one as tracker:
            assert isinstance(tracker, idtracker.Tracker)
            assert tracker.notice.startswith("Invented") and len(tracker.scores()) > 0
            assert tracker.known_at == pd.Timestamp("2026-02-10")


def test_each_fact_table_gives_the_rows_that_stand(tracker: idtracker.Tracker) -> None:
    sizes = {name: len(tracker.facts(name)) for name in FACTS}
    counted = {name: int(tracker.sql(f"SELECT count(*) AS n FROM now.{name}")["n"].iloc[0]) for name in FACTS}
    assert sizes == counted and sizes["observation"] == 4 and sizes["activity"] == 5
    assert set(tracker.facts("observation").columns) == set(tracker.columns("observation")["column"])
    with pytest.raises(UsageError, match="no fact table"):
        tracker.facts("score")


def test_scores_metrics_freshness_and_pairs_are_the_published_rows(tracker: idtracker.Tracker) -> None:
    assert len(tracker.scores("JO-AZ", "2025-Q3", "STABILITY")) == 1
    assert set(tracker.metrics("im-01", period="2025-Q4")["metric_id"]) == {"IM-01"}
    assert tracker.freshness()["source_id"].tolist() == ["courses", "products", "survey"]
    assert list(tracker.pairs().columns) == tracker.columns("pair")["column"].tolist()
    assert tracker.columns("score").set_index("column").loc["score", "unit"] == "0-100"


def test_the_past_needs_the_publication_alone(
    tracker: idtracker.Tracker, published: Program, prepared: Prepared
) -> None:
    """Sources, their cadence and the framework come from the table `definition`; the command says the same."""
    kinds = tracker.sql("SELECT kind, count(*) AS n FROM definition GROUP BY ALL ORDER BY ALL")
    assert dict(zip(kinds["kind"], kinds["n"], strict=True))["source"] == 3
    sql = "SELECT source_id, state, expected_next FROM freshness ORDER BY ALL"
    with tracker.as_known_at(PAST) as then:
        freshness = then.sql(sql)
        assert freshness["source_id"].tolist() == ["courses", "products", "survey"]
        assert len(then.facts("activity")) == 5 and then.sql("SELECT count(*) AS n FROM now.analysis_product")[
            "n"
        ].tolist() == [0]
        assert "score_change" not in then.tables and "pair" not in then.tables
        for method in (then.pairs, then.missing_reports):
            with pytest.raises(UsageError, match="not kept for a past instant"):
                method()
        stated = published.document("query", sql, "--as-known-at", PAST)
        assert freshness["state"].tolist() == [row["state"] for row in stated]


def test_changes_are_the_figures_that_differ(tracker: idtracker.Tracker) -> None:
    """Held against both instants, row by row."""
    moved = tracker.changes(PAST, "metric_value").set_index(["metric_id", "measure", "scope", "period"])
    with tracker.as_known_at(PAST) as then:
        before = then.metrics().set_index(["metric_id", "measure", "scope", "period"])["value"].to_dict()
    after = tracker.metrics().set_index(["metric_id", "measure", "scope", "period"])["value"].to_dict()
    differing = {
        key
        for key in {*before, *after}
        if not (before.get(key) == after.get(key) or (pd.isna(before.get(key)) and pd.isna(after.get(key))))
    }
    assert set(moved.index) == differing and len(differing) > 0
    with pytest.raises(UsageError, match="is not compared"):
        tracker.changes(PAST, "organisation")
    with pytest.raises(UsageError, match="not a date"):
        tracker.changes("last week")


def test_explanations_are_typed_and_lead_to_files(tracker: idtracker.Tracker) -> None:
    score = tracker.explain_score("Zarqa", "2025-Q3")
    metric = tracker.explain_metric("IM-01", "2025-Q4")
    cell = tracker.explain_cell("VOICE", "Zarqa", "2025-Q3")
    for tree in (score, metric, cell):
        assert isinstance(tree, Explanation)

    def leaves(tree: Explanation) -> list[Explanation]:
        return [leaf for inner in tree.because for leaf in leaves(inner)] or [tree]

    files = {leaf.file_name for tree in (score, metric, cell) for leaf in leaves(tree)}
    assert {"survey_2025-Q3.csv", "products_1.csv"} <= files
    assert metric.printed()["what"] == metric.what


def test_polars_and_geopandas_are_extras(tracker: idtracker.Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tracker.polars("score").height == len(tracker.scores())
    with pytest.raises(UsageError, match="no coordinates"):
        tracker.geo("score")
    assert tracker.geo("event").crs == "EPSG:4326"
    for name, call in (("polars", tracker.polars), ("geopandas", tracker.geo)):
        monkeypatch.setitem(__import__("sys").modules, name, None)
        with pytest.raises(IdtrackerError, match=r"pip install 'idtracker\["):
            call("event")


def test_what_cannot_be_is_told(tracker: idtracker.Tracker, folder: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "notes.duckdb"
    wrong.write_text("no database", "utf-8")
    for place, said in (
        (tmp_path, "there is no publication"),
        (wrong, "not a database"),
        (tmp_path / "x", "there is no publication"),
    ):
        with pytest.raises(UsageError, match=said):
            idtracker.open(publication=place)
    with pytest.raises(UsageError, match="not both"):
        idtracker.open(tmp_path, publication=folder)
    with pytest.raises(UsageError, match="Did you mean `score`"):
        tracker.table("scor")
    with pytest.raises(UsageError, match="made from a home"):
        tracker.export(tmp_path / "out")
    taken = tmp_path / "idtracker.duckdb"
    shutil.copyfile(folder / "idtracker.duckdb", taken)
    with idtracker.open(publication=taken) as bare:
        assert len(bare.scores()) == len(tracker.scores())
        with pytest.raises(UsageError, match="no readable manifest"):
            bare.as_known_at(PAST)


def test_a_definition_that_is_not_there_is_missed(folder: Path, tmp_path: Path) -> None:
    """Where figures of the framework are published and its definition is kept from a reader, nothing is made up."""
    import duckdb

    other = tmp_path / "other"
    shutil.copytree(folder, other)
    with duckdb.connect(str(other / "idtracker.duckdb")) as changed:
        assert changed.execute("SELECT count(*) FROM kpq_view").fetchall() != [(0,)], "there are figures to explain"
        changed.execute("DELETE FROM definition WHERE kind = 'framework'")
    with idtracker.open(publication=other) as tracker:
        with pytest.raises(UsageError, match="`definition` has no row `framework`"):
            tracker.as_known_at(PAST)
        with pytest.raises(UsageError, match="definition of the framework"):
            tracker.framework()


def test_a_closed_tracker_reads_no_more(folder: Path) -> None:
    with idtracker.open(publication=folder) as opened:
        assert set(opened.tables) <= set(TABLES) and len(opened.tables) > 50
    with pytest.raises(Exception, match="closed"):
        opened.scores()
