"""What starts by itself: the inbox sensor, the schedules, the automation conditions, and the freshness policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from idtracker.model.config.source import Cadence
from idtracker.model.home import Home
from idtracker.operate.step import Context, Step, StepResult
from pipelines.definitions import build
from pipelines.describe import cadence_cron, freshness
from pipelines.keys import accepted_key, landed_key

Drop = Callable[..., Path]
STEPS = (
    *("facts", "cells", "scores", "uncertainty", "judgements", "warnings", "rounds", "consequences", "expectations"),
    "framework",
)
BEHIND = {f"tracker/{s}" for s in STEPS} | {"published/hmg"}
FAMILIES = {f"metrics/{name}" for name in ("analysis", "flow", "network", "culture", "overlap", "effect", "trust")}


def tick(home: Home, instance: dg.DagsterInstance, cursor: str | None) -> tuple[list[dg.RunRequest], str]:
    """One evaluation of the inbox sensor."""
    sensor = build(home).resolve_sensor_def("inbox")
    data = sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert data.cursor is not None
    return list(data.run_requests or []), data.cursor


def test_a_file_counts_once_it_stood_still_for_two_ticks(
    programme: Home, instance: dg.DagsterInstance, drop: Drop
) -> None:
    assert tick(programme, instance, None)[0] == []
    drop()
    requests, cursor = tick(programme, instance, None)
    assert requests == []
    assert set(json.loads(cursor)) == {"courses/courses_2025-Q3.csv"}
    drop(rows=["C-1,Zarqa,2025-Q3,2,11"])
    requests, cursor = tick(programme, instance, cursor)
    assert requests == [], "it grew between two ticks"
    [request], cursor = tick(programme, instance, cursor)
    assert set(request.asset_selection or ()) == {landed_key("courses"), accepted_key("courses")}
    assert request.tags["source"] == "courses"


def test_the_run_key_follows_the_content_and_the_cursor_forgets_what_left(
    programme: Home, instance: dg.DagsterInstance, drop: Drop
) -> None:
    first = drop()
    [request], cursor = tick(programme, instance, tick(programme, instance, None)[1])
    first.rename(first.with_name("renamed.csv"))
    cursor = tick(programme, instance, cursor)[1]
    assert set(json.loads(cursor)) == {"courses/renamed.csv"}
    [again], cursor = tick(programme, instance, cursor)
    assert again.run_key == request.run_key, "the same content under a new name is asked for once"
    drop(name="more.csv", rows=["C-9,Karak,2025-Q4,2,1"])
    [both], _ = tick(programme, instance, tick(programme, instance, cursor)[1])
    assert both.run_key != request.run_key
    assert both.tags["files"] == "2", "one run for all files of a source"


def test_landed_files_are_asked_for_again_when_the_definition_changes(
    programme: Home, instance: dg.DagsterInstance, drop: Drop, ingest: Callable[..., dg.ExecuteInProcessResult]
) -> None:
    drop()
    ingest()
    assert tick(programme, instance, None)[0] == []
    path = programme.sources / "courses" / "source.yml"
    path.write_text(path.read_text("utf-8").replace("maximum: 5000", "maximum: 12"), "utf-8")
    [request], _ = tick(programme, instance, None)
    ingest()
    assert tick(programme, instance, None)[0] == []
    assert request.tags["source"] == "courses"


def test_a_schedule_asks_only_where_something_waits(programme: Home, drop: Drop) -> None:
    schedule = build(programme).resolve_schedule_def("due_courses")
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2025, 10, 21, 6, tzinfo=UTC))
    idle = schedule.evaluate_tick(context)
    assert not idle.run_requests
    assert "Nothing waits" in str(idle.skip_message)
    drop()
    assert len(schedule.evaluate_tick(context).run_requests or ()) == 1


def test_what_starts_by_itself_is_running(programme: Home) -> None:
    definitions = build(programme)
    schedules = {s.name: s for s in definitions.schedules or () if isinstance(s, dg.ScheduleDefinition)}
    assert set(schedules) == {"due_courses", "due_survey", "daily_publication"}, "`visits` come when needed"
    assert {s.default_status for s in schedules.values()} == {dg.DefaultScheduleStatus.RUNNING}
    sensors = {s.name: s for s in definitions.sensors or ()}
    assert set(sensors) == {"inbox", "automation"}
    assert {s.default_status for s in sensors.values()} == {dg.DefaultSensorStatus.RUNNING}
    assert schedules["daily_publication"].cron_schedule == "0 5 * * *"


def test_the_daily_run_judges_and_counts_everything_anew(programme: Home, instance: dg.DagsterInstance) -> None:
    asked: list[bool] = []

    def note(context: Context) -> StepResult:
        asked.append(context.is_thorough)
        return StepResult()

    definitions = build(programme, store=[Step("tracker/cells", (), note, "", ("merged_cell",))])
    daily = definitions.resolve_schedule_def("daily_publication")
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2025, 10, 21, 5, tzinfo=UTC))
    [request] = daily.evaluate_tick(context).run_requests or ()
    job = definitions.resolve_job_def(daily.job.name)
    assert job.execute_in_process(instance=instance, tags=dict(request.tags)).success
    assert job.execute_in_process(instance=instance).success
    assert asked == [True, False]


def requested(home: Home, instance: dg.DagsterInstance, cursor: object) -> tuple[set[str], object]:
    result = dg.evaluate_automation_conditions(build(home), instance=instance, cursor=cursor)  # type: ignore[arg-type]
    keys = build(home).resolve_asset_graph().get_all_asset_keys()
    return {k.to_user_string() for k in keys if result.get_num_requested(k)}, result.cursor


def test_the_publication_follows_a_file_by_itself(programme: Home, instance: dg.DagsterInstance) -> None:
    asked, cursor = requested(programme, instance, None)
    assert "tracker/registers" in asked, "an empty home needs its reference data first"
    for key in ("registers", "indices", *STEPS):
        instance.report_runless_asset_event(dg.AssetMaterialization(dg.AssetKey(["tracker", key])))
    for key in [*FAMILIES, "published/hmg"]:
        instance.report_runless_asset_event(dg.AssetMaterialization(dg.AssetKey(key.split("/"))))
    _, cursor = requested(programme, instance, cursor)
    assert requested(programme, instance, cursor)[0] == set()
    instance.report_runless_asset_event(dg.AssetMaterialization(accepted_key("courses")))
    assert requested(programme, instance, cursor)[0] == BEHIND | FAMILIES, "`survey` and `visits` never delivered"


def test_a_step_that_failed_is_tried_again_though_nothing_arrived(
    programme: Home, instance: dg.DagsterInstance
) -> None:
    def fail(context: Context) -> StepResult:
        return StepResult(error=OSError("no space left on device"), is_new=False)

    definitions = build(programme, store=[Step("tracker/cells", (), fail, "", ("merged_cell",))])
    key, at = dg.AssetKey(["tracker", "cells"]), datetime(2026, 1, 5, 8, 1, tzinfo=UTC)

    def asked(minutes: int, cursor: object) -> tuple[int, object]:
        moment = at + timedelta(minutes=minutes)
        result = dg.evaluate_automation_conditions(
            definitions,
            instance=instance,
            cursor=cursor,
            evaluation_time=moment,  # type: ignore[arg-type]
        )
        return result.get_num_requested(key), result.cursor

    _, cursor = asked(0, None)
    job = definitions.resolve_implicit_global_asset_job_def()
    assert not job.execute_in_process(instance=instance, asset_selection=[key], raise_on_error=False).success
    soon, cursor = asked(5, cursor)
    later, cursor = asked(16, cursor)
    at_once, _ = asked(17, cursor)
    assert (soon, later, at_once) == (0, 1, 0)


@pytest.mark.parametrize(
    ("cadence", "cron"),
    [
        ({"every": "day"}, "0 6 * * *"),
        ({"every": "week", "due_after_days": 2}, "0 6 * * 3"),
        ({"every": "month", "due_after_days": 9}, "0 6 10 * *"),
        ({"every": "quarter", "due_after_days": 20}, "0 6 21 1,4,7,10 *"),
        ({"every": "quarter", "due_after_days": 45}, "0 6 16 2,5,8,11 *"),
        ({"every": "half_year", "due_after_days": 30}, "0 6 1 2,8 *"),
        ({"every": "year", "due_after_days": 90}, "0 6 1 4 *"),
        ({"every": "financial_year", "due_after_days": 60}, "0 6 1 6 *"),
        ({"every": "as_needed"}, None),
    ],
)
def test_a_cadence_is_looked_at_on_the_morning_after_it_falls_due(cadence: dict[str, object], cron: str | None) -> None:
    assert cadence_cron(Cadence.model_validate(cadence)) == cron


def test_freshness_warns_when_a_report_is_late_and_fails_after_the_grace_period() -> None:
    policy = freshness(Cadence(every="month", due_after_days=10, grace_days=5))
    assert policy == dg.FreshnessPolicy.time_window(warn_window=timedelta(days=41), fail_window=timedelta(days=46))
    assert freshness(Cadence(every="as_needed")) is None


def test_sources_carry_the_policy_of_their_cadence(programme: Home) -> None:
    specs = {s.key.to_user_string(): s for s in build(programme).resolve_all_asset_specs()}
    assert specs["accepted/courses"].freshness_policy == dg.FreshnessPolicy.time_window(
        warn_window=timedelta(days=112), fail_window=timedelta(days=122)
    )
    assert specs["accepted/visits"].freshness_policy is None
