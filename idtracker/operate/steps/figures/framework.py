"""The framework: its questions and elements with their evidence, and what is missing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from idtracker.analyse.framework.derive import derive_framework, framework_of, others_answered
from idtracker.analyse.framework.published import DEFINITION, FRAMEWORK_ROW, framework_row
from idtracker.analyse.framework.rows import TABLES
from idtracker.analyse.history.readings import baseline_quarter
from idtracker.analyse.metrics.registry import families
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.framework.definition import Framework
from idtracker.model.framework.load import framework_fingerprint
from idtracker.model.home import Home
from idtracker.model.marking import Marking
from idtracker.operate.step import Check, CheckSpec, Context, Step, StepResult
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.tables import count_rows, read_table, rewrite_table, transaction

if TYPE_CHECKING:
    import duckdb

_OF_FRAMEWORK = f"kind = '{FRAMEWORK_ROW}'"
_LATEST = """
SELECT element_code, evidence_count, value_count, improved_count, worsened_count, indistinct_count, no_interval_count, unknown_count,
  point_better_count, point_worse_count, missing_count, overdue_count
FROM framework_element WHERE period = (SELECT max(period) FROM framework_element) ORDER BY group_code, element_code
"""
_NUMBERS = """
SELECT (SELECT count(DISTINCT (evidence_code, scope)) FROM framework_evidence e WHERE e.period = p.period AND direction = 'BETTER') AS improved,
  (SELECT count(DISTINCT (evidence_code, scope)) FROM framework_evidence e WHERE e.period = p.period AND direction = 'WORSE') AS worsened,
  (SELECT count(DISTINCT (evidence_code, scope)) FROM framework_evidence e WHERE e.period = p.period AND direction = 'MISSING') AS missing,
  (SELECT count(DISTINCT (org_id, scope_id)) FROM framework_gap g WHERE g.period = p.period AND gap = 'SILENT_TEAM') AS silent_teams,
  (SELECT count(DISTINCT (source_id, report_period)) FROM framework_gap g WHERE g.period = p.period AND gap = 'OVERDUE_REPORT') AS overdue_reports
FROM (SELECT max(period) AS period FROM kpq_view) p
"""
"""Figures of the latest quarter that are drawn over time."""


def write_framework(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None
) -> tuple[dict[str, object], list[str]]:
    """Roll metrics and answers up to the framework, where anything changed; figures, and what is wrong with the framework."""
    loaded, at = framework_of(home, catalogue), day_of_knowledge(home, catalogue, now, until)
    with open_store(home) as connection, transaction(connection):
        baseline = baseline_quarter(connection, catalogue)
        _write_definition(connection, loaded.framework, catalogue.programme.marking)
        derive_framework(connection, loaded, catalogue.sources.values(), catalogue.programme.marking, at, baseline)
        figures: dict[str, object] = {name: count_rows(connection, name) for name in TABLES}
        figures |= {name: int(count) for name, count in connection.execute(_NUMBERS).df().iloc[0].items()}
        figures["latest"] = connection.execute(_LATEST).df()
        problems = [*loaded.problems, *loaded.advice]
        if loaded.framework is None:
            problems.append("no framework can be used: its tables have no rows until its file is corrected")
        else:
            others = others_answered(connection, loaded.framework)
            problems += [
                f"`{code}` is no question of the framework; answers about it: {n:,}" for code, n in others.items()
            ]
    return figures, problems


def _write_definition(connection: duckdb.DuckDBPyConnection, framework: Framework | None, own: Marking) -> None:
    """The sound part of the framework into the table `definition`, where another is there."""
    rows = framework_row(framework, own)
    if read_table(connection, DEFINITION, _OF_FRAMEWORK).to_json() != rows.to_json():
        rewrite_table(connection, DEFINITION, rows, _OF_FRAMEWORK)


def _framework(context: Context) -> StepResult:
    figures, problems = write_framework(context.home, context.catalogue, context.now, context.until)
    check = Check(
        "framework",
        not problems,
        is_error=False,
        description="\n".join(problems) or None,
        details={"problems": problems},
    )
    return StepResult(figures, (check,))


FRAMEWORK = Step(
    "tracker/framework",
    ("tracker/cells", *(f"metrics/{name}" for name in families())),
    _framework,
    "The integrated-delivery framework: who answered its questions, what metrics say of each since the baseline, what is missing.",
    (*TABLES, DEFINITION),
    (
        CheckSpec(
            "framework", "Everything in the framework can be used, and every answer is about one of its questions."
        ),
    ),
    lambda home, catalogue: framework_fingerprint(home.sources, catalogue.programme.framework)[:12],
)
