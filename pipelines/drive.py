"""The same assets as in production, driven in this process."""

import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import dagster as dg

from idtracker.operate.pipeline import store_steps
from idtracker.operate.step import ACCOUNTS, Check, Context, Listener, PipelineResult, Step, StepResult, failed_account
from idtracker.operate.steps.sources import source_steps
from idtracker.store.connection import kept_open
from pipelines.assets import REFUSED
from pipelines.definitions import job_of_run
from pipelines.instance import COMMAND, close_dead_runs, open_instance
from pipelines.keys import asset_key

OWN_ERROR = re.compile(r"^idtracker\.model\.errors\.\w+: ")
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def drive(
    context: Context, source_ids: Iterable[str], listen: Listener, *, store: Sequence[Step] | None = None
) -> PipelineResult:
    """Run the steps as assets, in two Dagster runs: a source that fails must not keep the others from the store.

    `store` are the steps over the store, all of them unless named.
    """
    catalogue = context.catalogue
    sources = [step for source in source_ids for step in source_steps(catalogue.sources[source])]
    over_store = store_steps(catalogue) if store is None else store
    job = job_of_run(context, over_store)
    with open_instance(context.home) as instance:
        close_dead_runs(instance)
        result = _execute(job, instance, sources, listen) if sources else PipelineResult()
        with kept_open(context.home):
            result.add(_execute(job, instance, over_store, listen))
    return result


def _execute(
    job: dg.JobDefinition, instance: dg.DagsterInstance, steps: Sequence[Step], listen: Listener
) -> PipelineResult:
    """Run assets in this process; failures of one branch leave the others alone."""
    run_id, done = str(uuid.uuid4()), 0

    def follow(entry: dg.EventLogEntry) -> None:
        nonlocal done
        event = entry.dagster_event
        if event is None:
            return
        if event.is_step_start:
            listen((event.step_key or "").replace("__", "/"), done, len(steps))
        done += event.is_step_success or event.is_step_failure

    instance.add_event_listener(run_id, follow)
    listen("", 0, len(steps))
    executed = job.execute_in_process(
        run_config=_QUIET,
        instance=instance,
        asset_selection=[asset_key(step.name) for step in steps],
        run_id=run_id,
        tags=COMMAND,
        raise_on_error=False,
    )
    return _result_of(executed)


def _result_of(executed: dg.ExecuteInProcessResult) -> PipelineResult:
    result = PipelineResult()
    for event in executed.all_events:
        step = (event.step_key or "").replace("__", "/")
        if event.is_step_materialization:
            problems = event.materialization.metadata.get("problems")
            result.results[step] = StepResult({"problems": list(getattr(problems, "value", None) or [])})
        if event.is_step_failure:
            failure = event.step_failure_data.user_failure_data
            refused = (failure.metadata or {}).get(REFUSED) if failure else None
            if not getattr(refused, "value", False):
                result.failures[step] = _why(event.step_failure_data)
    for check in executed.get_asset_check_evaluations():
        step = check.asset_key.to_user_string()
        if not check.passed and check.description and "AssetCheckFailed" in result.failures.get(step, ""):
            result.failures[step] = check.description
        elif not check.passed and check.check_name in ACCOUNTS:
            result.failures.setdefault(step, failed_account([Check(check.check_name, passed=False)]) or "")
    return result


def _why(data: Any) -> str:
    """What a failed step said, in one line; of an error of the library's own, made to be read, the sentence alone."""
    said = data.user_failure_data.description if data.user_failure_data else None
    cause = data.error.cause if data.error and data.error.cause else data.error
    return str(said or (OWN_ERROR.sub("", cause.message) if cause else "")).strip()
