"""The pipeline: one list of steps, from files in an inbox to a publication, and what runs them.

Dagster's assets, `rebuild`, benchmarks and tests are made from these steps; whoever wants fewer runs a shorter list.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from idtracker.analyse.metrics.registry import families, family
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import IdtrackerError
from idtracker.model.printable import printable
from idtracker.operate.step import (
    Check,
    CheckSpec,
    Context,
    Listener,
    NothingAcceptedError,
    PipelineResult,
    Step,
    StepResult,
    failed_account,
)
from idtracker.operate.steps.cells import write_cells
from idtracker.operate.steps.expectations import EXPECTED_TABLES, TableVerdict, check_expectations, write_drift
from idtracker.operate.steps.facts import refresh_store
from idtracker.operate.steps.judgements import JUDGEMENTS
from idtracker.operate.steps.metrics import write_metrics
from idtracker.operate.steps.publication import publish
from idtracker.operate.steps.registers import write_registers
from idtracker.operate.steps.scores import write_scores
from idtracker.operate.steps.sources import source_steps
from idtracker.operate.steps.uncertainty import UNCERTAINTY
from idtracker.operate.steps.warnings import WARNINGS
from idtracker.publish.audience import AUDIENCES
from idtracker.publish.manifest import read_manifest
from idtracker.publish.verify_snapshot import published_differences
from idtracker.quality.reconciliation import accounts
from idtracker.quality.reconciliation.facts_and_scores import ReconciliationResult
from idtracker.store.connection import kept_open

REMEDY = "nothing was published; make the store again with `idtracker rebuild`"


def silent(step: str, done: int, total: int) -> None:
    """A listener that says nothing."""


def store_steps(catalogue: ProgrammeCatalogue) -> list[Step]:
    """Everything behind the judged rows, in order: registers, facts, cells, scores, expectations, metrics, publications."""
    measured = [_metrics_step(name) for name in families()]
    inputs = (
        "tracker/expectations",
        UNCERTAINTY.name,
        JUDGEMENTS.name,
        WARNINGS.name,
        *(step.name for step in measured),
    )
    published = [_publication_step(audience, inputs) for audience in AUDIENCES]
    return [
        REGISTERS,
        _facts_step(catalogue),
        CELLS,
        SCORES,
        UNCERTAINTY,
        JUDGEMENTS,
        WARNINGS,
        EXPECTATIONS,
        *measured,
        *published,
    ]


def derive_steps(catalogue: ProgrammeCatalogue) -> list[Step]:
    """The steps that fill the tables of the store: all but the expectations over them and the publications."""
    return [s for s in store_steps(catalogue) if s is not EXPECTATIONS and s.group != "published"]


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
        return step.run(replace(context, figures_of=figures_of))
    except IdtrackerError as error:
        return StepResult(error=error, is_new=False)
    except Exception as defect:
        logging.getLogger("idtracker").error("%s failed\n%s", step.name, printable(traceback.format_exc()))
        return StepResult(error=defect, is_new=False)


def failure_of(step: Step, result: StepResult) -> str | None:
    """Why nothing may follow from a step; None where it went well."""
    if result.error is not None:
        return str(result.error) or type(result.error).__name__
    blocking = {spec.name for spec in step.checks if spec.is_blocking}
    failed = [check for check in result.checks if check.name in blocking and not check.passed]
    return failed[0].description or f"{failed[0].name} failed" if failed else None


def _registers(context: Context) -> StepResult:
    wrong = definition_failures(context.catalogue)
    sound = Check("definitions", not wrong, description="\n".join(wrong.values()) or None, details={"wrong": wrong})
    return StepResult(dict(write_registers(context.home, context.catalogue)), (sound,))


def definition_failures(catalogue: ProgrammeCatalogue) -> dict[str, str]:
    """Step -> what is wrong with the definitions it works by: sources from which nothing is taken, rows that were left out."""
    wrong = {f"accepted/{source_id}": "\n".join(problems) for source_id, problems in catalogue.stopped.items()}
    return wrong | ({REGISTERS.name: "\n".join(catalogue.set_aside)} if catalogue.set_aside else {})


def _facts(context: Context) -> StepResult:
    every = context.is_thorough
    refreshed = refresh_store(context.home, context.catalogue, context.now, context.until, every=every)
    _, stored = accounts.reconcile_facts(context.home, context.catalogue, context.until, every=every)
    whole = Check(
        "reconciliation",
        not refreshed.unreconciled,
        details={"submissions": refreshed.submissions, "unreconciled": refreshed.unreconciled},
    )
    why = "; ".join([*refreshed.broken, REMEDY]) if refreshed.broken else None
    schema = Check("schema", not refreshed.broken, description=why, details={"broken": refreshed.broken})
    figures = {"row_count": sum(refreshed.rows.values()), **refreshed.rows}
    return StepResult(figures, (account_check("accepted_to_store", stored), whole, schema))


def _cells(context: Context) -> StepResult:
    figures = write_cells(context.home, context.catalogue, context.now, context.until)
    every = context.is_thorough
    account = accounts.reconcile_cells(context.home, context.catalogue, context.now, context.until, every=every)
    return StepResult(dict(figures), (account_check("facts_to_cells", account),))


def _scores(context: Context) -> StepResult:
    figures = write_scores(context.home, context.catalogue, context.now, context.until)
    account = accounts.reconcile_scores(context.home, context.catalogue)
    return StepResult(dict(figures), (account_check("cells_to_scores", account),))


def _expectations(context: Context) -> StepResult:
    every = context.is_thorough
    verdicts = check_expectations(context.home, context.catalogue, context.now, context.until, every=every)
    drift = write_drift(context.home, every=every)
    shown = drift.drop(columns=["is_drift"]).astype(object).where(drift.notna(), None).to_dict("records")
    unlike = Check("drift", drift.empty, is_error=False, details={"count": len(drift), "drift": shown})
    figures = {"expectations": sum(v.expectations for v in verdicts)}
    return StepResult(figures, (*(verdict_check(v) for v in verdicts), unlike))


def _metrics(name: str, context: Context) -> StepResult:
    return StepResult(dict(write_metrics(context.home, context.catalogue, name, context.now, context.until)))


def _publish(audience_id: str, context: Context) -> StepResult:
    folder, is_new = publish(context.home, context.catalogue, audience_id, context.now, context.until)
    manifest = dict(read_manifest(context.home, audience_id) or {})
    differences = published_differences(context.home, folder, with_logs=is_new)
    check = Check("store_to_publication", not differences, details={"differences": differences})
    figures = {"folder": folder, "changed": is_new, "as_of": str(manifest["as_of"]), "notice": str(manifest["notice"])}
    return StepResult(figures, (check,), version=str(manifest["content"]))


def verdict_check(verdict: TableVerdict) -> Check:
    """The outcome of one table's expectations, with the keys of every failing row."""
    details = {"expectations": verdict.expectations, "failed": verdict.failed, "failing_keys": verdict.failing_keys}
    return Check(verdict.table, verdict.passed, verdict.is_critical, details=details)


