"""A step comes after those that write what it reads."""

from __future__ import annotations

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.pipeline import store_steps
from idtracker.operate.steps.expectations import EXPECTATIONS, JUDGED_TABLES


def test_expectations_judge_every_table_as_this_run_wrote_it(programme: Home) -> None:
    """Not as the run before left it: behind the writers in the list, and through its inputs in any other order of the same graph."""
    steps = store_steps(load_catalogue(programme.sources))
    place = {step.name: number for number, step in enumerate(steps)}
    assert all(place[given] < place[step.name] for step in steps for given in step.inputs if given in place)
    behind, waiting = set[str](), list(EXPECTATIONS.inputs)
    inputs = {step.name: step.inputs for step in steps}
    while waiting:
        name = waiting.pop()
        if name not in behind:
            behind.add(name)
            waiting += inputs.get(name, ())
    writers = {step.name: set(step.tables) & set(JUDGED_TABLES) for step in steps if step is not EXPECTATIONS}
    assert set(JUDGED_TABLES) <= set().union(*writers.values())
    assert {name: tables for name, tables in writers.items() if tables and name not in behind} == {}
