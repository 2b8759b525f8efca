"""What a derived table said after an instant and says no more: a file that came before others takes the moments after it back.

Tables that hold what is known now follow the vintages of others. Where later vintages are made anew, those that were there
before are changes too: their places and quarters are kept until whoever follows has looked at them.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.model.tables.vintages import vintages_of

KEY = ("place_id", "period")


def keep_undone(connection: duckdb.DuckDBPyConnection, table: str, since: pd.Timestamp | None) -> None:
    """Keep the places and quarters of which the vintages of a table after `since` (None: all) are about to be taken back."""
    later = "TRUE" if since is None else f"known_from > TIMESTAMP '{since}' OR known_to > TIMESTAMP '{since}'"
    keys = ", ".join(KEY)
    connection.execute(f'INSERT INTO _undone SELECT DISTINCT {keys} FROM "{vintages_of(table)}" WHERE {later}')


def undone(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The places and quarters that were kept."""
    keys = ", ".join(KEY)
    rows: pd.DataFrame = connection.execute(f"SELECT DISTINCT {keys} FROM _undone ORDER BY ALL").df()
    return rows.astype("str")


def forget_undone(connection: duckdb.DuckDBPyConnection) -> None:
    """Whoever follows has looked at them."""
    connection.execute("DELETE FROM _undone")
