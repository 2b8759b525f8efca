"""The pack of one body, made of one publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

import duckdb

from idtracker.feedback.pack.document import FeedbackPack, OpenCorrections
from idtracker.feedback.pack.own import Body, body_of, own_marking, punctuality, rows, sent_files
from idtracker.feedback.pack.uses import Uses
from idtracker.model.errors import UsageError
from idtracker.model.marking import united
from idtracker.model.messages import Lang

DAYS = 365
"""Length of a span where none is named."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What all packs of one publication share, and the span of days that they are about (both inclusive)."""

    programme: str
    notice: str
    publication: str
    as_known_at: str
    first: date
    last: date

    @property
    def before(self) -> tuple[date, date]:
        """The span of the same length that ends where this one begins."""
        end = self.first - timedelta(days=1)
        return end - (self.last - self.first), end


def reporting_bodies(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Organisations that report, by identifier."""
    return [str(row["org_id"]) for row in rows(connection, "SELECT DISTINCT org_id FROM freshness ORDER BY 1")]


def find_body(connection: duckdb.DuckDBPyConnection, typed: str) -> str:
    """The reporting body of an identifier or name. UsageError with the nearest where there is none."""
    named = rows(
        connection,
        """SELECT DISTINCT o.org_id, o.name, o.name_ar, o.short_name FROM organisation o JOIN freshness f USING (org_id)
        ORDER BY o.org_id""",
    )
    known = {str(text).casefold(): str(row["org_id"]) for row in named for text in reversed(list(row.values())) if text}
    folded = typed.strip().casefold()
    if folded in known:
        return known[folded]
    near = get_close_matches(folded, known, n=1)
    hint = (
        f"Did you mean `{known[near[0]]}`?" if near else f"Bodies that report: {', '.join(sorted({*known.values()}))}."
    )
    raise UsageError(f"`{typed}` reports to no source. {hint}")


def feedback_pack(
    connection: duckdb.DuckDBPyConnection,
    org_id: str,
    edition: Edition,
    lang: Lang,
    workbooks: Mapping[str, str] | None = None,
) -> FeedbackPack:
    """The pack of a body; `workbooks` names, by source, what was written beside it with the rows that wait for a correction."""
    body = body_of(connection, org_id, lang)
    uses = Uses(connection, body, lang)
    files = sent_files(connection, body, edition.first, edition.last, lang)
    marking = united(own_marking(connection, body, files))
    score_count, scores = uses.scores()
    return FeedbackPack(
        org_id=org_id,
        organisation=body.name,
        lang=lang,
        programme=edition.programme,
        notice=edition.notice,
        publication=edition.publication,
        as_known_at=edition.as_known_at,
        first_day=edition.first.isoformat(),
        last_day=edition.last.isoformat(),
        classification=marking.classification if marking else "OFFICIAL",
        sees_values=body.is_hmg,
        sources=list(body.sources),
        files=files,
        punctuality=punctuality(connection, body, edition.first, edition.last),
        punctuality_before=punctuality(connection, body, *edition.before),
        cells=uses.cells(),
        score_count=score_count,
        scores=scores,
        metrics=uses.metrics(),
        decisions=uses.decisions(),
        helpful=uses.helpful(),
        corrections=_corrections(connection, body, workbooks or {}),
    )


def _corrections(
    connection: duckdb.DuckDBPyConnection, body: Body, workbooks: Mapping[str, str]
) -> list[OpenCorrections]:
    """Rows of the body that are held now, by source."""
    held = rows(
        connection,
        """SELECT source_id, count(*) AS n FROM held_row WHERE held_to IS NULL AND list_contains(CAST($names AS VARCHAR[]), source_id)
        GROUP BY 1 ORDER BY 1""",
        names=list(body.sources),
    )
    return [
        OpenCorrections(source=str(row["source_id"]), rows=int(row["n"]), workbook=workbooks.get(str(row["source_id"])))
        for row in held
    ]
