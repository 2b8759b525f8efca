"""What a step of the pipeline is, and what it says when it has run. The steps themselves stand in `pipeline`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.quality.reconciliation.facts_and_scores import ReconciliationResult

Figures = Mapping[str, object]
Listener = Callable[[str, int, int], None]
"""Called with the name of the step that begins, how many have ended, and how many there are."""


ACCOUNTS = ("reconciliation", "accepted_to_store", "facts_to_cells", "cells_to_scores", "store_to_publication")
"""The checks of the pipeline that hold what came in against what came out."""
ACCOUNTED_IN = {
    "landing_to_judged": "tracker/facts",
    "accepted_to_store": "tracker/facts",
    "facts_to_cells": "tracker/cells",
    "cells_to_scores": "tracker/scores",
}
"""The step after which each account of the table `reconciliation` is made."""
ACCOUNT_REMEDY = "`idtracker verify` names what is wrong, `idtracker rebuild` makes the store again"


class NothingAcceptedError(IdtrackerError):
    """No file of a source brought an accepted row. The report says so; the run itself did not fail."""


def no_figures(step: str) -> Figures:
    """Nothing is known of earlier steps."""
    return {}


@dataclass(frozen=True, slots=True)
class Context:
    """What a step works on: home, definitions, the present, and the instant up to which anything is known (None: now).

    `figures_of` gives the figures of a step as it last ran. `is_thorough` judges and counts everything anew, whatever was
    judged and counted before. `takes_new` is False where what is on record is made again: nothing is added to the record.
    """

    home: Home
    catalogue: ProgrammeCatalogue
    now: datetime
    until: datetime | None = None
    figures_of: Callable[[str], Figures] = no_figures
    is_thorough: bool = False
    takes_new: bool = True

    @property
    def published_audiences(self) -> list[Audience]:
        """The audiences that have a publication."""
        audiences = self.catalogue.programme.audience_by_id.values()
        return [audience for audience in audiences if (self.home.published / audience.id / "current").exists()]


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """A check that a step makes. Where a blocking one fails, nothing that follows the step is run."""

    name: str
    description: str
    is_blocking: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a check: an error or, if not `is_error`, a warning. Details are JSON values or a table of rows."""

    name: str
    passed: bool
    is_error: bool = True
    description: str | None = None
    details: Figures = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepResult:
    """Figures and checks of a step that ran. `is_new` is False where it had nothing to do; `error` says why it failed."""

    figures: Figures = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    is_new: bool = True
    version: str | None = None
    error: Exception | None = None

    @property
    def problems(self) -> list[str]:
        """What the step said of files that it did not take."""
        problems = self.figures.get("problems")
        return [str(problem) for problem in problems] if isinstance(problems, list) else []


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, the steps it follows, what it does, the tables it writes (first the one that it is known by).

    `definitions` gives what stands for the content of the definitions that it reads and that no other step before it reads:
    where that changes, the step is due although nothing arrived.
    """

    name: str
    inputs: tuple[str, ...]
    run: Callable[[Context], StepResult]
    description: str
    tables: tuple[str, ...] = ()
    checks: tuple[CheckSpec, ...] = ()
    definitions: Callable[[Home, ProgrammeCatalogue], str] | None = None

    @property
    def group(self) -> str:
        return self.name.split("/")[0]

    @property
    def subject(self) -> str:
        """What the step is about: a source, a table, a family or an audience."""
        return self.name.split("/", 1)[1]


def failed_account(checks: Iterable[Check]) -> str | None:
    """Which account of a step does not add up, and where to look; None where all do. Nothing is kept from following."""
    failed = [check.name for check in checks if check.name in ACCOUNTS and not check.passed]
    return f"the account {', '.join(failed)} does not add up; {ACCOUNT_REMEDY}" if failed else None


@dataclass(slots=True)
class PipelineResult:
    """What came of several steps: their results, and the reasons of those that failed."""

    results: dict[str, StepResult] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """What steps said of files that they did not take."""
        return [problem for result in self.results.values() for problem in result.problems]

    def add(self, other: PipelineResult) -> None:
        """The results of later steps as well."""
        self.results |= other.results
        self.failures |= other.failures
        self.skipped += other.skipped


def account_check(name: str, account: ReconciliationResult) -> Check:
    """The account of one step: its figures by subject and reason, and the keys of everything that does not add up."""
    columns = ["subject", "reason", "rows", "rows_in", "rows_out"]
    details = {"account": account.rows[columns].to_dict("records"), "failing_keys": account.failing}
    return Check(name, account.is_whole, details=details)
