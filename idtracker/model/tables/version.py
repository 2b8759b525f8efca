"""DDL of the canonical tables, and the version of the data model that follows from it."""

from __future__ import annotations

import hashlib
from functools import cache

from idtracker.model.tables import TABLES, Table, columns_of


def create_table_sql(name: str, model: type[Table]) -> str:
    """CREATE TABLE of a canonical table."""
    columns = ", ".join(f'"{c.name}" {c.sql_type}{" NOT NULL" if c.is_required else ""}' for c in columns_of(model))
    return f'CREATE TABLE IF NOT EXISTS "{name}" ({columns})'


@cache
def model_version() -> str:
    """Changes whenever a table or column changes."""
    ddl = "\n".join(create_table_sql(name, model) for name, model in TABLES.items())
    return hashlib.sha256(ddl.encode()).hexdigest()[:12]
