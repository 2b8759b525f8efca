"""What became of a source between two publications: files that came or were withdrawn, rows held, reports owed, freshness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import duckdb

from idtracker.model.messages import Lang, phrase
from idtracker.publish.watch.compare import TEXTS
from idtracker.publish.watch.document import FigureChange, FigureValues, State, WatchReason
from idtracker.publish.watch.names import code_labels
from idtracker.publish.watch.reading import Row, has_table, published_rows
from idtracker.publish.watch.reasons import Reasons
from idtracker.publish.watch.sides import TwoSides

_STATES = ("state", "whose_turn")


def source_change(sides: TwoSides, source_id: str, reasons: Reasons, lang: Lang) -> FigureChange:
    """What became of a source, as the publications have it."""
    before, now = _state(sides.before, source_id, sides), _state(sides.now, source_id, None)
    state: State = "never" if before is now is None else "vanished" if now is None else "unchanged"
    if now is not None:
        state = "appeared" if before is None else "changed" if _moved(before, now) else "unchanged"
    return FigureChange(
        address=f"source/{source_id}",
        label=source_id,
        state=state,
        sentence=_sentence(state, source_id, before, now, sides.now, lang),
        before=before,
        now=now,
        difference=None,
        reasons=_reasons(sides, source_id, reasons, lang) if state != "unchanged" else [],
        unknown=_unknown(sides, state, lang),
    )


def _state(connection: duckdb.DuckDBPyConnection, source_id: str, earlier: TwoSides | None) -> FigureValues | None:
    """State, files and owed reports of a source; where the earlier publication is gone, of its files and reports then alone."""
    then = earlier.since_at if earlier is not None and earlier.earlier is None else None
    rows = published_rows(connection, "freshness", {"source_id": source_id})
    if not rows:
        return None
    fresh = {name: rows[0][name] for name in _STATES} if then is None else {}
    owed = Counter(
        str(row["state"]) for row in published_rows(connection, "obligation", {"source_id": source_id}, then)
    )
    files = [row for row in published_rows(connection, "submission", {"source_id": source_id}) if _is_known(row, then)]
    counts = {"files": len(files), "withdrawn": sum(_is_withdrawn(row, then) for row in files)}
    if then is None and has_table(connection, "held_row"):
        held = published_rows(connection, "held_row", {"source_id": source_id, "held_to": ""})
        counts["held_rows"] = len(held)
    return FigureValues(
        value=fresh.get("state"),
        interval={},
        circumstances={**fresh, **counts, "reports": dict(sorted(owed.items()))},
    )


def _is_known(row: Row, then: object) -> bool:
    return then is None or row["received_at"] <= then


def _is_withdrawn(row: Row, then: object) -> bool:
    at = row["withdrawn_at"]
    return bool(at is not None and at == at and (then is None or at <= then))


def _sentence(
    state: State, source_id: str, before: FigureValues | None, now: FigureValues | None,
    connection: duckdb.DuckDBPyConnection, lang: Lang,
) -> str:  # fmt: skip
    if state != "changed" or before is None or now is None:
        return phrase(TEXTS, f"source_{state}", lang, source=source_id)
    labels = code_labels(connection, "freshness_state", lang)
    parts = [
        phrase(TEXTS, f"source_part_{name}", lang,
               before=_shown(before.circumstances[name], labels, lang), now=_shown(now.circumstances[name], labels, lang))
        for name in _moved(before, now)
    ]  # fmt: skip
    return phrase(
        TEXTS, "source_changed", lang, source=source_id, parts=("؛ " if lang == "ar" else "; ").join(parts) or "–"
    )


def _moved(before: FigureValues, now: FigureValues) -> list[str]:
    """What both sides know and what differs between them."""
    shared = [name for name in now.circumstances if name in before.circumstances]
    return [name for name in shared if now.circumstances[name] != before.circumstances[name]]


def _shown(value: object, labels: Mapping[str, str], lang: Lang) -> str:
    if isinstance(value, dict):
        counts = [phrase(TEXTS, f"source_report_{state}", lang, count=count) for state, count in value.items()]
        return ("، " if lang == "ar" else ", ").join(counts) or "–"
    return "–" if value is None else labels.get(str(value), str(value))


def _reasons(sides: TwoSides, source_id: str, reasons: Reasons, lang: Lang) -> list[WatchReason]:
    """Files that arrived or were withdrawn since, and what the freshness says by itself."""
    files = published_rows(sides.now, "submission", {"source_id": source_id})
    since = sides.since_at
    moved = [
        f
        for f in files
        if f["submission_id"] in reasons.arrived or (_is_withdrawn(f, None) and f["withdrawn_at"] > since)
    ]
    told = [reasons.submission(row) for row in sorted(moved, key=lambda f: (f["received_at"], f["submission_id"]))]
    if lang == "en":  # the table says it in English alone
        fresh = published_rows(sides.now, "freshness", {"source_id": source_id})
        told += [WatchReason(kind="explanation", text=str(row["why"])) for row in fresh if row["why"]]
    return told


def _unknown(sides: TwoSides, state: State, lang: Lang) -> list[str]:
    return [phrase(TEXTS, "unknown_source", lang)] if sides.earlier is None and state != "unchanged" else []
