"""The one module that Dagster loads."""

from collections.abc import Sequence

import dagster as dg

from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.model.files import be_private
from idtracker.model.home import Home
from idtracker.operate.pipeline import store_steps
from idtracker.operate.step import Context, Step
from pipelines import automation
from pipelines.assets import assets
from pipelines.conditions import POOL
from pipelines.resources import HomeResource


def build(home: Home, pool: str | None = POOL, store: Sequence[Step] | None = None) -> dg.Definitions:
    """Assets, checks, jobs, schedules and sensors of the catalogue. Of a source whose definition is wrong, the last sound one.

    `store` are the steps over the store, all of them unless named. `pool` is what bounds how many of them run at once.
    """
    catalogue = catalogue_of(home)
    jobs = automation.source_jobs(catalogue)
    over_store = store_steps(catalogue) if store is None else store
    derive = automation.derive_job(over_store)
    return dg.Definitions(
        assets=assets(home, catalogue, pool, over_store),
        jobs=[*jobs.values(), derive],
        schedules=[*automation.source_schedules(catalogue, home, jobs), automation.daily_schedule(derive)],
        sensors=[automation.inbox_sensor(catalogue, home), automation.automation_sensor()],
        resources={"home": HomeResource.of(home)},
        executor=dg.in_process_executor,
    )


def job_of_run(context: Context, store: Sequence[Step]) -> dg.JobDefinition:
    """The same assets as the one job of a command, with the definitions that it has read; nothing of what starts others.

    They are in no pool: the command holds the home's writer lock, and would wait for the slot of a step that waits for the lock.
    """
    made = assets(context.home, context.catalogue, None, store)
    resources = {"home": HomeResource.of(context.home, context.until)}
    alone = dg.Definitions(assets=made, resources=resources, executor=dg.in_process_executor)
    return alone.resolve_implicit_global_asset_job_def()


@dg.definitions
def defs() -> dg.Definitions:
    """Built when Dagster asks for it, never at import: home and sources come from the environment."""
    be_private()
    return build(Home.resolve())
