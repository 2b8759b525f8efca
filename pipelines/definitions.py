"""The one module that Dagster loads."""

from datetime import datetime

import dagster as dg

from idtracker.analyse.metrics.registry import families
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Settings
from idtracker.publish.audience import AUDIENCES
from pipelines import automation
from pipelines.conditions import POOL
from pipelines.metric_assets import metric_assets
from pipelines.published_assets import published_assets
from pipelines.resources import Home
from pipelines.source_assets import source_assets
from pipelines.tracker_assets import tracker_assets


def build(settings: Settings, as_of: datetime | None = None, pool: str | None = POOL) -> dg.Definitions:
    """Assets, checks, jobs, schedules and sensors of the catalogue; DefinitionError where it is wrong.

    `pool` is None for a run that holds the home's writer lock: it would otherwise wait for the slot of a step that
    waits for the lock.
    """
    catalogue = load_catalogue(settings.sources)
    jobs = automation.source_jobs(catalogue)
    derive = automation.derive_job(families(), list(AUDIENCES))
    return dg.Definitions(
        assets=[
            *(asset for source in catalogue.sources.values() for asset in source_assets(source, catalogue)),
            *tracker_assets(catalogue, pool),
            *metric_assets(catalogue, pool),
            *published_assets(catalogue, pool),
        ],
        jobs=[*jobs.values(), derive],
        schedules=[*automation.source_schedules(catalogue, settings, jobs), automation.daily_schedule(derive)],
        sensors=[automation.inbox_sensor(catalogue, settings), automation.automation_sensor()],
        resources={"home": Home.of(settings, as_of)},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Built when Dagster asks for it, never at import: home and sources come from the environment."""
    return build(Settings.resolve())
