"""The one module that Dagster loads."""

from __future__ import annotations

from datetime import datetime

import dagster as dg

from idtracker.contract.catalogue import load_catalogue
from idtracker.publish.audience import AUDIENCES
from idtracker.publish.derive import metric_families
from idtracker.settings import Settings
from pipelines import automation
from pipelines.metric_assets import metric_assets
from pipelines.published_assets import published_assets
from pipelines.resources import Home
from pipelines.source_assets import source_assets
from pipelines.tracker_assets import tracker_assets


def build(settings: Settings, as_of: datetime | None = None) -> dg.Definitions:
    """Assets, checks, jobs, schedules and sensors of the catalogue; DefinitionError where it is wrong."""
    catalogue = load_catalogue(settings.sources)
    families, audiences = metric_families(), list(AUDIENCES)
    jobs = automation.source_jobs(catalogue)
    derive = automation.derive_job(families, audiences)
    return dg.Definitions(
        assets=[
            *(asset for source in catalogue.sources.values() for asset in source_assets(source, catalogue)),
            *tracker_assets(catalogue),
            *metric_assets(catalogue),
            *published_assets(catalogue),
        ],
        jobs=[*jobs.values(), derive],
        schedules=[*automation.source_schedules(catalogue, settings, jobs), automation.daily_schedule(derive)],
        sensors=[automation.inbox_sensor(catalogue, settings), automation.automation_sensor()],
        resources={"home": Home.of(settings, as_of)},
        executor=dg.in_process_executor,
    )


def __getattr__(name: str) -> dg.Definitions:
    """`defs` is built when Dagster asks for it, never at import by anybody else."""
    if name == "defs":
        return build(Settings.resolve())
    raise AttributeError(name)