def account_check(name: str, account: ReconciliationResult) -> Check:
    """The account of one step: its figures by subject and reason, and the keys of everything that does not add up."""
    columns = ["subject", "reason", "rows", "rows_in", "rows_out"]
    details = {"account": account.rows[columns].to_dict("records"), "failing_keys": account.failing}
    return Check(name, account.is_whole, details=details)


REGISTERS = Step(
    "tracker/registers",
    (),
    _registers,
    "Organisations, places, indicators, codelists and the method, as reviewed reference data.",
    ("organisation",),
    (
        CheckSpec(
            "definitions",
            "Every source definition and every row of the reference data is sound; what is not is left out.",
        ),
    ),
)
CELLS = Step(
    "tracker/cells",
    ("tracker/facts",),
    _cells,
    "One value per indicator, place and quarter, merged from every report by the indicator's policy.",
    ("merged_cell", "cell_report", "obligation", "freshness"),
    (
        CheckSpec(
            "facts_to_cells", "Every observation known is used by a cell, or counted under one reason why it is not."
        ),
    ),
)
SCORES = Step(
    "tracker/scores",
    ("tracker/cells",),
    _scores,
    "The tracker: scores with intervals, bands and trends per place and quarter, and why each moved.",
    ("score", "trend", "score_change", "method_score"),
    (CheckSpec("cells_to_scores", "Every cell counts in one dimension of its place and quarter, or says why not."),),
)
EXPECTATIONS = Step(
    "tracker/expectations",
    ("tracker/scores",),
    _expectations,
    "Expectations over the merged tables, generated from the contract and stated, with Data Docs as static pages.",
    (),
    (
        *(CheckSpec(name, f"Great Expectations suite of the table {name}.") for name in EXPECTED_TABLES),
        CheckSpec("drift", "The latest period of every source is like its earlier ones: rows, cells, distributions."),
    ),
)


def _facts_step(catalogue: ProgrammeCatalogue) -> Step:
    return Step(
        "tracker/facts",
        (REGISTERS.name, *(f"accepted/{source}" for source in catalogue.sources)),
        _facts,
        "Every accepted fact as vintages: what was known, from when to when, and where it came from.",
        ("observation",),
        (
            CheckSpec("reconciliation", "For every submission: rows read = accepted + held + unchanged + superseded."),
            CheckSpec(
                "accepted_to_store",
                "Every row of the accepted files is in a vintage, repeats one, or was superseded or corrected.",
            ),
            CheckSpec(
                "schema",
                "Every fact table keeps its pandera model, and no fact has two open vintages.",
                is_blocking=True,
            ),
        ),
    )


def _metrics_step(name: str) -> Step:
    ids = [metric.id for metric in family(name)]
    description = f"Integration metrics {ids[0]} to {ids[-1]}: {name}."
    return Step(f"metrics/{name}", (SCORES.name,), partial(_metrics, name), description, ("metric_value",))


def _publication_step(audience_id: str, inputs: tuple[str, ...]) -> Step:
    return Step(
        f"published/{audience_id}",
        inputs,
        partial(_publish, audience_id),
        f"Database, Parquet files and Data Docs for: {AUDIENCES[audience_id].title}.",
        (),
        (
            CheckSpec(
                "store_to_publication",
                "Database and Parquet files hold the rows and content of the store, table by table.",
            ),
        ),
    )
