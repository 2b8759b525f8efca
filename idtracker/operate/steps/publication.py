"""The store published for an audience."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.findings import rule_set_version
from idtracker.model.home import Home
from idtracker.model.steps.versions import versions_text
from idtracker.operate.steps.expectations import data_docs_folder
from idtracker.publish.audience import audience
from idtracker.publish.snapshot import publish_snapshot
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.schema import ensure_tables


def versions_of(catalogue: ProgrammeCatalogue) -> dict[str, str]:
    """Everything beside the received files that published content depends on."""
    import hashlib

    programme = str(catalogue.programme.marking.columns)
    definitions = "\0".join([programme, *(f"{s.id}={s.fingerprint}" for s in catalogue.sources.values())])
    return {
        "rule_set": rule_set_version(),
        "method": ", ".join(scoring.version for scoring in catalogue.methods),
        "register": catalogue.register.fingerprint[:12],
        "matches": catalogue.matches.fingerprint[:12],
        "steps": versions_text(),
        "sources": hashlib.sha256(definitions.encode()).hexdigest()[:12],
    }


def publish(
    home: Home,
    catalogue: ProgrammeCatalogue,
    audience_id: str,
    now: datetime,
    until: datetime | None,
    again: bool = False,
) -> tuple[Path, bool]:
    """Publish the store for one audience (see `publish_snapshot`); the folder, and whether it is new."""
    with open_store(home) as connection:
        ensure_tables(connection)
        return publish_snapshot(
            connection,
            home,
            audience(audience_id),
            catalogue.programme,
            day_of_knowledge(home, catalogue, now, until),
            versions_of(catalogue),
            data_docs_folder(home),
            again,
        )
