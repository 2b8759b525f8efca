"""How own cells drift, kept from when on: what is needed of governorates to make their country's cell without merging them again.

A row of `_cell_drift` says it of a cell from `known_from` until the next one of the cell. Where the cell is none, it says nothing.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.analyse.history.pooling import countries_of
from idtracker.analyse.merge.cells import DRIFT
from idtracker.model.tables.derived import MergedCell
from idtracker.store.connection import registered

_KEY, _SAID = ", ".join(MergedCell.key), ", ".join(DRIFT)


def keep_drifts(connection: duckdb.DuckDBPyConnection, drifts: pd.DataFrame) -> None:
    """Keep the drift of cells (key, known_at, DRIFT) of which none is known after these moments, where it is another than before."""
    _drifts = drifts.astype({"known_at": "datetime64[us]"})  # not registered: see fill_table
    connection.execute(
        f"""INSERT INTO _cell_drift ({_KEY}, known_from, {_SAID})
        WITH every AS (
          SELECT {_KEY}, known_at AS begins, row({_SAID}) AS said, TRUE AS is_new FROM _drifts
          UNION ALL
          SELECT {_KEY}, max(known_from), arg_max(row({_SAID}), known_from), FALSE FROM _cell_drift
          WHERE ({_KEY}) IN (SELECT ({_KEY}) FROM _drifts) GROUP BY ALL
        ), beside AS (
          SELECT *, lag(said) OVER (PARTITION BY {_KEY} ORDER BY begins) AS before FROM every
        )
        SELECT {_KEY}, begins, {", ".join(f"said[{n}]" for n in range(1, len(DRIFT) + 1))} FROM beside
        WHERE is_new AND before IS DISTINCT FROM said"""
    )


def truncate_drifts(connection: duckdb.DuckDBPyConnection, since: pd.Timestamp | None) -> None:
    """Take what is kept back to what was known at `since`; None: nothing was."""
    later = "TRUE" if since is None else f"known_from > TIMESTAMP '{since}'"
    connection.execute(f"DELETE FROM _cell_drift WHERE {later}")


PARTS = """
    FROM _touched t JOIN _governorate g ON g.country_id = t.place_id
    JOIN merged_cell_vintage v ON v.indicator_id = t.indicator_id AND v.place_id = g.place_id AND NOT v.is_carried
      AND v.known_from <= t.known_at AND (v.known_to IS NULL OR v.known_to > t.known_at)
      AND year(v.period_start) * 4 + quarter(v.period_start) - 1 BETWEEN t.first - t.reach AND t.last + t.memory + t.reach
"""


def cells_of_governorates(
    connection: duckdb.DuckDBPyConnection, countries: pd.DataFrame, place: pd.DataFrame
) -> pd.DataFrame:
    """The own cells of governorates at each state of their country, with known_at, DRIFT and `quarter` as a running number.

    `countries` are those of Touched; the quarters are those from which a touched cell of the country may come.
    """
    above = countries_of(place).rename("country_id").reset_index()
    with registered(connection, {"_touched": countries, "_governorate": above}):
        rows: pd.DataFrame = connection.execute(
            f"""SELECT p.*, {", ".join(f"d.{name}" for name in DRIFT)} FROM (
              SELECT v.* EXCLUDE (known_from, known_to), t.known_at,
                CAST(year(v.period_start) * 4 + quarter(v.period_start) - 1 AS BIGINT) AS quarter {PARTS}
            ) p ASOF LEFT JOIN _cell_drift d ON {" AND ".join(f"d.{name} = p.{name}" for name in MergedCell.key)}
              AND p.known_at >= d.known_from"""
        ).df()
    return rows
