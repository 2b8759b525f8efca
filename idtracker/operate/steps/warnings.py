"""Warnings, and what each rule would have been worth."""

from __future__ import annotations

from datetime import datetime

from idtracker.analyse.warning.derive import TABLES, derive_warnings
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.warnings.load import load_rules, rules_fingerprint
from idtracker.operate.services.warnings.known import known_to
from idtracker.operate.step import Check, CheckSpec, Context, Step, StepResult
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.store.tables import count_rows


def write_warnings(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None
) -> tuple[dict[str, int], list[str]]:
    """Read every rule at the ends of months and on the day of knowledge; rows per table, and problems and refusals."""
    known, methods = known_to(catalogue), catalogue.methods
    rules = load_rules(home.sources, known)
    with derived_tables(home, catalogue, now, until) as (connection, line, as_of):
        line = line.resting_on(methods.headline.fingerprint)
        derive_warnings(connection, line, as_of, rules, known, methods, catalogue.programme.marking)
        refused = connection.execute(
            "SELECT 'the rule `' || rule_id || '` does not warn: ' || why FROM warning_skill WHERE verdict = 'REFUSED' ORDER BY 1"
        ).fetchall()
        return {name: count_rows(connection, name) for name in TABLES}, rules.problems + [line for (line,) in refused]


def _warnings(context: Context) -> StepResult:
    figures, found = write_warnings(context.home, context.catalogue, context.now, context.until)
    said = Check("rules", not found, is_error=False, description="\n".join(found) or None, details={"rules": found})
    return StepResult(dict(figures), (said,))


WARNINGS = Step(
    "tracker/warnings",
    ("tracker/scores",),
    _warnings,
    "Warnings that stand or ended, and what each warning rule would have been worth on its own past.",
    TABLES,
    (CheckSpec("rules", "Every warning rule is sound, and its past speaks for it."),),
    lambda home, _: rules_fingerprint(home.sources)[:12],
)
