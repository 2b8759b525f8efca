"""Opening the analytical store. One writer at a time; nobody else ever opens this file."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from filelock import FileLock, Timeout

from idtracker.model.errors import IdtrackerError, StoreBusyError, UsageError
from idtracker.model.files import private_folder
from idtracker.model.home import Home

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SETTING = "IDTRACKER_MEMORY"
USUAL_MIB, LEAST_MIB = 512, 64
"""What an engine may hold before it writes to disk, on every machine: what fits on one does not fail on another."""
_SIZE = re.compile(r"\s*(\d{1,9})\s*(MiB|GiB|MB|GB)\s*", re.IGNORECASE)
_BYTES = {"mib": 1 << 20, "gib": 1 << 30, "mb": 10**6, "gb": 10**9}
MOST_THREADS = 4
"""How many threads share an engine, on every machine."""

_SPILLED = ".spilled-"
_inside: dict[int, str] = {}
"""Process -> where its engines in memory write what does not fit, once it has had a turn as a writer."""
_engines: dict[int, list[duckdb.DuckDBPyConnection]] = {}

BATCH = 1 << 16
"""Rows of a result that are taken out of an engine at a time."""


def memory_limit() -> int:
    """MiB that the engine of the store may hold; one in memory beside it may hold half. UsageError where the setting is no such size."""
    stated = os.environ.get(SETTING, "").strip()
    if not stated:
        return USUAL_MIB
    size = _SIZE.fullmatch(stated)
    mebibytes = int(size[1]) * _BYTES[size[2].lower()] >> 20 if size else 0
    if mebibytes < LEAST_MIB:
        raise UsageError(f"{SETTING}={stated}: a size such as 512MiB or 2GiB is expected, at least {LEAST_MIB}MiB.")
    return mebibytes


def no_room(problem: BaseException) -> IdtrackerError | None:
    """An error that says what to set, where an engine had no room; also where what was tidied up after it failed too. Else None."""
    cause: BaseException | None = problem
    while cause is not None and not isinstance(cause, duckdb.OutOfMemoryException):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return None
    why = str(cause).split("\n", 1)[0]
    return IdtrackerError(
        f"The engine had no room to go on: {why}. It may hold {memory_limit()} MiB in memory, one beside it half of that, and the rest on the "
        f"disk of the home. Give it more by {SETTING}, such as {SETTING}={2 * memory_limit()}MiB, or see that the disk has room; then run again: "
        "what was done before stays."
    )


@contextmanager
def writing_turn(home: Home, wait_s: float = 0) -> Iterator[None]:
    """Hold the home's writer lock; the same process may enter again. StoreBusyError after `wait_s` seconds."""
    memory_limit()  # one that is wrong is told before anything is done
    private_folder(home.store.parent)
    lock = FileLock(home.store.with_suffix(".lock"), is_singleton=True)
    try:
        lock.acquire(timeout=wait_s)
    except Timeout as busy:
        raise StoreBusyError(
            f"Another run is writing to {home.store}. Wait until it has finished (`idtracker status` shows the last run)."
        ) from busy
    try:
        if lock.lock_counter == 1:
            _spill_inside(home)
        yield
    finally:
        lock.release()


def _spill_inside(home: Home) -> None:
    """What a killed writer wrote beyond its memory goes, and engines in memory of this one write it inside the home as well.

    An engine that has written somewhere already stays there.
    """
    ours = home.store.parent / f"{_SPILLED}{os.getpid()}"
    for left in (*home.store.parent.glob(f"{_SPILLED}*"), Path(f"{home.store}.tmp")):
        if left != ours:
            shutil.rmtree(left, ignore_errors=True)
    if _inside.get(os.getpid()) != str(ours):
        _inside[os.getpid()] = str(ours)
        atexit.register(shutil.rmtree, ours, ignore_errors=True)  # the engine of a process that ends leaves it there
    for engine in _engines.get(os.getpid(), ()):
        with suppress(duckdb.Error):
            _spill_to(engine, str(ours))


