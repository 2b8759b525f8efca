"""The claim about draws: a whole tree of every period against the bare arithmetic of the same numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.performance.claim import Claim, best_in_turn
from idtracker.analyse.sensitivity.outcome import drawn
from idtracker.analyse.sensitivity.problem import Errors, Node, Problem

DRAWS, PLACES, LEAVES, PERIODS, DIMENSIONS = 1000, 12, 60, 60, 6


def draws_claims() -> Iterator[Claim]:
    """Six dimensions of ten indicators each; errors, weights and aggregations vary."""
    problems = [_problem(number) for number in range(PERIODS)]

    def whole() -> None:
        for problem in problems:
            drawn(problem, DRAWS)

    measured, compared = best_in_turn(whole, lambda: _bare(problems), times=1)
    yield Claim("1,000 draws of a tree / bare numpy arithmetic", measured, compared, 10)


def _problem(number: int) -> Problem:
    places = tuple(f"P{n:02}" for n in range(PLACES))
    leaves = tuple(f"I{n:02}" for n in range(LEAVES))
    random = np.random.default_rng(number)
    values = random.uniform(20, 80, (PLACES, LEAVES))
    names = np.array([[f"{leaf}|{place}|{number}" for leaf in leaves] for place in places], dtype=object)
    size = LEAVES // DIMENSIONS
    floors, limits = {"geometric": 1.0}, (0.0, 100.0)
    inner = [
        Node(
            f"D{n}", leaves[n * size : (n + 1) * size], (1.0,) * size, ("arithmetic", "geometric"), floors, limits
        )
        for n in range(DIMENSIONS)
    ]  # fmt: skip
    codes = tuple(node.code for node in inner)
    nodes = (*inner, Node("ROOT", codes, (1.0,) * DIMENSIONS, ("geometric", "arithmetic"), floors, limits))
    return Problem(
        "BENCHMARK", f"period {number}", places, leaves, values, nodes,
        {node.code: np.ones(PLACES, dtype=bool) for node in nodes},
        limits=limits,
        errors={"measurement": (Errors(np.full(values.shape, 4.0), names),)},
    )  # fmt: skip


def _bare(problems: list[Problem]) -> None:
    """The same numbers drawn at once, clipped, and the mean of each dimension and of the whole by two matrix products."""
    random = np.random.default_rng(1)
    size = LEAVES // DIMENSIONS
    for problem in problems:
        x = problem.values + 4.0 * random.standard_normal((DRAWS, PLACES, LEAVES))
        x = np.clip(x, 0, 100).reshape(DRAWS, PLACES, DIMENSIONS, size)
        weights = random.dirichlet(np.full(size, 100.0), (DRAWS, DIMENSIONS))
        inner = (x * weights[:, None]).sum(axis=-1)
        outer = random.dirichlet(np.full(DIMENSIONS, 100.0), DRAWS)
        np.exp((np.log(np.maximum(inner, 1.0)) * outer[:, None]).sum(axis=-1))
