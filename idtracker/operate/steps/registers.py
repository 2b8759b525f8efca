"""Reference data and method into the store."""

from __future__ import annotations

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.methods.published import methods_frame
from idtracker.model.register.entities import entity_table
from idtracker.store.connection import open_store
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import (
    write_reference,
)


def write_registers(home: Home, catalogue: ProgrammeCatalogue) -> dict[str, int]:
    """Reference data and method into the store; rows per table."""
    entity = entity_table(catalogue.matches, catalogue.register.organisations["org_id"])
    tables = {**catalogue.register.tables(), "method": methods_frame(catalogue.methods), "entity": entity}
    with open_store(home) as connection:
        ensure_tables(connection)
        write_reference(connection, tables, catalogue.programme.marking)
    return {name: len(frame) for name, frame in tables.items()}
