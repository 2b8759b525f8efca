"""The rules over the table of activities.py as one SQL statement, and the lists and spellings it goes by."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.resolve.codes import index_codes
from idtracker.ingest.resolve.organisations import index_organisations
from idtracker.ingest.resolve.places import index_places
from idtracker.model.text import fold

STATEMENT = (Path(__file__).parent / "rules.sql").read_text("utf-8")
CORES = 2
_MACROS = r"""
CREATE MACRO edges(t) AS nullif(trim(t, chr(8206) || chr(8207) || chr(160) || chr(65279) || ' '), '');
CREATE MACRO ascii_digits(t) AS translate(t, '٠١٢٣٤٥٦٧٨٩٫٬', '0123456789.,');
CREATE MACRO fold(t) AS trim(regexp_replace(lower(strip_accents(translate(
    t, 'أإآٱةىیک’‘`ـ' || chr(8206) || chr(8207), 'ااااهييك'))), '\s+', ' ', 'g'));
CREATE MACRO grouped(t) AS CASE
    WHEN regexp_full_match(t, '[+-]?[0-9]+(\.[0-9]+)?') THEN CAST(t AS DOUBLE)
    WHEN regexp_full_match(t, '[+-]?[0-9]{1,3}(([, ''][0-9]{3})+)(\.[0-9]+)?')
    THEN CAST(regexp_replace(t, '[, '']', '', 'g') AS DOUBLE)
    WHEN regexp_full_match(t, '\([0-9]+(\.[0-9]+)?\)') THEN -CAST(trim(t, '()') AS DOUBLE)
END;
CREATE MACRO number_of(t) AS CASE
    WHEN regexp_full_match(t, '-?[0-9]+(\.[0-9]+)?') THEN CAST(t AS DOUBLE) ELSE grouped(ascii_digits(t))
END;
CREATE MACRO amount(t) AS CASE
    WHEN regexp_full_match(t, '[0-9.,]+') THEN t
    ELSE regexp_replace(t, '^(JOD|JD|GBP|USD|EUR|£|\$|€) ?| ?(JOD|JD|GBP|USD|EUR|£|\$|€|دينار)$', '')
END;
CREATE MACRO day(t) AS CAST(coalesce(
    try_strptime(t, '%Y-%m-%d'), try_strptime(t, '%d/%m/%Y'),
    try_strptime(ascii_digits(t), ['%Y-%m-%d', '%d/%m/%Y', '%Y/%m/%d', '%d %B %Y', '%B %d, %Y'])) AS DATE);
CREATE MACRO quarter(t) AS CASE
    WHEN regexp_full_match(t, '[0-9]{4}-Q[1-4]') THEN t
    WHEN regexp_full_match(t, '(?i)Q[1-4][ /.-]?[0-9]{4}') THEN right(t, 4) || '-Q' || t[2]
    WHEN regexp_full_match(t, '(?:ال)?ربع (?:الأول|الاول|الثاني|الثالث|الرابع) [0-9]{4}')
    THEN right(t, 4) || '-Q' || CASE WHEN contains(t, 'ول') THEN '1' WHEN contains(t, 'ثاني') THEN '2'
                                     WHEN contains(t, 'ثالث') THEN '3' ELSE '4' END
    WHEN regexp_full_match(t, '[0-9]{4}(-(0[1-9]|1[0-2])|-H[12])?') THEN t
END;
"""


def connect(catalogue: Catalogue) -> duckdb.DuckDBPyConnection:
    """A connection that knows the macros and the lists of names and codes."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = {CORES}")
    connection.execute(_MACROS)
    organisations, places = index_organisations(catalogue.register), index_places(catalogue.register)
    lists = {
        "organisation_name": [*organisations.ids, *organisations.names],
        "place_name": [*map(fold, places.ids), *map(fold, places.bare), *places.names],
        "status_name": list(index_codes(catalogue.register, "activity_status").known),
    }
    for name, texts in lists.items():
        listed = pd.DataFrame({"folded": sorted(set(texts))})
        connection.register("listed", listed)
        connection.execute(f"CREATE TABLE {name} AS SELECT folded FROM listed")
    return connection


def judge(connection: duckdb.DuckDBPyConnection, file: Path) -> pd.DataFrame:
    """Every finding as row and rule, in the order of the rows."""
    return connection.execute(STATEMENT, {"file": str(file)}).df()
