"""What a country team gets from `make run`: a published store that shows what was planted, and says what was wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import openpyxl
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import RunHome  # type: ignore[attr-defined]

from docs_builder.json_schemas import schema_of
from idtracker.analyse.metrics.registry import metrics
from idtracker.model.tables import TABLES
from idtracker.publish.export.inside.described import file_problems

NOTICE = "Invented figures"


@pytest.fixture(scope="module")
def report(programme: RunHome) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((programme.path / "report.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    from programme.truth import truth as planted
    from programme.world import World

    return planted(World())


def test_the_report_keeps_its_schema_and_every_row_has_a_fate(report: dict[str, Any]) -> None:
    jsonschema.validate(report, schema_of("run"))
    rows = report["rows"]
    assert rows["read"] == rows["accepted"] + rows["held"] + rows["unchanged"] + rows["superseded"] > 10_000
    for s in report["submissions"]:
        assert s["rows_read"] == sum(s[f"rows_{fate}"] for fate in ("accepted", "held", "unchanged", "superseded")), s
    assert report["failed_steps"] == []


def test_a_second_run_changes_nothing_and_says_so(programme: RunHome) -> None:
    before = programme.published
    said = programme.run_here()
    assert "Nothing new" in said and NOTICE in said
    assert programme.published == before


def test_each_planted_fault_yields_its_finding_at_its_sheet_and_row(programme: RunHome, truth: dict[str, Any]) -> None:
    found = set(
        programme.sql(
            "SELECT f.rule, s.source_id, s.file_name, coalesce(f.sheet, ''), f.\"row\" FROM finding f JOIN submission s USING (submission_id)"
        )
    )
    for fault in truth["faults"]:
        for row in fault["rows"] or [None]:
            sheet = fault["sheet"] if row is not None else None
            matches = [f for f in found if f[:3] == (fault["rule"], fault["source"], fault["file"]) and f[4] == row]
            assert matches and (sheet is None or sheet in {m[3] for m in matches}), fault


def test_nothing_but_what_was_planted_is_odd_against_history(programme: RunHome, truth: dict[str, Any]) -> None:
    found = programme.sql(
        "SELECT f.rule, s.source_id, s.file_name FROM finding f JOIN submission s USING (submission_id) "
        "WHERE starts_with(f.rule, 'history.') OR starts_with(f.rule, 'cross.')"
    )
    assert sorted(found) == sorted(
        (f["rule"], f["source"], f["file"]) for f in truth["faults"] if f["rule"].startswith(("history.", "cross."))
    )


def test_cells_scores_and_trends_equal_a_recomputation_that_shares_no_code_with_them(
    programme: RunHome,
) -> None:
    from tests.support.oracle import programme as recomputed

    known = yaml.safe_load((programme.sources / "programme.yml").read_text("utf-8"))
    again = recomputed.recompute(programme.published, known["country"], **known["tracker"])
    assert len(again["merged_cell"]) > 3000 and len(again["score"]) > 1000
    assert recomputed.differences(programme.published, again) == {"merged_cell": [], "score": [], "trend": []}


def test_synergy_comes_out_of_the_published_tables(programme: RunHome, truth: dict[str, Any]) -> None:
    for comparison in truth["comparisons"]:
        arms = {
            arm: f"EXISTS (SELECT 1 FROM now.participation p WHERE p.activity_id = '{comparison['activity']}' AND p.role = '4' "
            f"AND p.org_id = '{comparison[f'arm_{arm}']}' AND p.place_id = r.place_id AND p.start_on <= r.period_start)"
            for arm in "ab"
        }
        means = {
            (a, b): mean
            for a, b, mean in programme.sql(
                f"SELECT {arms['a']} AS a, {arms['b']} AS b, avg(actual) FROM now.result_value r "
                f"WHERE result_indicator = '{comparison['outcome']}' GROUP BY ALL"
            )
        }
        contrast = means[True, True] - means[True, False] - means[False, True] + means[False, False]
        assert contrast == pytest.approx(comparison["interaction_contrast"], abs=1.0)


def test_the_silent_department_is_delinquent_and_the_rest_is_not(programme: RunHome, truth: dict[str, Any]) -> None:
    states = dict(programme.sql("SELECT source_id, state FROM freshness"))
    assert {s for s, state in states.items() if state == "DELINQUENT"} == set(truth["silent"]["sources"])
    owed = programme.sql(
        f"SELECT count(*) FROM obligation WHERE source_id = '{truth['silent']['sources'][0]}' AND period > '{truth['silent']['last_period']}' AND state = 'overdue'"
    )
    assert owed[0][0] >= 3


def test_a_corrected_return_is_a_new_vintage_and_the_old_one_stays(programme: RunHome, truth: dict[str, Any]) -> None:
    for correction in truth["corrections"]:
        ids = dict(
            programme.sql(f"SELECT file_name, submission_id FROM submission WHERE source_id = '{correction['source']}'")
        )
        closed = opened = 0
        for table in ("observation", "activity", "activity_cell", "result_value"):
            closed += programme.sql(
                f"SELECT count(*) FROM {table} WHERE submission_id = '{ids[correction['file']]}' AND recorded_to IS NOT NULL"
            )[0][0]
            opened += programme.sql(
                f"SELECT count(*) FROM {table} WHERE submission_id = '{ids[correction['corrected']]}' AND recorded_to IS NULL AND revision_type = 'C'"
            )[0][0]
        assert closed == opened == len({tuple(sorted(c[2].items())) for c in correction["changes"]}), correction


def test_a_withdrawn_file_is_closed_and_not_deleted(programme: RunHome, truth: dict[str, Any]) -> None:
    name = truth["withdrawal"]["file"]
    ((submission, state, why, at),) = programme.sql(
        f"SELECT submission_id, state, withdrawn_why, withdrawn_at FROM submission WHERE file_name = '{name}'"
    )
    assert (state, why) == ("withdrawn", truth["withdrawal"]["why"])
    rows = programme.sql(f"SELECT recorded_to FROM observation WHERE submission_id = '{submission}'")
    assert rows and all(until is not None and until <= at for (until,) in rows)


def test_the_merger_is_in_the_register_and_in_the_contributions(programme: RunHome, truth: dict[str, Any]) -> None:
    old, new = set(truth["merger"]["before"]), truth["merger"]["after"]
    rows = programme.sql(
        f"SELECT DISTINCT c.org_id, p.completed_on < DATE '{truth['merger']['on']}' FROM now.product_contribution c JOIN now.analysis_product p USING (product_id)"
    )
    before, after = {o for o, early in rows if early}, {o for o, early in rows if not early}
    assert old <= before and new not in before and new in after and not old & after


def test_one_origin_counts_once_and_disagreement_is_flagged(programme: RunHome, truth: dict[str, Any]) -> None:
    shared = truth["shared_origin"]["indicator"]
    assert programme.sql(
        f"SELECT max(org_count) FROM merged_cell WHERE indicator_id = '{shared}' AND NOT is_carried"
    ) == [(1,)]
    assert (
        programme.sql(
            f"SELECT max(n) FROM (SELECT count(DISTINCT org_id) n FROM now.observation WHERE indicator_id = '{shared}' GROUP BY place_id, period)"
        )[0][0]
        >= 2
    )
    disputed = truth["disagreement"]
    flags = programme.sql(
        f"SELECT bool_or(is_disagreement), bool_and(obs_status = 'U' OR NOT is_disagreement) FROM merged_cell WHERE indicator_id = '{disputed['indicator']}' AND place_id = '{disputed['place']}'"
    )
    assert flags == [(True, True)]


def test_no_score_without_two_thirds_of_the_weight(programme: RunHome, truth: dict[str, Any]) -> None:
    assert programme.sql("SELECT count(*) FROM score WHERE (score IS NULL) <> (completeness < 2.0 / 3 - 1e-9)") == [
        (0,)
    ]
    place, periods = truth["no_access"]["place"], truth["no_access"]["periods"]
    quarters = programme.sql(
        f"SELECT period FROM score WHERE place_id = '{place}' AND node_code = 'STABILITY' AND score IS NULL ORDER BY period"
    )
    without = [period for (period,) in quarters]
    assert len(without) >= 3 and set(without) <= set(periods)  # the first of them live on what was carried forward
    filled, total = programme.sql("SELECT count(score), count(*) FROM score WHERE node_code = 'STABILITY'")[0]
    assert filled > 0.9 * total


def test_every_first_metric_has_values_or_says_why_not(programme: RunHome) -> None:
    ids = {row[0] for row in programme.sql("SELECT DISTINCT metric_id FROM metric_value")}
    assert ids == set(metrics())
    assert programme.sql(
        "SELECT count(*) FROM metric_value WHERE (value IS NULL) <> (suppressed_reason IS NOT NULL)"
    ) == [(0,)]


def test_the_refused_file_is_nowhere_but_where_it_was_left(programme: RunHome, truth: dict[str, Any]) -> None:
    refused = next(f for f in truth["faults"] if f["rule"] == "file.protective_marking")
    left = programme.path / "inbox" / refused["source"] / refused["file"]
    content = left.read_bytes()
    words = content[:150]  # the marking and the rows below it; single rows stand in the open return as well
    assert b"SECRET" in words
    for path in programme.path.rglob("*"):
        if path.is_file() and path != left and path.stat().st_size < 50_000_000:
            assert words not in path.read_bytes(), path


def test_every_table_page_and_file_says_that_the_figures_are_invented(programme: RunHome) -> None:
    comments = dict(programme.sql("SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'main'"))
    assert set(comments) == set(TABLES) and all(text.startswith(NOTICE) for text in comments.values())
    for path in (programme.published / "parquet").glob("*.parquet"):
        metadata = pq.read_metadata(path).metadata or {}
        assert metadata[b"notice"].decode().startswith(NOTICE), path
    pages = list((programme.published / "data_docs").rglob("*.html"))
    assert pages and all(NOTICE in page.read_text("utf-8") for page in pages)
    assert json.loads((programme.published / "manifest.json").read_text())["notice"].startswith(NOTICE)


def test_a_workbook_in_each_language_stands_in_the_publication(programme: RunHome) -> None:
    report = json.loads((programme.path / "report.json").read_text("utf-8"))
    assert report["formats"] == {"hmg": ["xlsx"]}
    assert list(file_problems(programme.published)) == []
    ((scores,),) = programme.sql("SELECT count(*) FROM score")
    for lang in ("en", "ar"):
        book = openpyxl.load_workbook(programme.published / "xlsx" / f"tables_{lang}.xlsx", read_only=True)
        assert any(str(cell).startswith(NOTICE) for row in book.worksheets[0].values for cell in row)
        assert scores > 0 and sum(1 for _ in book["score"].values) == scores + 1
        assert "survey_response" not in book.sheetnames


def test_expectations_hold(programme: RunHome) -> None:
    """The suites over the merged tables pass on the bundled programme; a failing one would leave a file of keys."""
    assert not list((programme.published / "data_docs").glob("failing/*.csv"))


def test_the_snapshot_opens_while_the_store_is_being_written(programme: RunHome) -> None:
    with duckdb.connect(str(programme.path / "store" / "idtracker.duckdb")) as writer:
        writer.execute("SELECT 1")
        assert programme.sql("SELECT count(*) > 0 FROM score") == [(True,)]


def test_the_macro_and_the_view_agree_with_the_vintages(programme: RunHome) -> None:
    now, by_hand = programme.sql(
        "SELECT (SELECT count(*) FROM now.observation), (SELECT count(*) FROM observation WHERE recorded_to IS NULL)"
    )[0]
    assert now == by_hand > 0
    macro, by_hand = programme.sql(
        "SELECT (SELECT count(*) FROM observation_as_known_at('2025-06-30')), (SELECT count(*) FROM observation "
        "WHERE recorded_from < TIMESTAMP '2025-07-01' AND (recorded_to IS NULL OR recorded_to >= TIMESTAMP '2025-07-01'))"
    )[0]
    assert 0 < macro == by_hand < now
    noon, by_hand = programme.sql(
        "SELECT (SELECT count(*) FROM observation_as_known_at('2025-06-30T12:00:00')), (SELECT count(*) FROM observation WHERE "
        "recorded_from <= TIMESTAMP '2025-06-30 12:00:00' AND (recorded_to IS NULL OR recorded_to > TIMESTAMP '2025-06-30 12:00:00'))"
    )[0]
    assert noon == by_hand > 0


def test_deleting_the_store_and_running_again_gives_the_same_content(programme: RunHome, tmp_path: Path) -> None:
    import shutil

    copy = RunHome(tmp_path / "home", programme.sources)
    shutil.copytree(programme.path, copy.path, symlinks=True)
    shutil.rmtree(copy.path / "store")
    shutil.rmtree(copy.path / "published")
    copy.run_here()
    assert copy.hashes() == programme.hashes()


def test_the_parts_of_every_change_of_a_network_add_up_to_what_is_published(programme: RunHome) -> None:
    sums = programme.sql(
        """SELECT c.metric_id, c.measure, c.period, sum(c.contribution), any_value(now.value - before.value), count(DISTINCT cause)
        FROM network_change c
        JOIN metric_value now ON (now.metric_id, now.measure, now.period) = (c.metric_id, c.measure, c.period)
        JOIN metric_value before ON (before.metric_id, before.measure, before.period) = (c.metric_id, c.measure, c.since_period)
        WHERE contribution IS NOT NULL GROUP BY ALL"""
    )
    assert len(sums) > 80
    assert all(added == pytest.approx(moved, abs=1e-9) and causes == 4 for *_, added, moved, causes in sums)
    silent = programme.sql("SELECT count(*) FROM network_change WHERE cause = 'SILENCE' AND contribution <> 0")
    assert silent[0][0] > 0, "the silent department"


def test_changes_of_networks_that_are_continued_are_those_that_are_made_at_once(
    programme: RunHome, tmp_path: Path
) -> None:
    import shutil

    from network_turns import derived_in_turns

    from idtracker.ingest.judge.catalogue import load_catalogue
    from idtracker.model.home import Home

    shutil.copytree(programme.path / "store", tmp_path / "home" / "store")
    home = Home(tmp_path / "home", programme.sources)
    stored, continued = derived_in_turns(home, load_catalogue(programme.sources), (0.33, 0.5, 0.9, 0.97))
    assert len(stored) > 300
    assert stored.equals(continued)