def connect(path: str = ":memory:", **options: Any) -> duckdb.DuckDBPyConnection:
    """A connection whose engine keeps to memory_limit(), and draws no progress bar between the lines of a command or a service.

    What does not fit a writer puts beside its file, that of its engine in memory too. Who only reads may not be able to write
    there: it goes to a folder of the process.
    """
    connection = duckdb.connect(path, **options)
    connection.execute(f"SET enable_progress_bar = false; SET memory_limit = '{memory_limit()}MiB'")
    if (os.cpu_count() or 1) > MOST_THREADS and "threads" not in options.get("config", {}):
        connection.execute(f"SET threads = {MOST_THREADS}")
    if path == ":memory:":
        _spill_to(connection, _inside.get(os.getpid()) or _own_folder(os.getpid()))
    elif options.get("read_only"):
        _spill_to(connection, _own_folder(os.getpid()))
    return connection


def connect_beside(path: str, **options: Any) -> duckdb.DuckDBPyConnection:
    """A connection to an engine that works beside that of the store, and may hold half as much."""
    connection = connect(path, **options)
    connection.execute(f"SET memory_limit = '{memory_limit() // 2}MiB'")
    return connection


def _spill_to(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    """Write there what does not fit. An engine that is open already and has written somewhere cannot be told again."""
    if connection.execute("SELECT current_setting('temp_directory')").fetchall() != [(folder,)]:
        escaped = folder.replace("'", "''")
        connection.execute(f"SET temp_directory = '{escaped}'")


@cache
def _own_folder(process: int) -> str:
    """A folder of a process for as long as it lives, for its user alone."""
    folder = tempfile.mkdtemp(prefix="idtracker-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def in_memory(**config: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for temporary tables, views and registered frames, which are its own and end with it.

    Those of one process and configuration share an engine, because starting one costs more than most of what is asked of it.
    """
    connection = _engine(os.getpid(), tuple(config.items())).cursor()
    try:
        yield connection
    finally:
        connection.close()


@cache
def _engine(process: int, config: tuple[tuple[str, Any], ...]) -> duckdb.DuckDBPyConnection:
    """The engine in memory of a process; one that was forked starts its own."""
    engine = connect_beside(":memory:", config=dict(config))
    _engines.setdefault(process, []).append(engine)
    return engine


@contextmanager
def open_store(home: Home, wait_s: float = 600) -> Iterator[duckdb.DuckDBPyConnection]:
    """The writer's connection, in its own turn; checkpointed at the end, or where the store is kept open, at the end of that."""
    with writing_turn(home, wait_s):
        connection = connect(str(home.store))
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def kept_open(home: Home, wait_s: float = 600) -> Iterator[None]:
    """Keep the store open in this process, in one turn: opening it costs more than most steps on a small store do in it.

    A store that cannot be opened is told by the step that needs it.
    """
    with ExitStack() as open_for_all:
        with suppress(duckdb.Error, IdtrackerError):
            open_for_all.enter_context(open_store(home, wait_s))
        yield


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pd.DataFrame | pa.Table]) -> Iterator[None]:
    """Frames as tables of the engine within a block. An error in it is told as it is: where it ended a transaction, nothing can be taken off."""
    for name, frame in frames.items():
        connection.register(name, frame)
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):
            _take_off(connection, frames)
        raise
    _take_off(connection, frames)


def _take_off(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    for name in names:
        connection.unregister(name)


def rows_of(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The rows of a query as they lie in the engine. A result of which only the first row was read is run to its end before."""
    connection.complete()
    return connection.sql(query).to_arrow_table()


def batches_of(connection: duckdb.DuckDBPyConnection, query: str, rows: int = BATCH) -> pa.RecordBatchReader:
    """The rows of a query, so many at a time; they are to be read to their end before the connection is asked anything else."""
    connection.complete()
    return connection.sql(query).to_arrow_reader(rows)
