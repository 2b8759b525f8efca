"""What a query over a publication may do: read its rows, within bounds of time and memory, and nothing else of the machine.

The engine holds the bound: it opens no file, loads no extension, finds no variable of Python and takes no setting once it is closed.
What the engine itself would tell of the machine, such as the path of the file that it reads, is refused by name.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import duckdb

from idtracker.model.errors import UsageError
from idtracker.model.tables.names.renamed import warnings_about
from idtracker.store.connection import connect, in_memory
from idtracker.store.tables import quoted

if TYPE_CHECKING:
    import pandas as pd

TIMEOUT_S = 120.0
"""Seconds after which a query is stopped, unless another time is stated."""
MOST_BYTES = 256 << 20
"""What a result may hold in memory."""
MOST_CHARACTERS, MOST_BRACKETS = 100_000, 1_000
"""What a query may be long: brackets that are never closed take the parser time by the square of their number, and nothing stops it."""
MOST_SPILLED = "1GiB"
"""What the engine may put on disk meanwhile."""
_READING = ("SELECT", "EXPLAIN", "MULTI")  # PIVOT counts as several statements
_DESCRIBING = frozenset(
    ("duckdb_columns", "duckdb_constraints", "duckdb_schemas", "duckdb_tables", "duckdb_types", "duckdb_views")
)
"""What the engine tells of tables and columns alone."""
_MAKING_ROWS = frozenset(
    ("generate_series", "generate_subscripts", "json_each", "json_tree", "range", "repeat", "unnest")
)
_TELLING = frozenset(("current_setting", "getenv", "query", "query_table", "which_secret", "write_log", "getvariable"))
_WRITING = frozenset(
    (
        *(
            "alter",
            "attach",
            "call",
            "copy",
            "create",
            "delete",
            "drop",
            "export",
            "import",
            "insert",
            "install",
            "load",
        ),
        *("merge", "pragma", "truncate", "update", "vacuum"),
    )
)
_OF_FUNCTIONS = ("duckdb_", "pragma_", "read_", "parquet_", "sniff_")
_OF_TABLES = ("duckdb_", "pg_", "pragma_")
_WORD = re.compile(r"\w+")
_STEP = 8  # vectors of 2,048 rows


def open_closed(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a published file that can read its tables and do nothing else.

    The engine is one of its own in memory with the file beside it: engines of one file in one process share their settings, and
    whoever else reads the file here would find itself locked in. IdtrackerError's UsageError where the file is no database.
    """
    connection = connect()
    try:
        connection.execute(f"ATTACH {quoted(database)} AS published (READ_ONLY)")
    except duckdb.Error as problem:
        connection.close()
        raise UsageError(f"{database.name}: not a database that can be read as a publication.") from problem
    connection.execute("USE published")
    return close_off(connection)


