"""Indices in runs of a home: its report, what is published, asset and metadata, and custody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pytest

from idtracker.ingest.indices.editions import IndexEditions
from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.custody.backup import back_up
from idtracker.operate.custody.rebuild import rebuild
from idtracker.operate.custody.restore import restore
from idtracker.operate.custody.verify import verify
from idtracker.operate.run import Runner
from idtracker.publish.tracker import Tracker
from pipelines.definitions import build
from tests.support.built import built, copy_of
from tests.support.cli_programme import Program
from tests.support.programmes.index_programme import HD, name_indices, put, stored
from tests.support.runs import METRICS, SUITES, driver_without

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ENTRY = {"id": "hd", "method": "HDI", "data": "_indices/hd.csv"}
BROKEN = {"id": "lost", "method": "HDI", "data": "_indices/lost.csv"}
INDICES = dg.AssetKey(["tracker", "indices"])


def runner(home: Home) -> Runner:
    """Runs without what this is not about."""
    return Runner(home, driver_without(SUITES, METRICS, "tracker/uncertainty"))


def published(home: Home, name: str) -> pd.DataFrame:
    return duckdb.execute(
        f"SELECT * FROM read_parquet('{home.published / 'hmg' / 'current' / 'parquet' / name}.parquet')"
    ).df()


@pytest.fixture
def ran(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Home:
    """A copy of a home without sources that ran once, on a clock that stands still."""

    def make(home: Home) -> None:
        name_indices(home, ENTRY, clock="2026-05-20")
        put(home, "_indices/hd.csv", HD)
        report = runner(home).run()
        assert (report.outcome, report.failures) == ("done", {})

    return copy_of(built(tmp_path_factory, "indices", make), tmp_path)


def test_what_is_published_is_what_the_command_computes(ran: Home) -> None:
    rows = published(ran, "index_score")
    assert len(rows) == 24 and rows["releasable_to"].eq("HMG").all()
    document = Program(ran).document("method", "compute", "HDI", ran.sources / "_indices" / "hd.csv", code=1)
    roots = rows[rows["node_code"] == "HDI"].set_index("unit_name")["score"]
    by_command = {unit["unit"]: unit["values"]["HDI"] for unit in document["units"]}
    assert {name: None if pd.isna(score) else score for name, score in roots.items()} == by_command
    [index] = published(ran, "programme_index").to_dict("records")
    assert index["first_seen_at"] == pd.Timestamp("2026-05-20"), (
        "a programme whose clock stands still lives on that day"
    )


def test_the_python_api_reads_it_now_and_not_as_of_a_past_instant(ran: Home) -> None:
    with Tracker(ran) as tracker:
        assert len(tracker.table("index_score").to_pandas()) == 24
        with tracker.as_known_at("2026-05-21") as then:
            assert "index_score" not in then.tables
            with pytest.raises(UsageError, match="it is not kept for a past instant"):
                then.table("index_score")


def test_the_list_of_methods_names_the_indices_that_use_each(ran: Home) -> None:
    listed = {m["name"]: m["indices"] for m in Program(ran).document("method", "list")["methods"]}
    assert listed["HDI"] == ["hd"] and listed["ASEM"] == []
    assert "index hd" in Program(ran)("method", "list").stdout


def test_a_second_run_finds_nothing_new_and_a_new_edition_is_worked_out(ran: Home) -> None:
    assert runner(ran).run().outcome == "nothing_new"
    put(ran, "_indices/hd.csv", HD.replace("71.5", "72.5"))
    assert runner(ran).run().outcome == "done"
    assert published(ran, "programme_index")["edition_number"].tolist() == [2]
    value = published(ran, "index_score").set_index(["unit_name", "node_code"]).loc[("North", "LE"), "value"]
    assert value == 72.5
    assert runner(ran).run().outcome == "nothing_new"


def test_publishing_the_store_as_it_is_hides_no_new_edition_from_the_next_run(ran: Home) -> None:
    put(ran, "_indices/hd.csv", HD.replace("71.5", "72.5"))
    runner(ran).publish("hmg")
    assert published(ran, "programme_index")["edition_number"].tolist() == [1]
    assert runner(ran).run().outcome == "done"
    assert published(ran, "programme_index")["edition_number"].tolist() == [2]


def test_looking_back_is_no_reason_to_leave_the_present_out(ran: Home) -> None:
    report = runner(ran).run(as_of=datetime(2026, 5, 10, tzinfo=UTC))
    assert report.failures == {} and published(ran, "index_score").empty
    [index] = published(ran, "programme_index").to_dict("records")
    assert "No edition of _indices/hd.csv had been seen by 2026-05-10 00:00 UTC" in index["findings"]
    assert runner(ran).run().failures == {}
    assert len(published(ran, "index_score")) == 24
    put(ran, "_indices/hd.csv", HD.replace("71.5", "72.5"))
    runner(ran).run(as_of=datetime(2026, 5, 20, tzinfo=UTC))
    assert published(ran, "programme_index")["edition_number"].tolist() == [1], "the new one was not seen by then"
    assert runner(ran).run().outcome == "done", "although day and files are the same"
    assert published(ran, "programme_index")["edition_number"].tolist() == [2]


def test_a_wrong_index_fails_by_name_in_every_report_and_the_rest_is_published(ran: Home) -> None:
    name_indices(ran, BROKEN, ENTRY, clock="2026-05-20")
    for _ in range(2):
        report = runner(ran).run()
        assert list(report.failures) == ["tracker/indices"] and report.outcome == "failed"
        assert "indices: lost: _indices/lost.csv cannot be read" in report.failures["tracker/indices"]
        assert set(published(ran, "index_score")["index_id"]) == {"hd"}
        assert published(ran, "programme_index").set_index("index_id")["is_worked_out"].to_dict() == {
            "hd": True,
            "lost": False,
        }
    assert not report.changed, "nothing is done again, and it is said again"
    put(ran, "_indices/lost.csv", HD)
    assert runner(ran).run().failures == {}


def test_the_home_is_verified_rebuilt_backed_up_and_restored_with_its_editions(ran: Home) -> None:
    put(ran, "_indices/hd.csv", HD.replace("71.5", "72.5"))
    assert runner(ran).run().failures == {}
    catalogue = catalogue_of(ran)
    before = stored(ran, "index_score")
    (ran.sources / "_indices" / "hd.csv").write_text(HD.replace("71.5", "73.5"), "utf-8")  # no run has seen it
    audited = verify(ran, catalogue, NOW, deep=True)
    assert audited.problems == [] and audited.counts["tables_compared"] > 50
    archive = ran.root.parent / "backup.tar.gz"
    assert back_up(ran, catalogue, archive).damaged == []
    rebuilt = rebuild(ran, catalogue, NOW)
    assert (rebuilt.problems, rebuilt.differing) == ([], [])
    other = Home(ran.root.parent / "restored", ran.sources)
    restore(other, catalogue, archive, NOW)
    assert stored(other, "index_score").equals(before) and len(before) == 24
    assert stored(other, "programme_index").equals(stored(ran, "programme_index"))
    assert [e.number for e in IndexEditions(other).of("hd")] == [1, 2]


def test_the_asset_shows_method_data_units_and_ends_and_follows_its_files(
    ran: Home, asset_run: Callable[..., dg.ExecuteInProcessResult]
) -> None:
    done = asset_run(ran)
    [event] = done.asset_materializations_for_node("tracker__indices")
    shown = event.metadata["indices"].value["hd"]  # type: ignore[call-overload, index]
    assert (shown["method"], shown["version"], shown["unit_count"], shown["scored_count"]) == ("HDI", "HDI-2014", 4, 3)
    assert (
        shown["first"].startswith("North 0.")
        and shown["last"].startswith("West 0.")
        and len(shown["data_sha256"]) == 64
    )
    assert event.metadata["dagster/row_count"].value == 24
    assert [check.passed for check in done.get_asset_check_evaluations()] == [True]
    by_asset = published(ran, "index_score")
    assert stored(ran, "index_score")["score"].equals(
        by_asset.sort_values(["index_id", "unit_name", "node_code"], ignore_index=True)["score"]
    )
    name_indices(ran, BROKEN, ENTRY, clock="2026-05-20")
    [check] = asset_run(ran).get_asset_check_evaluations()
    assert not check.passed and check.severity == dg.AssetCheckSeverity.WARN and "lost.csv" in str(check.description)


@pytest.fixture
def asset_run() -> Callable[..., dg.ExecuteInProcessResult]:
    """Materialise the asset of the indices, as whoever clicks on it does."""

    def run(home: Home) -> dg.ExecuteInProcessResult:
        with dg.DagsterInstance.ephemeral() as instance:
            job = build(home).resolve_implicit_global_asset_job_def()
            return job.execute_in_process(instance=instance, asset_selection=[INDICES])

    return run


def test_the_asset_is_asked_for_when_a_data_file_changes(ran: Home) -> None:
    def asked(instance: dg.DagsterInstance, cursor: object) -> tuple[set[str], object]:
        result = dg.evaluate_automation_conditions(build(ran), instance=instance, cursor=cursor)  # type: ignore[arg-type]
        keys = build(ran).resolve_asset_graph().get_all_asset_keys()
        return {key.to_user_string() for key in keys if result.get_num_requested(key)}, result.cursor

    with dg.DagsterInstance.ephemeral() as instance:
        for key in build(ran).resolve_asset_graph().get_all_asset_keys():
            instance.report_runless_asset_event(dg.AssetMaterialization(key))
        _, cursor = asked(instance, None)
        quiet, cursor = asked(instance, cursor)
        put(ran, "_indices/hd.csv", HD.replace("71.5", "72.5"))
        after, _ = asked(instance, cursor)
    assert quiet == set() and "tracker/indices" in after
    assert not after & {"tracker/facts", "tracker/cells", "tracker/scores"}
