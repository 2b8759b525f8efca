"""One run over a home: whatever is new or due, a line in the log of runs, and a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from idtracker.ingest.access.log import AccessLog
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, ReadDefinitions, catalogue_of, remember_definitions
from idtracker.ingest.judged.queue import judge_again
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.inbox import left_alone, sweep_parts
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.searches import search_ahead
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.instants import next_second
from idtracker.model.published.audience import OWNER, audience_named
from idtracker.operate.audiences.publish_seen import publish_seen
from idtracker.operate.currency import is_current, is_due
from idtracker.operate.documents.command_line import Publication
from idtracker.operate.documents.run import Run
from idtracker.operate.kept_run import keep_report, log_report
from idtracker.operate.pipeline import derive_steps, run_pipeline, run_steps, silent
from idtracker.operate.services.rounds.folders import publish_rounds
from idtracker.operate.services.run_summary import Before, published_before, summarise_run
from idtracker.operate.services.status import state_of
from idtracker.operate.step import ACCOUNT_REMEDY, ACCOUNTED_IN, Context, Listener, PipelineResult, Step
from idtracker.operate.steps.briefing import briefings_due
from idtracker.operate.steps.figures.indices import INDICES, stopped_indices
from idtracker.operate.steps.files import files_due, write_formats
from idtracker.operate.steps.publication import publish
from idtracker.operate.steps.registers import definition_failures
from idtracker.publish.access import record
from idtracker.publish.briefing.current import add_to_publication
from idtracker.publish.briefing.published import is_drawn, published_page
from idtracker.publish.export.inside.described import are_written, published_formats
from idtracker.quality.reconciliation.accounts import broken_accounts
from idtracker.store.connection import writing_turn

Driver = Callable[[Context, Iterable[str], Listener], PipelineResult]
"""Runs the steps of the named sources and everything behind them."""


class Runner:
    """Runs the pipeline over a home by a driver: in this process unless another one (Dagster's) is named."""

    def __init__(self, home: Home, driver: Driver = run_pipeline) -> None:
        self._home, self._driver = home, driver

    def run(
        self,
        *,
        sources: Sequence[str] = (),
        full: bool = False,
        as_of: datetime | None = None,
        listen: Listener = silent,
    ) -> Run:
        """Materialise whatever is new or due. Returns a report; `failed_steps` is empty when every step went through."""
        ahead = self._search_ahead(sources)
        with writing_turn(self._home):
            sweep_parts(self._home, before=datetime.now(UTC))
            return self._go(sources, full, as_of, listen, ahead)

    def replay(self, held: Mapping[str, Sequence[str]], listen: Listener = silent) -> Run:
        """Judge submissions again (source -> submissions), and everything that follows. Returns a report as `run` does."""
        with writing_turn(self._home):
            for source_id, submissions in held.items():
                judge_again(self._home, source_id, submissions)
            return self._go(list(held), False, None, listen)

    def publish(self, audience_id: str, as_of: datetime | None = None) -> Publication:
        """Publish the store as it is for one audience."""
        with writing_turn(self._home):
            now = datetime.now(UTC)
            catalogue = catalogue_of(self._home).on(as_of or now)
            audience = audience_named(catalogue.programme.audience_by_id, audience_id)
            if audience.is_owner:
                folder, is_new = publish(self._home, catalogue, now, as_of, is_worked_out=False)
                publish_rounds(self._home, catalogue, as_of)
            else:
                folder, is_new = publish_seen(
                    Context(self._home, catalogue, now, as_of), audience, derive_steps, run_steps
                )
            if is_drawn():
                add_to_publication(self._home, audience)
            if is_new:
                record(self._home, "publish", audience_id, folder.name, datetime.now(UTC))
            if are_written():
                write_formats(self._home, audience)
        return Publication(published={audience_id: str(folder)}, changed=is_new)

    def _search_ahead(self, names: Sequence[str]) -> ReadDefinitions | None:
        """Search what waits for markings while others may still write; the definitions. One that is wrong is told later."""
        with suppress(IdtrackerError):
            definitions = ReadDefinitions.of(self._home)
            catalogue = definitions.catalogue
            chosen = [name for name in catalogue.running if name in names or not names]
            search_ahead(self._home, [catalogue.sources[name] for name in chosen])
            return definitions
        return None

    def _go(
        self,
        sources: Sequence[str],
        full: bool,
        as_of: datetime | None,
        listen: Listener,
        ahead: ReadDefinitions | None = None,
    ) -> Run:
        began, started_at = monotonic(), datetime.now(UTC)
        now = as_of or next_second(started_at)
        definitions = ahead.still(self._home) if ahead else ReadDefinitions.of(self._home)
        catalogue = definitions.catalogue.on(now)
        context = Context(self._home, catalogue, now, as_of)
        wanted = [catalogue.source(s).id for s in sources] or catalogue.running
        _remember(self._home, catalogue)
        wrong = definition_failures(catalogue)
        due = [s for s in wanted if full or is_due(self._home, catalogue.sources[s], catalogue)]
        before = Before(_submissions(context), *published_before(self._home, OWNER.id))
        is_stale = bool(due or wrong) or full or not is_current(self._home, catalogue, now, as_of)
        earlier = _published(self._home)
        result = self._driver(context, due, listen) if is_stale else run_steps(_missing(context), context, listen)
        _record_publications(self._home, earlier)
        result.failures |= wrong
        for account, why in broken_accounts(self._home).items():
            result.failures.setdefault(ACCOUNTED_IN[account], f"{why}; {ACCOUNT_REMEDY}")
        if stopped := stopped_indices(self._home):
            result.failures.setdefault(INDICES.name, "\n".join(stopped))
        report = Run(
            **_report(context, wanted, before, result),
            changed=bool(is_stale or result.results),
            seconds=round(monotonic() - began, 1),
            outcome="failed" if result.failures else "done" if is_stale or result.results else "nothing_new",
        )
        Chain(self._home).seal(datetime.now(UTC).replace(microsecond=0))
        log_report(self._home, started_at, report)
        if not sources and not full and as_of is None:
            keep_report(self._home, report, started_at)
            with suppress(IdtrackerError):  # `status` says what is wrong
                state_of(self._home, datetime.now(UTC), definitions=definitions.still(self._home).catalogue)
        return report


def _published(home: Home) -> set[tuple[str, str]]:
    """Audiences and the names of their current publications."""
    return {(link.parent.name, link.resolve().name) for link in home.published.glob("*/current")}


def _record_publications(home: Home, earlier: set[tuple[str, str]]) -> None:
    """Record what is published now and was not before."""
    for audience_id, name in sorted(_published(home) - earlier):
        record(home, "publish", audience_id, name, datetime.now(UTC))


def _missing(context: Context) -> list[Step]:
    """What is due where nothing is known anew: what a publication shall have beside its tables and has not."""
    return [*briefings_due(context), *files_due(context)]


def _remember(home: Home, catalogue: ProgrammeCatalogue) -> None:
    """Keep the sound definitions, and whether the programme requires that access is recorded."""
    remember_definitions(home, catalogue)
    AccessLog(home).require(catalogue.programme.audit == "required")


def _submissions(context: Context) -> set[str]:
    return {r.submission_id for s in context.catalogue.known for r in Ledger(context.home).receipts(s)}


def _report(context: Context, wanted: Sequence[str], before: Before, result: PipelineResult) -> dict[str, Any]:
    home, catalogue = context.home, context.catalogue
    links = {audience: home.published / audience / "current" for audience in context.catalogue.programme.audience_by_id}
    inboxes = sorted(p.name for p in home.inbox.glob("*") if p.is_dir())
    waiting = left_alone(home, [catalogue.sources[s] for s in wanted])
    return {
        **summarise_run(home, catalogue, OWNER.id, before),
        "published": {audience: str(link.resolve()) for audience, link in links.items() if link.exists()},
        "briefings": {a: str(page) for a in links if (page := published_page(home, a)) is not None},
        "formats": {a: formats for a in links if (formats := published_formats(home, a))},
        "failed_steps": list(result.failures),
        "failures": result.failures,
        "unknown_inboxes": [name for name in inboxes if name not in catalogue.known],
        "not_taken": list(dict.fromkeys([*result.problems, *waiting])),
        "notice": catalogue.programme.notice,
    }
