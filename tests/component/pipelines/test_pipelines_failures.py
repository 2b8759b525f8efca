"""What a command says of a step that failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.operate.pipeline import silent, store_steps
from idtracker.operate.step import Context, StepResult
from pipelines.drive import drive


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            IdtrackerError("The disk of x is full. Nothing was published."),
            "The disk of x is full. Nothing was published.",
        ),
        (ZeroDivisionError("by nought"), "ZeroDivisionError: by nought"),
    ],
)
def test_an_error_made_to_be_read_is_said_alone(
    programme: Home, catalogue: ProgrammeCatalogue, problem: Exception, said: str
) -> None:
    def fail(_: Context) -> StepResult:
        raise problem

    first = replace(store_steps(catalogue)[0], run=fail)
    context = Context(programme, catalogue, datetime(2026, 2, 10, tzinfo=UTC), None)
    assert drive(context, [], silent, store=[first]).failures == {first.name: said}