def close_off(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The connection, from now on without files, extensions, variables of Python and changes of settings; it cannot be undone."""
    connection.execute(
        "SET timezone = 'UTC'; SET python_enable_replacements = false; SET autoinstall_known_extensions = false; "
        "SET autoload_known_extensions = false; SET allow_community_extensions = false; "
        f"SET max_temp_directory_size = '{MOST_SPILLED}'"
    )
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a query that is running: its columns with their types, read once; `advice` about names that will go away."""

    connection: duckdb.DuckDBPyConnection
    columns: Sequence[str]
    types: Sequence[str]
    advice: Sequence[str] = ()

    def frame(self) -> pd.DataFrame:
        """All rows. UsageError where they need more memory than a result may have."""
        import pandas as pd

        parts, held = [self.connection.fetch_df_chunk(_STEP)], 0
        while len(parts[-1]):
            held += int(parts[-1].memory_usage(index=False).sum())
            if held > MOST_BYTES:
                raise _too_large()
            parts.append(self.connection.fetch_df_chunk(_STEP))
        whole: pd.DataFrame = pd.concat(parts[:-1], ignore_index=True) if len(parts) > 1 else parts[0]
        return whole

    def rows(self, most: int | None = None) -> list[tuple[Any, ...]]:
        """All rows, or the first `most`. UsageError where they need more memory than a result may have."""
        rows: list[tuple[Any, ...]] = []
        held = 0
        while part := self.connection.fetchmany(2048 if most is None else min(2048, most - len(rows))):
            held += sum(64 * len(row) + sum(len(v) for v in row if isinstance(v, str)) for row in part)
            if held > MOST_BYTES:
                raise _too_large()
            rows += part
        return rows


@contextmanager
def running(connection: duckdb.DuckDBPyConnection, sql: str, timeout_s: float = TIMEOUT_S) -> Iterator[Result]:
    """Run one SELECT on a closed connection and read its result within the block.

    UsageError for a mistake in it, for anything but reading the publication, and where it takes longer than `timeout_s` seconds
    or more memory than there is for it.
    """
    advice = check_query(connection, sql)
    for line in advice:
        warnings.warn(line, DeprecationWarning, stacklevel=4)
    timer = Timer(timeout_s, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        asked = connection.sql(sql)
        columns, types = list(asked.columns), [str(kind) for kind in asked.types]
        connection.execute(sql)
        yield Result(connection, columns, types, advice)
    except duckdb.InterruptException as problem:
        raise UsageError(
            f"The query was stopped after {timeout_s:g} seconds: ask for less with WHERE, or allow more with --timeout."
        ) from problem
    except duckdb.OutOfMemoryException as problem:
        raise UsageError(
            "The query needs more memory than there is for one: ask for less with WHERE or LIMIT, or for fewer columns."
        ) from problem
    except duckdb.PermissionException as problem:
        raise UsageError(
            "A query reads the tables of the publication and nothing else: no files, folders, settings or extensions."
        ) from problem
    except duckdb.Error as problem:
        raise UsageError(str(problem)) from problem
    finally:
        timer.cancel()


def check_query(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """What to say of old names in a query. UsageError unless it is one statement that reads, and names nothing that tells of the machine."""
    if len(sql) > MOST_CHARACTERS or sum(sql.count(bracket) for bracket in "([{") > MOST_BRACKETS:
        raise UsageError(
            f"The query is too long: {MOST_CHARACTERS:,} characters and {MOST_BRACKETS:,} brackets at most."
        )
    try:
        kinds = [statement.type.name for statement in duckdb.extract_statements(sql)]
    except duckdb.Error as problem:
        raise UsageError(str(problem)) from problem
    if len(kinds) != 1:
        raise UsageError(f"Write one SELECT; here are {len(kinds)} statements.")
    if kinds[0] not in _READING:
        raise UsageError(f"The published store can only be read: write a SELECT, not {kinds[0]}.")
    if kinds[0] == "SELECT":
        functions, making, tables, columns = _named(sql)
    else:  # those have no tree to look at: any word counts, wherever it stands
        functions = {word.lower() for word in _WORD.findall(sql)}
        making, tables, columns = functions & (_engine_functions(connection) | _WRITING), functions, functions
    refused = {name for name in functions if name in _TELLING or _tells(name, _OF_FUNCTIONS)}
    refused |= {name for name in tables if _tells(name, _OF_TABLES)}
    if refused := refused or _unknown(connection, making):
        raise UsageError(
            f"`{min(refused)}` is not there: a query reads the tables of the publication and nothing else: no files, folders, "
            "settings or extensions."
        )
    return warnings_about(tables, columns)


def tables_read(sql: str) -> set[str]:
    """Names of the tables that a query reads; those of a macro over time count as the table, and a name of its own as itself."""
    try:
        _, making, tables, _ = _named(sql)
    except UsageError:  # EXPLAIN and PIVOT have no tree to look at
        return {""}
    return tables | {name.removesuffix("_as_known_at") for name in making - _DESCRIBING - _MAKING_ROWS}


def _tells(name: str, beginnings: tuple[str, ...]) -> bool:
    return name.startswith(beginnings) and name not in _DESCRIBING


def _named(sql: str) -> tuple[set[str], set[str], set[str], set[str]]:
    """Names of the functions that a SELECT calls, of those among them that make tables, and of the tables and columns that it reads."""
    with in_memory() as engine:
        row = engine.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree.get("error"):
        raise UsageError(str(tree.get("error_message", "The query cannot be read.")))
    functions, making, tables, columns = set[str](), set[str](), set[str](), set[str]()
    waiting: list[Any] = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
            if part.get("type") == "TABLE_FUNCTION":
                making.add(str(part["function"].get("function_name")).lower())
            functions |= {str(part["function_name"]).lower()} if part.get("function_name") else set()
            columns |= {str(name).lower() for name in part.get("column_names") or ()}
            tables |= {str(part["table_name"]).lower()} if part.get("type") == "BASE_TABLE" else set()
    return functions, making, tables, columns


def _unknown(connection: duckdb.DuckDBPyConnection, making: Collection[str]) -> set[str]:
    """Functions that make tables and are neither harmless ones of the engine nor macros of the publication."""
    others = set(making) - _DESCRIBING - _MAKING_ROWS
    if not others:
        return others
    rows = connection.execute(
        "SELECT lower(function_name) FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal"
    ).fetchall()
    return others - {name for (name,) in rows}


def _engine_functions(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Everything of the engine that makes a table when it is called."""
    rows = connection.execute(
        "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro', 'pragma') AND internal"
    ).fetchall()
    return {name for (name,) in rows}


def _too_large() -> UsageError:
    return UsageError(
        f"The result is larger than {MOST_BYTES >> 20} MiB: ask for less with WHERE or LIMIT, or for fewer columns; "
        "whole tables are in the folder `parquet` of the publication, and `idtracker export` writes them."
    )
