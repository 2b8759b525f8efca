"""`idtracker run` and `idtracker dev`: the same assets as in production, driven in this process."""

import os
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import dagster as dg

from idtracker.analyse.metrics.registry import families
from idtracker.ingest.judge.catalogue import Catalogue, load_catalogue
from idtracker.ingest.judged.queue import judge_again
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.inbox import left_alone, sweep_parts
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.home import Settings
from idtracker.operate import pipeline as steps
from idtracker.operate.run_log import log_run
from idtracker.operate.services.run_summary import summarise_run
from idtracker.publish.audience import AUDIENCES
from idtracker.store.connection import writing_turn
from pipelines.automation import downstream_keys
from pipelines.currency import is_current, is_due
from pipelines.definitions import build
from pipelines.instance import COMMAND, close_dead_runs, open_instance, write_instance_config, write_workspace
from pipelines.source_assets import REFUSED, accepted_key, landed_key

Listener = Callable[[str, int, int], None]
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Orchestrator:
    """What the command line needs of Dagster, behind the entry point `idtracker.orchestrator`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def run(
        self,
        *,
        sources: Sequence[str] = (),
        full: bool = False,
        as_of: datetime | None = None,
        listen: Listener | None = None,
    ) -> dict[str, Any]:
        """Materialise whatever is new or due. Returns a report; `failed_steps` is empty when every step went through."""
        with writing_turn(self._settings):
            sweep_parts(self._settings, before=datetime.now(UTC))
            return _Run(self._settings, sources, full, as_of, listen or (lambda step, done, total: None)).go()

    def replay(self, held: Mapping[str, Sequence[str]], listen: Listener | None = None) -> dict[str, Any]:
        """Judge submissions again (source -> submissions), and everything that follows. Returns a report as `run` does."""
        with writing_turn(self._settings):
            for source_id, submissions in held.items():
                judge_again(self._settings, source_id, submissions)
            quiet: Listener = listen or (lambda step, done, total: None)
            return _Run(self._settings, list(held), full=False, as_of=None, listen=quiet).go()

    def publish(self, audience_id: str, as_of: datetime | None = None) -> dict[str, Any]:
        """Publish the store as it is for one audience."""
        with writing_turn(self._settings):
            catalogue = load_catalogue(self._settings.sources)
            folder, is_new = steps.publish(self._settings, catalogue, audience_id, datetime.now(UTC), as_of)
        return {"published": {audience_id: str(folder)}, "changed": is_new}

    def dev(self, host: str = "127.0.0.1", port: int = 3000) -> None:
        """Become `dagster dev` for this home; does not return."""
        os.environ["DAGSTER_HOME"] = str(write_instance_config(self._settings))
        os.environ["IDTRACKER_HOME"] = str(self._settings.home)
        os.environ["IDTRACKER_SOURCES"] = str(self._settings.sources)
        command = [sys.executable, "-m", "dagster", "dev", "-w", str(write_workspace(self._settings))]
        command += ["--host", host, "--port", str(port)]
        os.execv(sys.executable, command)


class _Run:
    """One run: sources first, each on its own feet; then everything behind them."""

    def __init__(
        self, settings: Settings, sources: Sequence[str], full: bool, as_of: datetime | None, listen: Listener
    ) -> None:
        self.settings, self.as_of, self.full, self.listen = settings, as_of, full, listen
        self.catalogue: Catalogue = load_catalogue(settings.sources)
        self.wanted = [self.catalogue.source(s).id for s in sources] or list(self.catalogue.sources)
        self.now = as_of or datetime.now(UTC).replace(microsecond=0)
        self.failed: list[str] = []
        self.failures: dict[str, str] = {}
        self.not_taken: list[str] = []

    def go(self) -> dict[str, Any]:
        began, started_at = monotonic(), datetime.now(UTC)
        due = [s for s in self.wanted if self.full or is_due(self.settings, self.catalogue.sources[s], self.catalogue)]
        before = self._submissions()
        is_stale = bool(due) or self.full or not is_current(self.settings, self.catalogue, self.now, self.as_of)
        if is_stale:
            self._materialise(due)
        report = self._report(before, monotonic() - began, is_stale)
        outcome = "failed" if self.failed else "done" if is_stale else "nothing_new"
        chain = Chain(self.settings)
        chain.seal(datetime.now(UTC).replace(microsecond=0))
        log_run(
            self.settings,
            {
                "run_id": uuid.uuid4().hex,
                "started_at": started_at.isoformat(),
                "ended_at": datetime.now(UTC).isoformat(),
                "outcome": outcome,
                "submissions_count": len(report["submissions"]),
                "message": ", ".join(self.failed) or None,
                "chain": chain.head(),
            },
        )
        return report | {"outcome": outcome}

    def _materialise(self, due: list[str]) -> None:
        """Two Dagster runs: a source that fails must not keep the others from the store."""
        job = build(self.settings, self.as_of, pool=None).resolve_implicit_global_asset_job_def()
        with open_instance(self.settings) as instance:
            close_dead_runs(instance)
            if due:
                self._execute(job, instance, [key for s in due for key in (landed_key(s), accepted_key(s))])
            self._execute(job, instance, downstream_keys(families(), list(AUDIENCES)))

    def _execute(self, job: dg.JobDefinition, instance: dg.DagsterInstance, keys: list[dg.AssetKey]) -> None:
        """Run assets in this process; failures of one branch leave the others alone."""
        run_id, done = str(uuid.uuid4()), 0

        def follow(entry: dg.EventLogEntry) -> None:
            nonlocal done
            event = entry.dagster_event
            if event is not None and (event.is_step_success or event.is_step_failure):
                done += 1
                self.listen((event.step_key or "").replace("__", "/"), done, len(keys))

        instance.add_event_listener(run_id, follow)
        self.listen("", 0, len(keys))
        result = job.execute_in_process(
            run_config=_QUIET,
            instance=instance,
            asset_selection=keys,
            run_id=run_id,
            tags=COMMAND,
            raise_on_error=False,
        )
        for event in result.all_events:
            if event.is_step_materialization:
                problems = event.materialization.metadata.get("problems")
                self.not_taken += [str(p) for p in getattr(problems, "value", None) or []]
            if event.is_step_failure:
                failure = event.step_failure_data.user_failure_data
                if failure is None or REFUSED not in (failure.metadata or {}):
                    step = (event.step_key or "").replace("__", "/")
                    self.failed.append(step)
                    self.failures[step] = _why(event.step_failure_data)
        for check in result.get_asset_check_evaluations():
            step = check.asset_key.to_user_string()
            if not check.passed and check.description and "AssetCheckFailed" in self.failures.get(step, ""):
                self.failures[step] = check.description

    def _submissions(self) -> set[str]:
        return {r.submission_id for s in self.catalogue.sources for r in Ledger(self.settings).receipts(s)}

    def _report(self, before: set[str], seconds: float, is_stale: bool) -> dict[str, Any]:
        published = {}
        for audience in AUDIENCES:
            link = self.settings.published / audience / "current"
            if link.exists():
                published[audience] = str(link.resolve())
        totals = summarise_run(self.settings, self.catalogue.programme, next(iter(AUDIENCES)), before)
        unknown = sorted(
            p.name for p in self.settings.inbox.glob("*") if p.is_dir() and p.name not in self.catalogue.sources
        )
        return {
            **totals,
            "published": published,
            "changed": is_stale,
            "failed_steps": self.failed,
            "failures": self.failures,
            "unknown_inboxes": unknown,
            "not_taken": list(
                dict.fromkeys(
                    [*self.not_taken, *left_alone(self.settings, [self.catalogue.sources[s] for s in self.wanted])]
                )
            ),
            "notice": self.catalogue.programme.notice,
            "seconds": round(seconds, 1),
        }


def _why(data: Any) -> str:
    """What a failed step said, in one line."""
    said = data.user_failure_data.description if data.user_failure_data else None
    cause = data.error.cause if data.error and data.error.cause else data.error
    return str(said or (cause.message if cause else "")).strip()
