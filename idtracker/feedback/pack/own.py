"""What a body sent within a span and what became of it, and whether its reports came in time: its own rows and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

import duckdb
import pandas as pd

from idtracker.feedback.pack.document import Punctuality, RuleFindings, SentFile
from idtracker.model.frames import records
from idtracker.model.json_values import plain
from idtracker.model.marking import Marking, marking_of
from idtracker.model.messages import Lang

_PLACES = 10


@dataclass(frozen=True, slots=True)
class Body:
    """A reporting body in a publication: its sources, every submission of these, and the group of readers that it belongs to."""

    org_id: str
    name: str
    is_hmg: bool
    sources: tuple[str, ...]
    submissions: tuple[str, ...]

    def may_see(self, marking: Marking) -> bool:
        """Whether it may see what others' reports are behind as well: departments of HMG what is released to HMG, others nothing."""
        return self.is_hmg and "HMG" in marking.groups


def rows(connection: duckdb.DuckDBPyConnection, sql: str, **given: Any) -> list[dict[str, Any]]:
    """Rows of a query as records, what is missing None."""
    frame = connection.execute(sql, given or None).df()
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in records(frame, *names)]


def body_of(connection: duckdb.DuckDBPyConnection, org_id: str, lang: Lang) -> Body:
    """The body of that identifier; it reports to the sources that `freshness` names it for."""
    own = rows(connection, "SELECT name, name_ar, is_hmg FROM organisation WHERE org_id = $org", org=org_id)[0]
    sources = rows(connection, "SELECT source_id FROM freshness WHERE org_id = $org ORDER BY 1", org=org_id)
    names = [str(row["source_id"]) for row in sources]
    sent = rows(
        connection,
        "SELECT submission_id FROM submission WHERE list_contains(CAST($names AS VARCHAR[]), source_id) ORDER BY 1",
        names=names,
    )
    name = (own["name_ar"] if lang == "ar" else None) or own["name"]
    return Body(org_id, str(name), bool(own["is_hmg"]), tuple(names), tuple(str(row["submission_id"]) for row in sent))


def sent_files(
    connection: duckdb.DuckDBPyConnection, body: Body, first: date, last: date, lang: Lang
) -> list[SentFile]:
    """The files of a body that arrived within the span, with what was found in them and how many of their rows are held now."""
    sent = rows(
        connection,
        """SELECT * FROM submission WHERE list_contains(CAST($names AS VARCHAR[]), source_id)
        AND CAST(received_at AS DATE) BETWEEN $first AND $last ORDER BY received_at, submission_id""",
        names=list(body.sources),
        first=first,
        last=last,
    )
    return [_file(connection, row, lang) for row in sent]


def _file(connection: duckdb.DuckDBPyConnection, row: dict[str, Any], lang: Lang) -> SentFile:
    counts = {
        name: int(row[name] or 0)
        for name in ("rows_read", "rows_accepted", "rows_held", "rows_unchanged", "rows_superseded")
    }
    held = rows(
        connection,
        "SELECT count(*) AS n FROM held_row WHERE submission_id = $id AND held_to IS NULL",
        id=row["submission_id"],
    )
    return SentFile(
        submission_id=str(row["submission_id"]),
        source=str(row["source_id"]),
        file_name=str(row["file_name"]),
        received_at=str(plain(row["received_at"], instants=True)),
        state=str(row["state"]),
        corrects=row["corrects"],
        periods=row["periods"],
        **counts,
        still_held=int(held[0]["n"]),
        findings=_findings(connection, str(row["submission_id"]), lang),
    )


def _findings(connection: duckdb.DuckDBPyConnection, submission_id: str, lang: Lang) -> list[RuleFindings]:
    ending = "_ar" if lang == "ar" else ""
    found = rows(
        connection,
        f"""SELECT rule, severity, count(*) AS n, first(message{ending} ORDER BY sheet, "row", cell) AS message,
            first(remedy{ending} ORDER BY sheet, "row", cell) AS remedy,
            list(concat_ws('!', sheet, CAST("row" AS VARCHAR)) ORDER BY sheet, "row", cell) FILTER ("row" IS NOT NULL) AS places
        FROM finding WHERE submission_id = $id GROUP BY rule, severity ORDER BY rule, severity""",
        id=submission_id,
    )
    return [
        RuleFindings(
            rule=str(row["rule"]),
            severity=str(row["severity"]),
            count=int(row["n"]),
            message=str(row["message"] or ""),
            remedy=str(row["remedy"] or ""),
            places=[] if row["places"] is None else list(dict.fromkeys(map(str, row["places"])))[:_PLACES],
        )
        for row in found
    ]


def punctuality(connection: duckdb.DuckDBPyConnection, body: Body, first: date, last: date) -> Punctuality:
    """Reports that a body owed with a due day within the span, as they stand in the publication."""
    owed = rows(
        connection,
        """SELECT source_id, period, state, days_late, received_at FROM obligation
        WHERE org_id = $org AND due_on BETWEEN $first AND $last ORDER BY source_id, period""",
        org=body.org_id,
        first=first,
        last=last,
    )
    counted = [row for row in owed if row["state"] not in ("derogated", "due")]
    came = [row for row in counted if not pd.isna(row["received_at"])]
    late = [row for row in came if row["days_late"] is not None and row["days_late"] > 0]
    missing = [row for row in counted if pd.isna(row["received_at"])]
    return Punctuality(
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        owed=len(counted),
        on_time=len(came) - len(late),
        late=len(late),
        missing=len(missing),
        waiting=sum(row["state"] == "due" for row in owed),
        derogated=sum(row["state"] == "derogated" for row in owed),
        median_days_late=float(median(int(row["days_late"]) for row in came)) if came else None,
        missing_reports=[f"{row['source_id']} {row['period']}" for row in missing],
    )


def own_marking(connection: duckdb.DuckDBPyConnection, body: Body, files: Sequence[SentFile]) -> list[Marking]:
    """The markings of the files that are shown."""
    shown = [file.submission_id for file in files]
    marks = rows(
        connection,
        "SELECT DISTINCT classification, releasable_to FROM submission WHERE list_contains(CAST($shown AS VARCHAR[]), submission_id)",
        shown=shown,
    )
    return [marking_of(row["classification"], row["releasable_to"]) for row in marks]
