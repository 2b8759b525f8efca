"""The store published for an audience."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from idtracker.analyse.history.readings import baseline_quarter
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.services.rounds.folders import publish_rounds
from idtracker.operate.step import Check, CheckSpec, Context, Step, StepResult
from idtracker.operate.steps.expectations import data_docs_folder
from idtracker.operate.steps.figures.indices import FINGERPRINT
from idtracker.publish.audience import AUDIENCES, audience
from idtracker.publish.manifest import read_manifest
from idtracker.publish.snapshot import publish_snapshot
from idtracker.publish.verify_snapshot import published_differences
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.schema import ensure_tables, recall

if TYPE_CHECKING:
    import duckdb


def publish(
    home: Home,
    catalogue: ProgrammeCatalogue,
    audience_id: str,
    now: datetime,
    until: datetime | None,
    again: bool = False,
    *,
    is_worked_out: bool = True,
) -> tuple[Path, bool]:
    """Publish the store for one audience (see `publish_snapshot`); the folder, and whether it is new.

    `is_worked_out` is whether the store was just brought up to these definitions. Else it may be behind them: the publication
    states the versions that the one before it stated, so that the next run does not take it for current.
    """
    with open_store(home) as connection:
        ensure_tables(connection)
        versions = _stated_versions(home, audience_id)
        if is_worked_out:
            versions = _versions_of_store(connection, home, catalogue)
        return publish_snapshot(
            connection,
            home,
            audience(audience_id),
            catalogue.programme,
            day_of_knowledge(home, catalogue, now, until),
            versions,
            data_docs_folder(home),
            again,
        )


def _versions_of_store(
    connection: duckdb.DuckDBPyConnection, home: Home, catalogue: ProgrammeCatalogue
) -> dict[str, str]:
    """The versions of a store that was just worked out."""
    versions = versions_of(home, catalogue)
    if catalogue.programme.indices:  # what their scores in the store were made from, whatever the files are by now
        versions["indices"] = recall(connection, FINGERPRINT) or ""
    baseline = baseline_quarter(connection, catalogue)
    return versions | {"baseline": baseline} if baseline else versions


def _stated_versions(home: Home, audience_id: str) -> dict[str, str]:
    """The versions that the current publication states; none where there is none."""
    manifest = read_manifest(home, audience_id)
    stated = manifest["versions"] if manifest is not None else None
    if not isinstance(stated, dict):
        return {}
    return {name: str(version) for name, version in stated.items() if name != "model"}  # the publication states its own


def _publish(audience_id: str, context: Context) -> StepResult:
    folder, is_new = publish(context.home, context.catalogue, audience_id, context.now, context.until)
    manifest = dict(read_manifest(context.home, audience_id) or {})
    differences = published_differences(context.home, folder, with_logs=is_new)
    check = Check("store_to_publication", not differences, details={"differences": differences})
    lost = publish_rounds(context.home, context.catalogue, context.until)
    rounds = Check("rounds", not lost, is_error=False, description="\n".join(lost) or None, details={"rounds": lost})
    figures = {"folder": folder, "changed": is_new, "as_of": str(manifest["as_of"]), "notice": str(manifest["notice"])}
    return StepResult(figures, (check, rounds), version=str(manifest["content"]))


def publication_step(audience_id: str, inputs: tuple[str, ...]) -> Step:
    """The step that publishes for one audience after everything that it rests on."""
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
            CheckSpec("rounds", "Every published round is there as it was frozen."),
        ),
    )
