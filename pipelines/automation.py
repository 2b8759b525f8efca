"""Jobs, schedules and sensors, all derived from the sources' cadence."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from idtracker.catalog.source import Source
from idtracker.contract.catalogue import Catalogue
from idtracker.intake import submission_id_of, undecided
from idtracker.settings import Settings
from idtracker.store.accepted import pending
from pipelines.describe import cadence_cron
from pipelines.metric_assets import metric_key
from pipelines.published_assets import published_key
from pipelines.source_assets import accepted_key, landed_key
from pipelines.tracker_assets import CELLS, EXPECTATIONS, FACTS_KEY, REGISTERS, SCORES

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as AssetJob

INBOX_INTERVAL_S = 30


def source_selection(source_id: str) -> dg.AssetSelection:
    return dg.AssetSelection.assets(landed_key(source_id), accepted_key(source_id))


def downstream_keys(families: list[str], audiences: list[str]) -> list[dg.AssetKey]:
    """Everything behind the accepted rows, in the order of the graph."""
    return [
        REGISTERS,
        FACTS_KEY,
        CELLS,
        SCORES,
        EXPECTATIONS,
        *(metric_key(f) for f in families),
        *(published_key(a) for a in audiences),
    ]


def source_jobs(catalogue: Catalogue) -> "dict[str, AssetJob]":
    """A job per source: land and judge what waits."""
    return {
        source.id: dg.define_asset_job(
            f"ingest_{source.id}", selection=source_selection(source.id), tags={"source": source.id}
        )
        for source in catalogue.sources.values()
    }


def derive_job(families: list[str], audiences: list[str]) -> "AssetJob":
    """Merge, score, measure, check and publish."""
    return dg.define_asset_job(
        "derive_and_publish", selection=dg.AssetSelection.assets(*downstream_keys(families, audiences))
    )


def source_schedules(
    catalogue: Catalogue, settings: Settings, jobs: "dict[str, AssetJob]"
) -> list[dg.ScheduleDefinition]:
    """Each source is looked at on the morning after its report falls due."""
    return [
        _schedule(source, cron, catalogue, settings, jobs[source.id])
        for source in catalogue.sources.values()
        if (cron := cadence_cron(source.cadence))
    ]


def _schedule(
    source: Source, cron: str, catalogue: Catalogue, settings: Settings, job: "AssetJob"
) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"due_{source.id}",
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"{source.title}: due every {source.cadence.every}, {source.cadence.due_after_days} days after its end.",
    )
    def due(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if undecided(settings, source) or pending(settings, source, catalogue.register.fingerprint):
            return dg.RunRequest(run_key=None)
        return dg.SkipReason(f"Nothing waits in the inbox of {source.id}; `idtracker status` says what is owed.")

    return due


def daily_schedule(job: "AssetJob") -> dg.ScheduleDefinition:
    """Metrics, expectations and publications once a day, also when nothing arrived: freshness grows by itself."""
    return dg.ScheduleDefinition(
        name="daily_publication",
        job=job,
        cron_schedule="0 5 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def inbox_sensor(catalogue: Catalogue, settings: Settings) -> dg.SensorDefinition:
    """One sensor for every inbox: a file counts once its size and time stood still for two ticks."""

    @dg.sensor(
        name="inbox",
        target=dg.AssetSelection.groups("landed", "accepted"),
        minimum_interval_seconds=INBOX_INTERVAL_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Files dropped into inbox/<source>/.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        before: dict[str, list[int]] = json.loads(context.cursor or "{}")
        seen: dict[str, list[int]] = {}
        requests = []
        for source in catalogue.sources.values():
            for path in undecided(settings, source):
                stat = path.stat()
                name, mark = f"{source.id}/{path.name}", [stat.st_size, stat.st_mtime_ns]
                seen[name] = mark
                if before.get(name) == mark:
                    requests.append(_request(source, path))
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(seen, sort_keys=True))

    return inbox


def _request(source: Source, path: Path) -> dg.RunRequest:
    """Same content, same key: it is asked for once. The ledger is the true guard against doing anything twice."""
    identity = submission_id_of(source.id, hashlib.sha256(path.read_bytes()).hexdigest())
    return dg.RunRequest(
        run_key=f"{source.id}:{identity}",
        asset_selection=[landed_key(source.id), accepted_key(source.id)],
        tags={"source": source.id, "file": path.name[:60]},
    )


def automation_sensor() -> dg.AutomationConditionSensorDefinition:
    """Carries out the automation conditions; Dagster's own one is stopped by default."""
    return dg.AutomationConditionSensorDefinition(
        "automation",
        target=dg.AssetSelection.all(),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
