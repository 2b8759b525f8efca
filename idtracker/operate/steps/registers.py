"""Reference data and method into the store."""

from __future__ import annotations

import hashlib
import json

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.reported.published_sources import SOURCE, TABLE, source_rows
from idtracker.model.home import Home
from idtracker.model.methods.published import methods_frame
from idtracker.model.register.entities import entity_table
from idtracker.model.tables import REFERENCE
from idtracker.operate.step import Check, CheckSpec, Context, Step, StepResult
from idtracker.store.connection import open_store
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import rewrite_table, transaction, write_reference


def write_registers(home: Home, catalogue: ProgrammeCatalogue) -> dict[str, int]:
    """Reference data and method into the store; rows per table."""
    entity = entity_table(catalogue.matches, catalogue.register.organisations["org_id"])
    tables = {**catalogue.register.tables(), "method": methods_frame(catalogue.methods), "entity": entity}
    stated = source_rows(catalogue.sources)
    with open_store(home) as connection:
        ensure_tables(connection)
        write_reference(connection, tables, catalogue.programme.marking)
        with transaction(connection):
            rewrite_table(connection, TABLE, stated, f"kind = '{SOURCE}'")
    return {name: len(frame) for name, frame in tables.items()} | {TABLE: len(stated)}


def _registers(context: Context) -> StepResult:
    wrong = definition_failures(context.catalogue)
    sound = Check("definitions", not wrong, description="\n".join(wrong.values()) or None, details={"wrong": wrong})
    return StepResult(dict(write_registers(context.home, context.catalogue)), (sound,))


def definition_failures(catalogue: ProgrammeCatalogue) -> dict[str, str]:
    """Step -> what is wrong with the definitions it works by: sources from which nothing is taken, rows that were left out."""
    wrong = {f"accepted/{source_id}": "\n".join(problems) for source_id, problems in catalogue.stopped.items()}
    return wrong | ({REGISTERS.name: "\n".join(catalogue.set_aside)} if catalogue.set_aside else {})


def registers_version(catalogue: ProgrammeCatalogue) -> str:
    """What stands for the reference data, for what is published of sources, and for what is wrong with definitions."""
    stated = source_rows(catalogue.sources).to_json()
    version = catalogue.register.fingerprint[:12] + catalogue.matches.fingerprint[:12]
    version += hashlib.sha256(stated.encode()).hexdigest()[:12]
    wrong = definition_failures(catalogue)
    return version + (hashlib.sha256(json.dumps(wrong).encode()).hexdigest()[:12] if wrong else "")


REGISTERS = Step(
    "tracker/registers",
    (),
    _registers,
    "Organisations, places, indicators, codelists and the method, as reviewed reference data.",
    ("organisation", *(name for name in REFERENCE if name != "organisation")),
    (
        CheckSpec(
            "definitions",
            "Every source definition and every row of the reference data is sound; what is not is left out.",
        ),
    ),
    lambda _, catalogue: registers_version(catalogue),
)
