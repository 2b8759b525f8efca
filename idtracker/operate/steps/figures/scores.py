"""Scores, trends, why scores moved, and what missing reports would tell."""

from __future__ import annotations

from datetime import datetime

from idtracker.analyse.history.score_changes import derive_score_changes
from idtracker.analyse.history.scores import derive_scores
from idtracker.analyse.missing.derive import derive_missing_reports
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.step import CheckSpec, Context, Step, StepResult, account_check
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.quality.reconciliation import accounts
from idtracker.store.tables import count_rows

TABLES = ("score", "trend", "score_change", "method_score", "method_trend", "missing_report")


def write_scores(home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None) -> dict[str, int]:
    """Score the cells at every moment at which they changed, say why scores moved and what is missing; rows per table now."""
    with derived_tables(home, catalogue, now, until) as (connection, line, _):
        derive_scores(connection, catalogue, line)
        headline = catalogue.methods.headline
        line = line.resting_on(headline.fingerprint)
        derive_score_changes(connection, line, headline)
        derive_missing_reports(connection, catalogue, line)
        return {name: count_rows(connection, name) for name in TABLES}


def _scores(context: Context) -> StepResult:
    figures = write_scores(context.home, context.catalogue, context.now, context.until)
    account = accounts.reconcile_scores(context.home, context.catalogue)
    return StepResult(dict(figures), (account_check("cells_to_scores", account),))


SCORES = Step(
    "tracker/scores",
    ("tracker/cells",),
    _scores,
    "The tracker: scores with intervals, bands and trends per place and quarter, why each moved, and what missing reports would tell.",
    TABLES,
    (CheckSpec("cells_to_scores", "Every cell counts in one dimension of its place and quarter, or says why not."),),
)
