"""The store published for an audience."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from idtracker.analyse.history.readings import baseline_quarter
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.published.audience import OWNER, Audience
from idtracker.operate.audiences.publish_seen import publish_seen
from idtracker.operate.audiences.work_out import Run, Steps, home_of
from idtracker.operate.definition_versions import owner_versions
from idtracker.operate.services.rounds.folders import publish_rounds
from idtracker.operate.step import Check, CheckSpec, Context, Step, StepResult
from idtracker.operate.steps.expectations import data_docs_folder
from idtracker.operate.steps.figures.indices import FINGERPRINT
from idtracker.publish.geography.gather_boundaries import gather_boundaries
from idtracker.publish.manifest import read_manifest
from idtracker.publish.snapshot import Beside, publish_snapshot
from idtracker.publish.verify_snapshot import published_differences
from idtracker.publish.watch.write import write_watches
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.schema import ensure_tables, recall

if TYPE_CHECKING:
    import duckdb


def publish(
    home: Home,
    catalogue: ProgrammeCatalogue,
    now: datetime,
    until: datetime | None,
    again: bool = False,
    *,
    is_worked_out: bool = True,
) -> tuple[Path, bool]:
    """Publish the store for the team that runs the programme (see `publish_snapshot`); the folder, and whether it is new.

    `is_worked_out` is whether the store was just brought up to these definitions. Else it may be behind them: the publication
    states the versions that the one before it stated, so that the next run does not take it for current.
    """
    with open_store(home) as connection:
        ensure_tables(connection)
        versions = _stated_versions(home)
        if is_worked_out:
            versions = _versions_of_store(connection, home, catalogue)
        return publish_snapshot(
            connection,
            home,
            OWNER,
            catalogue.programme,
            day_of_knowledge(home, catalogue, now, until),
            versions,
            Beside(
                gather_boundaries(catalogue.programme, home.sources, catalogue.register),
                data_docs_folder(home),
                _made_from(home, until, now),
            ),
            again,
        )


def _made_from(home: Home, until: datetime | None, now: datetime) -> dict[str, object]:
    """What it takes to make a publication again, beside its definitions: documents that are not sealed yet are not in it."""
    anchor = Chain(home).anchor()
    stated = None if until is None else until.isoformat()
    links = {"chain": anchor["chain"], "chain_links": anchor["chain_links"]}
    return links | {"until": stated, "definitions_on": f"{now:%Y-%m-%d}"}


def _followed(home: Home, audience_id: str, folder: Path, previous: Path) -> Check:
    """Write what changed since another folder for whoever follows figures; a fault there keeps nobody from what is published."""
    if previous == folder:
        return Check("watches", True, is_error=False, details={"files": 0})
    try:
        written = write_watches(home, audience_id, folder, previous if previous.is_dir() else None)
    except IdtrackerError as problem:
        return Check("watches", False, is_error=False, description=str(problem))
    return Check("watches", True, is_error=False, details={"files": len(written)})


def _versions_of_store(
    connection: duckdb.DuckDBPyConnection, home: Home, catalogue: ProgrammeCatalogue
) -> dict[str, str]:
    """The versions of a store that was just worked out."""
    versions = owner_versions(home, catalogue)
    if catalogue.programme.indices:  # what their scores in the store were made from, whatever the files are by now
        versions["indices"] = recall(connection, FINGERPRINT) or ""
    baseline = baseline_quarter(connection, catalogue)
    return versions | {"baseline": baseline} if baseline else versions


def _stated_versions(home: Home) -> dict[str, str]:
    """The versions that the current publication states; none where there is none."""
    manifest = read_manifest(home, OWNER.id)
    stated = manifest["versions"] if manifest is not None else None
    if not isinstance(stated, dict):
        return {}
    return {name: str(version) for name, version in stated.items() if name != "model"}  # the publication states its own


def _publish(context: Context) -> StepResult:
    previous = (context.home.published / OWNER.id / "current").resolve()
    folder, is_new = publish(context.home, context.catalogue, context.now, context.until)
    manifest = dict(read_manifest(context.home, OWNER.id) or {})
    differences = published_differences(context.home, folder, with_logs=is_new)
    check = Check("store_to_publication", not differences, details={"differences": differences})
    lost = publish_rounds(context.home, context.catalogue, context.until)
    rounds = Check("rounds", not lost, is_error=False, description="\n".join(lost) or None, details={"rounds": lost})
    figures = {"folder": folder, "changed": is_new, "as_of": str(manifest["as_of"]), "notice": str(manifest["notice"])}
    followed = _followed(context.home, OWNER.id, folder, previous)
    return StepResult(figures, (check, rounds, followed), version=str(manifest["content"]))


def _publish_seen(audience: Audience, steps: Steps, run: Run, context: Context) -> StepResult:
    previous = (context.home.published / audience.id / "current").resolve()
    folder, is_new = publish_seen(context, audience, steps, run)
    own = home_of(context.home, audience.id)
    manifest = dict(read_manifest(context.home, audience.id) or {})
    differences = published_differences(own, folder, with_logs=is_new) if is_new else []
    check = Check("store_to_publication", not differences, details={"differences": differences})
    figures = {"folder": folder, "changed": is_new, "as_of": str(manifest["as_of"]), "notice": str(manifest["notice"])}
    followed = _followed(context.home, audience.id, folder, previous)
    return StepResult(figures, (check, followed), version=str(manifest["content"]))


def audience_step(audience: Audience, steps: Steps, run: Run) -> Step:
    """The step that chooses what another audience may see, works it out by `steps` and publishes it, after the owner's publication."""
    return Step(
        f"published/{audience.id}",
        (f"published/{OWNER.id}",),
        partial(_publish_seen, audience, steps, run),
        f"What is released to: {audience.title}. Worked out from the rows that they may see, and nothing else.",
        (),
        (_STORE_TO_PUBLICATION, _WATCHES),
    )


_STORE_TO_PUBLICATION = CheckSpec(
    "store_to_publication", "Database and Parquet files hold the rows and content of the store, table by table."
)


_WATCHES = CheckSpec("watches", "What changed is written for everybody who follows a figure.")


def publication_step(inputs: tuple[str, ...]) -> Step:
    """The step that publishes for the team that runs the programme, after everything that it rests on."""
    return Step(
        f"published/{OWNER.id}",
        inputs,
        _publish,
        f"Database, Parquet files and Data Docs for: {OWNER.title}.",
        (),
        (
            _STORE_TO_PUBLICATION,
            _WATCHES,
            CheckSpec("rounds", "Every published round is there as it was frozen."),
        ),
    )
