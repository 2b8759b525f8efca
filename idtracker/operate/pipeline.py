"""The pipeline: one list of steps, from files in an inbox to a publication, and what runs them.

Dagster's assets, `rebuild`, benchmarks and tests are made from these steps; whoever wants fewer runs a shorter list.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import replace

from idtracker.analyse.metrics.registry import families
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import IdtrackerError
from idtracker.model.printable import printable
from idtracker.model.steps.memory import bounded_memory
from idtracker.operate.step import (
    Context,
    Listener,
    NothingAcceptedError,
    PipelineResult,
    Step,
    StepResult,
    failed_account,
)
from idtracker.operate.steps.briefing import briefing_step
from idtracker.operate.steps.consequences import CONSEQUENCES
from idtracker.operate.steps.expectations import EXPECTATIONS
from idtracker.operate.steps.facts import facts_step
from idtracker.operate.steps.figures.cells import CELLS
from idtracker.operate.steps.figures.framework import FRAMEWORK
from idtracker.operate.steps.figures.indices import INDICES
from idtracker.operate.steps.figures.metrics import metrics_step
from idtracker.operate.steps.figures.scores import SCORES
from idtracker.operate.steps.figures.uncertainty import UNCERTAINTY
from idtracker.operate.steps.files import files_step
from idtracker.operate.steps.judgements import JUDGEMENTS
from idtracker.operate.steps.publication import audience_step, publication_step
from idtracker.operate.steps.registers import REGISTERS
from idtracker.operate.steps.rounds import ROUNDS
from idtracker.operate.steps.sources import source_steps
from idtracker.operate.steps.warnings import WARNINGS
from idtracker.publish.briefing.published import is_drawn
from idtracker.publish.export.inside.described import are_written
from idtracker.store.connection import kept_open, no_room

PUBLISHING = ("published", "briefing", "files")
"""Groups of the steps that read the store and write what others read."""


def silent(step: str, done: int, total: int) -> None:
    """A listener that says nothing."""


def store_steps(catalogue: ProgrammeCatalogue) -> list[Step]:
    """Everything behind the judged rows, in order: from registers and facts over scores, metrics and the framework to publications."""
    measured = [metrics_step(name) for name in families()]
    inputs = (
        "tracker/expectations",
        UNCERTAINTY.name,
        JUDGEMENTS.name,
        WARNINGS.name,
        ROUNDS.name,
        CONSEQUENCES.name,
        INDICES.name,
        *(step.name for step in measured),
        FRAMEWORK.name,
    )
    others = [a for a in catalogue.programme.audience_by_id.values() if not a.is_owner]
    published = [publication_step(inputs), *(audience_step(other, derive_steps, run_steps) for other in others)]
    if is_drawn():
        published += [briefing_step(audience) for audience in catalogue.programme.audience_by_id.values()]
    if are_written():
        published += [files_step(audience) for audience in catalogue.programme.audience_by_id.values()]
    return [
        REGISTERS,
        facts_step(catalogue),
        CELLS,
        SCORES,
        UNCERTAINTY,
        JUDGEMENTS,
        WARNINGS,
        ROUNDS,
        CONSEQUENCES,
        INDICES,
        *measured,
        FRAMEWORK,
        EXPECTATIONS,
        *published,
    ]


def derive_steps(catalogue: ProgrammeCatalogue) -> list[Step]:
    """The steps that fill the tables of the store: all but the expectations over them and the publications."""
    return [s for s in store_steps(catalogue) if s is not EXPECTATIONS and s.group not in PUBLISHING]


def run_steps(steps: Sequence[Step], context: Context, listen: Listener = silent) -> PipelineResult:
    """Run steps in order. What fails is named; whatever follows from it is left out, all else goes on.

    What is no error of ours is a defect; it is logged with its trace and stops no other branch either.
    """
    done, names = PipelineResult(), {step.name for step in steps}
    unusable: set[str] = set()
    for count, step in enumerate(steps):
        listen(step.name, count, len(steps))
        if unusable & set(step.inputs) & names:
            unusable.add(step.name)
            done.skipped.append(step.name)
            continue
        result = run_step(step, context, done)
        done.results[step.name] = result
        why = failure_of(step, result)
        if why is not None:
            unusable.add(step.name)
            if not isinstance(result.error, NothingAcceptedError):
                done.failures[step.name] = why
        elif (broken := failed_account(result.checks)) is not None:
            done.failures[step.name] = broken
    listen("", len(steps), len(steps))
    return done


def run_pipeline(
    context: Context, source_ids: Iterable[str], listen: Listener = silent, *, store: Sequence[Step] | None = None
) -> PipelineResult:
    """The steps of some sources, each on its own feet, then everything behind them (`store`; all of it unless named).

    A source that fails does not keep the others from the store.
    """
    sources = [step for name in source_ids for step in source_steps(context.catalogue.sources[name])]
    result = run_steps(sources, context, listen)
    over_store = store_steps(context.catalogue) if store is None else store
    if over_store:
        with kept_open(context.home):
            result.add(run_steps(over_store, context, listen))
    return result


def run_step(step: Step, context: Context, done: PipelineResult) -> StepResult:
    """One step; what it raises is its result."""

    def figures_of(name: str) -> dict[str, object]:
        return dict(done.results[name].figures) if name in done.results else {}

    try:
        with bounded_memory():
            return step.run(replace(context, figures_of=figures_of))
    except IdtrackerError as error:
        return StepResult(error=error, is_new=False)
    except Exception as defect:
        if (without_room := no_room(defect)) is not None:
            return StepResult(error=without_room, is_new=False)
        logging.getLogger("idtracker").error("%s failed\n%s", step.name, printable(traceback.format_exc()))
        return StepResult(error=defect, is_new=False)


def failure_of(step: Step, result: StepResult) -> str | None:
    """Why nothing may follow from a step; None where it went well."""
    if result.error is not None:
        return str(result.error) or type(result.error).__name__
    blocking = {spec.name for spec in step.checks if spec.is_blocking}
    failed = [check for check in result.checks if check.name in blocking and not check.passed]
    return failed[0].description or f"{failed[0].name} failed" if failed else None
