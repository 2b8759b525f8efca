"""Dagster's history of a home as a command writes it: one connection to each of its databases for as long as the command lasts.

Dagster opens a database of SQLite anew for every event. Whoever closes the last connection to one folds its log into it, which for
the two hundred events of a run costs more than most steps do. Files and tables are Dagster's own: UI and daemon read them as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import (
    DagsterSqliteStorage,
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event

_WAIT_S = 60


class CommandStorage(DagsterSqliteStorage):
    """What `storage: custom` in an instance's configuration names; everything but the schedules is kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self.base_dir, self._inst_data = base_dir, inst_data
        self._run_storage = _Runs.from_local(_runs_directory(base_dir))
        self._event_log_storage = _Events(_event_logs_directory(base_dir))
        self._schedule_storage = SqliteScheduleStorage.from_local(_schedule_directory(base_dir))
        DagsterStorage.__init__(self)  # type: ignore[arg-type, no-untyped-call]

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> "CommandStorage":
        return cls(inst_data=inst_data, **config_value)


class _Runs(SqliteRunStorage):
    @cached_property
    def _engine(self) -> Engine:
        return _engine(self._conn_string)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        self._engine.dispose()


class _Events(SqliteEventLogStorage):
    @cached_property
    def _engines(self) -> dict[str, Engine]:
        return {}

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._engines:
                self._engines[shard] = _engine(self.conn_string_for_shard(shard))
                self._initdb(self._engines[shard])
            with self._engines[shard].connect() as connection, connection.begin():
                yield connection

    @cached_property
    def supports_asset_checks(self) -> bool:
        """Dagster asks the database at every check."""
        return bool(super().supports_asset_checks)

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        super().dispose()


def _engine(place: str) -> Engine:
    """An engine whose connections are kept. What it wrote last may be lost with the power, not with the process."""
    engine = create_engine(place, connect_args={"timeout": _WAIT_S})

    @event.listens_for(engine, "connect")
    def relax(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine
