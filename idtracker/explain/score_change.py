"""Why a score moved, as a tree: causes, their indicators, the organisations behind them, in points that add up."""

from __future__ import annotations

from collections.abc import Sequence

from idtracker.analyse.change.cells import Basis
from idtracker.analyse.change.decompose import ChangeRow, Side, decompose
from idtracker.explain.change_words import Change, Language, sentence
from idtracker.explain.tables import KnownTables
from idtracker.model.explanation import Node, first_of, node


def explain_change(
    known: KnownTables,
    sides: tuple[Side, Side],
    at: tuple[str, str, str],
    since: str,
    basis: Basis,
    language: Language = "en",
    limit: int | None = None,
    code_before: str | None = None,
) -> Node:
    """The tree of the change of the score `at` (place, quarter, node); at most `limit` entries under each node.

    `code_before` is the node before, where the method before calls it otherwise.
    """
    (before, after), (place, period, code) = sides, at
    then = code_before or code
    rows = decompose(before, after, code, basis, node_before=then)
    change = Change(place_name(known, place, language), period, since, basis == "KNOWLEDGE", before.score, after.score)
    said = change_sentence(known, change, rows, language)
    points = None if before.score is None or after.score is None else after.score - before.score
    return node(
        f"Change of {code if then == code else f'{code} ({then} then)'}, {known.place(place)}, {period}, since {since}",
        points,
        _causes(known, rows, limit),
        unit="points",
        says=said,
        sentence=said,
        since=since,
        kind="change",
        node_code=code,
        since_node_code=then,
        place_id=place,
        period=period,
        before=before.score,
        score=after.score,
        method_version=after.method.method_version,
        since_method_version=before.method.method_version,
    )


def change_sentence(known: KnownTables, change: Change, rows: Sequence[ChangeRow], language: Language) -> str:
    """The change in one sentence, with the names of the register in the language."""

    def indicator(code: str) -> str:
        row = known.one("indicator", indicator_id=code) or {}
        return str((row.get("name_ar") if language == "ar" else None) or row.get("name") or code)

    def organisation(code: str) -> str:
        row = known.one("organisation", org_id=code)
        arabic = (row or {}).get("name_ar") if language == "ar" else None
        name = known.organisation(code) if row is None else arabic or row["short_name"] or row["name"]
        return str(name).removesuffix(f" ({code})")

    return sentence(change, rows, indicator, organisation, language)


def place_name(known: KnownTables, place: str, language: Language) -> str:
    """Name of a place in a language, else its identifier."""
    row = known.one("place", place_id=place) or {}
    return str((row.get("name_ar") if language == "ar" else None) or row.get("name") or place)


def _causes(known: KnownTables, rows: Sequence[ChangeRow], limit: int | None) -> list[Node]:
    groups = _grouped(rows, "cause")
    return [
        _part(known.label("change_cause", cause), members, first_of(_indicators(known, members), limit), cause=cause)
        for cause, members in groups.items()
    ]


def _indicators(known: KnownTables, rows: Sequence[ChangeRow]) -> list[Node]:
    nodes = []
    for code, members in _grouped([row for row in rows if row.indicator_id], "indicator_id").items():
        definition = known.one("indicator", indicator_id=code) or {}
        orgs = [
            _part(known.organisation(org), of_org, [], org_id=org)
            for org, of_org in _grouped([row for row in members if row.org_id], "org_id").items()
        ]
        nodes.append(_part(f"{definition.get('name', code)} ({code})", members, orgs, indicator_id=code))
    return nodes


def _grouped(rows: Sequence[ChangeRow], by: str) -> dict[str, list[ChangeRow]]:
    """Rows by a column, the largest sum of points first."""
    groups: dict[str, list[ChangeRow]] = {}
    for row in rows:
        groups.setdefault(getattr(row, by), []).append(row)
    return dict(sorted(groups.items(), key=lambda item: (-abs(sum(r.points or 0.0 for r in item[1])), item[0])))


def _part(what: str, rows: Sequence[ChangeRow], because: Sequence[Node], **more: object) -> Node:
    stated = [row.points for row in rows if row.points is not None]
    error = sum(row.error for row in rows)
    says = "no difference in points: one side has no score" if not stated else f"± {error:.2g}" if error else ""
    return node(
        what,
        sum(stated) if stated else None,
        because,
        unit="points",
        says=says,
        kind="cause",
        points_error=error if stated else None,
        **more,
    )
