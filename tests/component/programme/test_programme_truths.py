"""The planted truths and faults come out of the generated files when the library reads them."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd
import pytest
from judged_examples import SOURCES

from idtracker.analyse.metrics.values import measure
from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.ingest.judge.rules.series import EarlierReports, history_columns
from idtracker.ingest.marking.scan import find_marking
from programme import organisations as org
from programme.delivery import Delivery
from programme.faults import FAULTS
from programme.inbox import deliveries
from programme.truth import truth
from programme.world import World
from programme.writing import render

TRUTH = truth(World())


@pytest.fixture(scope="module")
def catalogue() -> ProgrammeCatalogue:
    return load_catalogue(SOURCES)


@pytest.fixture(scope="module")
def files() -> dict[tuple[str, str], Delivery]:
    return {(d.source, d.name): d for d in deliveries(World())}


def _judge(catalogue: ProgrammeCatalogue, delivery: Delivery, history: EarlierReports | None = None) -> Assessment:
    return assess(
        render(delivery),
        delivery.name,
        catalogue.source(delivery.source),
        catalogue,
        submission_id=delivery.name,
        received_at=pd.Timestamp(delivery.received_at).tz_localize(None),
        history=history,
    )


def _history(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery], delivery: Delivery
) -> EarlierReports:
    """What the source said before the delivery arrived."""
    frames: dict[str, pd.DataFrame] = {}
    earlier = [d for (of, _), d in files.items() if of == delivery.source and d.received_at < delivery.received_at]
    for one in sorted(earlier, key=lambda d: d.received_at):
        if one.withdrawn_at is None or one.withdrawn_at > delivery.received_at:
            facts = _judge(catalogue, one).facts
            for part in catalogue.source(delivery.source).parts:
                columns = history_columns(part)
                if columns and part.id in facts:
                    said = [f for f in (frames.get(part.id), facts[part.id][columns]) if f is not None]
                    frames[part.id] = pd.concat(said).drop_duplicates("fact_id", keep="last")
    return EarlierReports(frames)


def _found(
    catalogue: ProgrammeCatalogue, delivery: Delivery, history: EarlierReports | None = None
) -> set[tuple[str, str, int | None]]:
    marking = find_marking(render(delivery))
    if marking:
        return {("file.protective_marking", "", None)}
    frame = _judge(catalogue, delivery, history).findings.to_frame()
    return {
        (str(rule), "" if pd.isna(row) else str(sheet), None if pd.isna(row) else int(row))
        for rule, sheet, row in zip(frame["rule"], frame["sheet"], frame["row"], strict=True)
    }


def _wanted() -> dict[tuple[str, str], set[tuple[str, str, int | None]]]:
    wanted: dict[tuple[str, str], set[tuple[str, str, int | None]]] = defaultdict(set)
    for fault in TRUTH["faults"]:
        for row in fault["rows"] or [None]:
            wanted[fault["source"], fault["file"]].add((fault["rule"], fault["sheet"], row))
    return wanted


@pytest.mark.parametrize("place", sorted(_wanted()), ids=lambda place: str(place[1]))
def test_each_planted_fault_is_found_where_it_stands_and_nothing_else(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery], place: tuple[str, str]
) -> None:
    wanted = _wanted()[place]
    needs_history = any(rule.startswith("history.") for rule, _, _ in wanted)
    history = _history(catalogue, files, files[place]) if needs_history else None
    found = _found(catalogue, files[place], history)
    assert wanted <= found
    if place[1] != "barometer_2024-Q1_first.csv":  # every row of it is out of range, which is why the file is held
        assert found == wanted


def test_a_file_above_official_is_refused_and_names_its_marking(files: dict[tuple[str, str], Delivery]) -> None:
    content = render(files["mod_security_assessment", "mod_assessment_2025-Q2_annex.csv"])
    assert find_marking(content) == "SECRET"


def test_the_rules_that_the_programme_breaks_are_many() -> None:
    assert len({f.rule for f in FAULTS}) >= 35


def _accepted(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery], source: str, part: str
) -> pd.DataFrame:
    found = [_judge(catalogue, delivery).facts[part] for (of, _), delivery in sorted(files.items()) if of == source]
    return pd.concat(found, ignore_index=True)


@pytest.fixture(scope="module")
def outcomes(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reported results, and who delivers where since when."""
    results = _accepted(catalogue, files, "fcdo_logframe_results", "result_value")
    who = _accepted(catalogue, files, "embassy_participation_register", "participation")
    return results, who[who["role"] == "4"].dropna(subset="place_id").drop_duplicates("fact_id")


@pytest.mark.parametrize("comparison", TRUTH["comparisons"], ids=lambda c: str(c["activity"]))
def test_synergy_is_recovered_from_results_and_participation(
    outcomes: tuple[pd.DataFrame, pd.DataFrame], comparison: dict[str, object]
) -> None:
    """Arms come from who delivers where and when; the interaction contrast from the reported outcomes."""
    results, who = outcomes
    results = results[results["result_indicator"] == comparison["outcome"]].copy()
    who = who[who["activity_id"] == comparison["activity"]]
    for arm in ("a", "b"):
        since = who[who["org_id"] == comparison[f"arm_{arm}"]].set_index("place_id")["start_on"]
        results[arm] = results["place_id"].map(since) <= results["period_start"]
    mean = results.groupby(["a", "b"])["actual"].mean()
    contrast = mean[True, True] - mean[True, False] - mean[False, True] + mean[False, False]
    assert contrast == pytest.approx(comparison["interaction_contrast"], abs=1.0)


