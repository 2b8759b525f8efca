"""The methods that a publication says its scores were made by."""

from __future__ import annotations

import duckdb

from idtracker.model.methods.chosen import Methods, bundled_methods
from idtracker.model.methods.published import methods_of


def published_methods(published: duckdb.DuckDBPyConnection) -> Methods:
    """The methods of a publication; the tracker's own of one that was made before methods had roles."""
    try:
        rows = published.execute("SELECT method_id, method_version, role, definition FROM method ORDER BY ALL").df()
    except (duckdb.BinderException, duckdb.CatalogException):
        return bundled_methods()
    return methods_of({str(name): value for name, value in row.items()} for row in rows.to_dict("records"))
