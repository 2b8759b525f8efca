"""The sentence of why a published score moved since the quarter before, from the rows of `score_change`."""

from __future__ import annotations

import duckdb

from idtracker.analyse.change.decompose import ChangeRow
from idtracker.explain.change_words import Change, Language, sentence


def moved_since_quarter_before(
    published: duckdb.DuckDBPyConnection, place: str, period: str, node: str, language: Language = "en"
) -> str | None:
    """One sentence; None where the score has not moved, has no quarter before, or the publication is older than the table."""
    there = published.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'score_change'").fetchall()
    if not there:
        return None
    rows = published.execute(
        "SELECT cause, indicator_id, org_id, points, points_error, since_period, score_before, score_after "
        "FROM score_change WHERE place_id = ? AND period = ? AND node_code = ? AND basis = 'PERIOD'",
        [place, period, node],
    ).fetchall()
    if not rows:
        return None
    changes = [ChangeRow(cause, i or "", org or "", points, error or 0.0) for cause, i, org, points, error, *_ in rows]
    since, before, after = rows[0][5:]
    names = {t: _names(published, t, key, short, language) for t, key, short in _NAMED}
    change = Change(names["place"].get(place, place), period, since, False, before, after)
    return sentence(
        change,
        changes,
        lambda code: names["indicator"].get(code, code),
        lambda code: names["organisation"].get(code, code),
        language,
    )


_NAMED = (
    ("place", "place_id", "NULL"),
    ("indicator", "indicator_id", "NULL"),
    ("organisation", "org_id", "short_name"),
)


def _names(
    published: duckdb.DuckDBPyConnection, table: str, key: str, short: str, language: Language
) -> dict[str, str]:
    has_arabic = language == "ar" and table != "organisation"
    name = "coalesce(name_ar, name)" if has_arabic else f"coalesce({short}, name)"
    return dict(published.execute(f"SELECT {key}, {name} FROM {table} ORDER BY ALL").fetchall())
