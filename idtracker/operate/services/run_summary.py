"""What a run did, read from what it published: submissions, rows, headline, metrics that moved, what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from idtracker.explain.change_of_headline import moved_since_quarter_before
from idtracker.feedback.check.moved_scores import root_scores, score_moves
from idtracker.feedback.check.superseded import set_aside
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.programme import Programme
from idtracker.model.document import MovedScore, RowCounts
from idtracker.model.errors import NotPublishedError
from idtracker.model.home import Home
from idtracker.model.json_values import plain_record
from idtracker.model.methods.chosen import Scoring
from idtracker.operate.documents.run import ArrivedSubmission, Headline, MethodChange, MovedMetric, OverdueSource
from idtracker.operate.services.warnings.standing import standing_warnings
from idtracker.publish.current import open_current
from idtracker.store.published_methods import published_methods

WARNINGS_SHOWN = 3
FATES = ("read", "accepted", "held", "unchanged", "superseded")


@dataclass(frozen=True, slots=True)
class Before:
    """What was known when a run began: submissions, published scores of the whole index, and the method that made them."""

    submissions: set[str]
    scores: dict[tuple[str, str], float | None]
    headline: Scoring | None = None


def published_before(home: Home, audience_id: str) -> tuple[dict[tuple[str, str], float | None], Scoring | None]:
    """(place, quarter) -> published score of the whole index, and the method of it; nothing before the first publication."""
    try:
        with open_current(home, audience_id) as published:
            return root_scores(published), published_methods(published).headline
    except NotPublishedError:
        return {}, None


def summarise_run(home: Home, catalogue: ProgrammeCatalogue, audience_id: str, before: Before) -> dict[str, Any]:
    """What the document of a run says of its publication."""
    try:
        with open_current(home, audience_id) as published:
            return {
                **_submissions(home, catalogue, published, before.submissions),
                "headline": _headline(published, catalogue.programme),
                "moved": _moved(published),
                **_moved_scores(published, before),
                **_warnings(published),
                "overdue": _overdue(published),
            }
    except NotPublishedError:
        nothing = RowCounts(**dict.fromkeys(FATES, 0))
        lists: dict[str, Any] = {n: [] for n in ("submissions", "moved", "moved_scores", "warnings", "overdue")}
        return {**lists, "rows": nothing, "headline": None, "warning_count": 0, "method_change": None}


def _submissions(
    home: Home, catalogue: ProgrammeCatalogue, published: duckdb.DuckDBPyConnection, before: set[str]
) -> dict[str, Any]:
    frame = published.execute("SELECT * FROM submission ORDER BY source_id, received_at, submission_id").df()
    frame = frame[~frame["submission_id"].isin(before)]
    first = dict(
        published.execute(
            "SELECT submission_id, first(rule ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'error' THEN 1 "
            "WHEN 'warning' THEN 2 ELSE 3 END, \"row\", rule) FROM finding GROUP BY submission_id"
        ).fetchall()
    )
    behind: dict[str, list[Receipt]] = {}
    for source_id, new in frame.groupby("source_id")["submission_id"]:
        if source_id in catalogue.running:
            behind |= set_aside(home, catalogue.sources[str(source_id)], set(new))
    listed = [
        ArrivedSubmission(
            submission_id=s.submission_id,
            source=s.source_id,
            file_name=s.file_name,
            state=s.state,
            **{f"rows_{k}": int(getattr(s, f"rows_{k}")) for k in FATES},
            first_finding=first.get(s.submission_id),
            superseded_by=[r.file_name for r in behind.get(s.submission_id, [])],
            remedy=_remedy(behind.get(s.submission_id, [])),
        )
        for s in frame.itertuples()
    ]
    return {"submissions": listed, "rows": RowCounts(**{k: int(frame[f"rows_{k}"].sum()) for k in FATES})}


def _remedy(stronger: Sequence[Receipt]) -> str:
    if not stronger:
        return ""
    commands = ", ".join(f"`idtracker withdraw {r.submission_id}`" for r in stronger)
    return (
        f"If this file is the right one, take the other out of use ({commands}), or send this one as a higher edition."
    )


def _headline(published: duckdb.DuckDBPyConnection, programme: Programme) -> Headline | None:
    """The whole index of the country (else of the first place) in the latest quarter that has a score."""
    row = published.execute(
        "SELECT s.node_code, s.place_id, coalesce(p.name, s.place_id) AS place, s.period, s.score, s.low, s.high, s.band, s.completeness, "
        "t.trend_class AS trend FROM score s LEFT JOIN place p USING (place_id) "
        "LEFT JOIN trend t ON t.place_id = s.place_id AND t.node_code = s.node_code AND t.period = s.period "
        "JOIN method m ON m.role = 'headline' AND m.method_version = s.method_version "
        "WHERE s.node_code = m.root_code AND (s.place_id = ? OR ? = '') "
        "ORDER BY s.score IS NULL, s.period DESC, s.place_id LIMIT 1",
        [programme.country, programme.country],
    ).df()
    if row.empty:
        return None
    told = plain_record(row.iloc[0].to_dict())
    node = str(told.pop("node_code"))
    moved = moved_since_quarter_before(published, str(told["place_id"]), str(told["period"]), node)
    return Headline(**told, moved=moved)


def _moved(published: duckdb.DuckDBPyConnection) -> list[MovedMetric]:
    """Metrics of the whole programme whose main figure differs between the last two quarters."""
    from idtracker.analyse.metrics.registry import metrics

    values = published.execute(
        "SELECT metric_id, period, value, unit FROM metric_value WHERE scope = 'programme' AND measure = 'value' ORDER BY period"
    ).df()
    periods = sorted(values["period"].unique())[-2:]
    if len(periods) < 2:
        return []
    wide = values.pivot_table(
        index=["metric_id", "unit"], columns="period", values="value", dropna=False, observed=True
    )
    wide = wide.reindex(columns=periods).reset_index()
    before, now = wide[periods[0]], wide[periods[1]]
    moved = wide[(before != now) & (before.notna() | now.notna())]
    names = metrics()
    return [
        MovedMetric(
            metric=r["metric_id"],
            name=names[r["metric_id"]].name,
            period=periods[1],
            unit=r["unit"],
            **plain_record({"before": r[periods[0]], "now": r[periods[1]]}),
        )
        for r in moved.to_dict("records")
    ]


def _moved_scores(published: duckdb.DuckDBPyConnection, before: Before) -> dict[str, Any]:
    """The scores that moved, one by one; where another method makes them, that it does, and how many there are."""
    names = dict(published.execute("SELECT place_id, name FROM place").fetchall())
    moved: list[MovedScore] = score_moves(before.scores, root_scores(published), names)
    old, new = before.headline, published_methods(published).headline
    if old is None or old.fingerprint == new.fingerprint:
        return {"moved_scores": moved, "method_change": None}
    change = MethodChange(
        before=old.method_id,
        version_before=old.version,
        now=new.method_id,
        version_now=new.version,
        is_kept=any(s.version == old.version for s in published_methods(published).beside),
        scores=len(moved),
    )
    return {"moved_scores": [], "method_change": change}


def _warnings(published: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    standing = standing_warnings(published)
    return {"warning_count": len(standing), "warnings": [w.sentence for w in standing[:WARNINGS_SHOWN]]}


def _overdue(published: duckdb.DuckDBPyConnection) -> list[OverdueSource]:
    rows = published.execute(
        "SELECT source_id AS source, state, whose_turn, why FROM freshness WHERE state NOT IN ('FRESH', 'DUE') ORDER BY source_id"
    ).df()
    return [OverdueSource(**plain_record(r)) for r in rows.to_dict("records")]
