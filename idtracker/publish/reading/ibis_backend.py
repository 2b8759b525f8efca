"""Ibis over a closed connection, whose settings cannot be changed any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
from ibis.backends.duckdb import Backend


class _ClosedBackend(Backend):  # type: ignore[misc]
    """Ibis' own backend without the settings that it makes when it takes a connection over: they were made before it was closed."""

    def _post_connect(self, extensions: Sequence[str] | None = None) -> None:
        self._record_batch_readers_consumed: dict[str, Any] = {}


def backend_of(connection: duckdb.DuckDBPyConnection) -> Any:
    """An Ibis backend over a connection that close_off() closed."""
    return _ClosedBackend.from_connection(connection)
