"""Jobs, schedules and sensors, all derived from the sources' cadence."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.queue import judged_by, pending
from idtracker.ingest.landing.collect import submission_id_of, undecided
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.operate.currency import is_due
from idtracker.operate.step import Step
from pipelines.describe import cadence_cron, how_it_arrives
from pipelines.keys import accepted_key, asset_key, landed_key

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as AssetJob

INTERVAL_S = 30
THOROUGH = {"idtracker/thorough": "true"}
"""The tag of a run that judges and counts everything anew, whatever was judged and counted before."""


def source_selection(source_id: str) -> dg.AssetSelection:
    return dg.AssetSelection.assets(landed_key(source_id), accepted_key(source_id))


def source_jobs(catalogue: ProgrammeCatalogue) -> "dict[str, AssetJob]":
    """A job per source: land and judge what waits."""
    return {
        source.id: dg.define_asset_job(
            f"ingest_{source.id}", selection=source_selection(source.id), tags={"source": source.id}
        )
        for source in catalogue.sources.values()
    }


def derive_job(store: Sequence[Step]) -> "AssetJob":
    """Merge, score, measure, check and publish."""
    keys = [asset_key(step.name) for step in store]
    return dg.define_asset_job("derive_and_publish", selection=dg.AssetSelection.assets(*keys))


def source_schedules(
    catalogue: ProgrammeCatalogue, home: Home, jobs: "dict[str, AssetJob]"
) -> list[dg.ScheduleDefinition]:
    """Each source is looked at on the morning after its report falls due."""
    return [
        _schedule(source, cron, catalogue, home, jobs[source.id])
        for source in catalogue.sources.values()
        if (cron := cadence_cron(source.cadence))
    ]


def _schedule(
    source: Source, cron: str, catalogue: ProgrammeCatalogue, home: Home, job: "AssetJob"
) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"due_{source.id}",
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"{source.title}. {how_it_arrives(source)}",
    )
    def due(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if is_due(home, source, catalogue):
            return dg.RunRequest(run_key=None)
        return dg.SkipReason(f"Nothing waits in the inbox of {source.id}; `idtracker status` says what is owed.")

    return due


def daily_schedule(job: "AssetJob") -> dg.ScheduleDefinition:
    """Everything behind the accepted rows once a day, also when nothing arrived: reports fall due by themselves."""
    return dg.ScheduleDefinition(
        name="daily_publication",
        description="Merge, score, measure, check and publish, also when nothing arrived; every check is made anew.",
        job=job,
        tags=THOROUGH,
        cron_schedule="0 5 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def inbox_sensor(catalogue: ProgrammeCatalogue, home: Home) -> dg.SensorDefinition:
    """One sensor for every inbox: a file counts once its size and time stood still for two ticks.

    One run per source and tick, whatever the number of files. A source whose landed files wait for a judgement is
    asked for as well: its definition changed, or the run that landed them was cut off.
    """

    @dg.sensor(
        name="inbox",
        target=dg.AssetSelection.groups("landed", "accepted"),
        minimum_interval_seconds=INTERVAL_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Files dropped into inbox/<source>/, and landed files that wait for a judgement.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        before: dict[str, list[int]] = json.loads(context.cursor or "{}")
        seen: dict[str, list[int]] = {}
        requests = []
        for source in (catalogue.sources[source_id] for source_id in catalogue.running):
            marks = _marks(undecided(home, source))
            seen |= {f"{source.id}/{path.name}": mark for path, mark in marks.items()}
            still = [path for path, mark in marks.items() if before.get(f"{source.id}/{path.name}") == mark]
            waiting = {r.submission_id for r in pending(home, source, catalogue)}
            if identities := waiting | _identities(source, still):
                requests.append(_request(source, catalogue, identities))
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(seen, sort_keys=True))

    return inbox


def _marks(paths: list[Path]) -> dict[Path, list[int]]:
    """Size and time of each file that is still there."""
    marks = {}
    for path in paths:
        with suppress(FileNotFoundError):
            stat = path.stat()
            marks[path] = [stat.st_size, stat.st_mtime_ns]
    return marks


def _identities(source: Source, paths: list[Path]) -> set[str]:
    """What the ledger will call these files."""
    identities = set()
    for path in paths:
        with suppress(FileNotFoundError):
            identities.add(submission_id_of(source.id, hashlib.sha256(path.read_bytes()).hexdigest()))
    return identities


def _request(source: Source, catalogue: ProgrammeCatalogue, identities: set[str]) -> dg.RunRequest:
    """Same content under the same definitions, same key: it is asked for once. The ledger is the true guard."""
    content = hashlib.sha256("".join(sorted(identities)).encode()).hexdigest()[:16]
    return dg.RunRequest(
        run_key=f"{source.id}:{judged_by(source, catalogue)}:{content}",
        asset_selection=[landed_key(source.id), accepted_key(source.id)],
        tags={"source": source.id, "files": str(len(identities))},
    )


def automation_sensor() -> dg.AutomationConditionSensorDefinition:
    """Carries out the automation conditions; Dagster's own one is stopped by default."""
    return dg.AutomationConditionSensorDefinition(
        "automation",
        description="Store, metrics and publication follow an accepted file by themselves.",
        target=dg.AssetSelection.all(),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=INTERVAL_S,
    )