def test_the_planted_synergy_is_shown_and_covered_and_the_planted_null_is_not_called_one(
    catalogue: ProgrammeCatalogue, outcomes: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    results, who = outcomes
    facts = {"result_value": results, "participation": who}
    periods = [q for q in World().quarters if "2024-Q3" <= q <= "2026-Q1"]
    found = measure(facts, catalogue.register.tables(), periods, pd.Timestamp("2026-12-01"), metric_ids=["IM-36"])
    found = found[found["measure"] == "value"]
    synergy, null = TRUTH["comparisons"]
    planted = found[found["scope"].str.startswith(f"activity={synergy['activity']} ")]
    assert planted["period"].tolist() == periods
    truly = synergy["interaction_contrast"]
    assert (planted["lower"] > 0).all() and (planted["lower"] < truly).all() and (truly < planted["upper"]).mean() > 0.8
    nothing = found[found["scope"].str.startswith(f"activity={null['activity']} ")]
    assert nothing["period"].tolist() == periods
    assert nothing["value"].isna().all(), "a contrast with one place in an arm is withheld"


def test_the_departments_before_the_merger_give_way_to_their_successor(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery]
) -> None:
    delivery = files["embassy_joint_work_log", "joint_work_log_backlog_2020-Q1_2023-Q2.xlsx"]
    facts = _judge(catalogue, delivery).facts
    done = facts["product_contribution"].merge(facts["analysis_product"], on="product_id")
    is_before = done["completed_on"] < pd.Timestamp(TRUTH["merger"]["on"])
    assert {org.FCO, org.DFID} <= set(done.loc[is_before, "org_id"])
    assert org.FCDO not in set(done.loc[is_before, "org_id"])
    assert not {org.FCO, org.DFID} & set(done.loc[~is_before, "org_id"])


def test_the_silent_department_reports_until_its_last_period_and_no_longer(
    files: dict[tuple[str, str], Delivery],
) -> None:
    for source in TRUTH["silent"]["sources"]:
        names = " ".join(name for of, name in files if of == source)
        assert TRUTH["silent"]["last_period"] in names
        assert "2026" not in names


def test_the_shared_origin_is_quoted_with_one_figure_by_two_departments(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery]
) -> None:
    quarter = "2025-Q3"
    embassy = _judge(catalogue, files["embassy_tracker_workbook", f"embassy_tracker_{quarter}.xlsx"])
    defence = _judge(catalogue, files["mod_security_assessment", f"mod_assessment_{quarter}.csv"])
    key = ["indicator_id", "place_id", "period", "value", "origin"]
    both = embassy.facts["observation"][key].merge(defence.facts["observation"][key])
    assert set(both["origin"]) == {TRUTH["shared_origin"]["origin"]}
    assert both["place_id"].nunique() == 12


def test_the_corrected_return_changes_only_the_cells_that_are_written_down(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery]
) -> None:
    for correction in TRUTH["corrections"]:
        first, second = (_judge(catalogue, files[correction["source"], correction[n]]) for n in ("file", "corrected"))
        part = next(iter(first.facts))
        merged = first.facts[part].merge(second.facts[part], on="fact_id", suffixes=("", "_later"))
        assert len(merged) == len(first.facts[part])
        changed = merged["content_hash"] != merged["content_hash_later"]
        assert changed.sum() == len({tuple(c[2].items()) for c in correction["changes"]})


def test_the_event_feed_edits_and_deletes(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery]
) -> None:
    first, last = (
        _judge(catalogue, files["observatory_conflict_events", f"conflict_events_{day}.csv"]).facts["event"]
        for day in ("2025-10-14", "2026-10-14")
    )
    both = first.merge(last, on="event_id", suffixes=("", "_later"))
    assert 0 < len(both) < len(first) < len(last)
    assert (both["fatalities"] != both["fatalities_later"]).any()


def test_one_file_is_withdrawn_with_a_reason(files: dict[tuple[str, str], Delivery]) -> None:
    withdrawn = [d for d in files.values() if d.withdrawn_at]
    assert [(d.source, d.name, d.withdrawn_why) for d in withdrawn] == [tuple(TRUTH["withdrawal"].values())]
    assert all(d.withdrawn_at and d.withdrawn_at > d.received_at for d in withdrawn)


def test_the_file_in_place_of_the_withdrawn_one_leaves_out_what_was_in_doubt(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery]
) -> None:
    source = TRUTH["withdrawal"]["source"]
    first = _judge(catalogue, files[source, TRUTH["withdrawal"]["file"]]).facts["observation"]
    second = _judge(catalogue, files[source, TRUTH["replacement"]["file"]]).facts["observation"]
    left_out = first[~first["fact_id"].isin(second["fact_id"])]
    assert set(left_out["place_name"]) == set(TRUTH["replacement"]["left_out"])
    assert set(second["content_hash"]) < set(first["content_hash"])


def test_a_governorate_without_access_is_absent_from_the_survey_and_the_return(
    catalogue: ProgrammeCatalogue, files: dict[tuple[str, str], Delivery]
) -> None:
    place, (first, *_) = TRUTH["no_access"]["place"], TRUTH["no_access"]["periods"]
    survey = _judge(catalogue, files["wadi_perception_survey", f"perception_{first}.json"]).facts["survey_response"]
    interior = _judge(catalogue, files["moi_security_return", f"moi_return_{first}.csv"]).facts["observation"]
    for facts in (survey, interior):
        assert place not in set(facts["place_id"])
        assert facts["place_id"].nunique() == 11
