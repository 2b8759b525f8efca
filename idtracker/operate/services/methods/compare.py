"""Two published methods side by side: every place, quarter and node that both score, with the difference and both ranks."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import duckdb

from idtracker.model.errors import UsageError
from idtracker.model.json_values import plain_record
from idtracker.operate.documents.methods.comparison import ComparedScore, MethodComparison
from idtracker.store.connection import rows_of

_SCORES = """
    SELECT s.place_id, s.period, CASE WHEN s.node_code = m.root_code THEN '' ELSE s.node_code END AS at, s.node_code, s.score
    FROM (SELECT '' AS method_id, place_id, period, node_code, score FROM score
      UNION ALL SELECT method_id, place_id, period, node_code, score FROM method_score) s
    JOIN method m ON m.method_id = $1 WHERE s.method_id = $2
"""
_RANKED = """
    SELECT s.*, p.name, CASE WHEN s.score IS NULL THEN NULL ELSE rank() OVER (
      PARTITION BY s.period, s.at, p.level, s.score IS NULL ORDER BY round(s.score, 9) DESC) END AS rank
    FROM ({scores}) s JOIN place p USING (place_id)
"""
_COMPARED = """
    SELECT a.place_id, a.name AS place, a.period, a.node_code AS node, b.node_code AS other_node, a.score, b.score AS other_score,
      b.score - a.score AS difference, a.rank, b.rank AS other_rank
    FROM ({first}) a JOIN ({second}) b ON a.place_id = b.place_id AND a.period = b.period AND a.at = b.at
    ORDER BY a.at <> '', a.at, a.period DESC, a.place_id
"""


def compared(published: duckdb.DuckDBPyConnection, first: str | None, second: str) -> MethodComparison:
    """The methods of two names, the headline where the first is not named; UsageError for one that is not published.

    The two roots are compared with each other whatever they are called, other nodes by their code. Ranks are among the
    places of one level: 1 has the highest score, equal scores share the better rank.
    """
    rows = rows_of(published, "SELECT method_id, method_version, role FROM method WHERE role <> 'merging' ORDER BY ALL")
    known: dict[str, dict[str, Any]] = {str(row["method_id"]): row for row in rows.to_pylist()}
    headline = next(name for name, row in known.items() if row["role"] == "headline")
    names = [_named(first or headline, known), _named(second, known)]
    if names[0] == names[1]:
        raise UsageError(f"`{names[0]}` is compared with itself; name another of {', '.join(known)}.")
    parameters: list[str] = []
    parts = []
    for name in names:
        start = len(parameters)
        parameters += [name, "" if name == headline else name]
        parts.append(_RANKED.format(scores=_SCORES.replace("$1", f"${start + 1}").replace("$2", f"${start + 2}")))
    found = published.execute(_COMPARED.format(first=parts[0], second=parts[1]), parameters).df()
    return MethodComparison(
        method=names[0],
        method_version=str(known[names[0]]["method_version"]),
        other=names[1],
        other_version=str(known[names[1]]["method_version"]),
        is_break=known[names[1]]["role"] == "earlier" or known[names[0]]["role"] == "earlier",
        scores=[ComparedScore(**plain_record(row)) for row in found.to_dict("records")],
    )


def _named(typed: str, known: dict[str, dict[str, Any]]) -> str:
    for name, row in known.items():
        if typed.casefold() in (name.casefold(), str(row["method_version"]).casefold()):
            return name
    near = get_close_matches(typed, list(known), n=1)
    hint = f"Did you mean `{near[0]}`?" if near else f"Published are: {', '.join(known)}."
    raise UsageError(
        f"There are no published scores of a method `{typed}`. {hint} Name it under `method: also:` in programme.yml."
    )
