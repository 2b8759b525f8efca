"""Small problems with known answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from idtracker.analyse.sensitivity.problem import Errors, Node, Numbers, Problem

PLACES = ("A", "B", "C", "D")


def names_of(places: tuple[str, ...], leaves: tuple[str, ...]) -> np.ndarray[Any, Any]:
    return np.array([[f"{leaf}|{place}" for leaf in leaves] for place in places], dtype=object)


def deep(places: tuple[str, ...] = PLACES, error: float = 4.0, **more: Any) -> Problem:
    """Two dimensions below the whole, one of them with a node below it; values by the names of places alone."""
    leaves = ("w", "x", "y", "z")
    values = np.array([[40.0 + 7 * ord(p) % 31 + 5 * n for n in range(4)] for p in places])
    nodes = (
        Node("INNER", ("w", "x"), (2.0, 1.0), ("arithmetic", "geometric"), {"geometric": 1.0}),
        Node("ONE", ("INNER", "y"), (0.4, 0.6), ("arithmetic", "geometric"), {"geometric": 1.0}),
        Node("TWO", ("z",), (1.0,), ("arithmetic", "geometric"), {"geometric": 1.0}),
        Node("ROOT", ("ONE", "TWO"), (0.5, 0.5), ("geometric", "arithmetic"), {"geometric": 1.0}),
    )
    problem = Problem(
        "M-1", "2026-Q3", places, leaves, values, nodes,
        {node.code: np.ones(len(places), dtype=bool) for node in nodes},
        limits=(0.0, 100.0),
        errors={"measurement": (Errors(np.full(values.shape, error), names_of(places, leaves)),)},
    )  # fmt: skip
    return replace(problem, **more)


def linear(values: Numbers, errors: Numbers, weights: tuple[float, ...]) -> Problem:
    """One mean of leaves whose errors alone vary."""
    leaves = tuple(f"x{n}" for n in range(len(weights)))
    places = tuple(f"P{n}" for n in range(len(values)))
    node = Node("ROOT", leaves, weights, ("arithmetic",), has_weights=False)
    return Problem(
        "LINEAR", "2026-Q3", places, leaves, values, (node,), {"ROOT": np.ones(len(values), dtype=bool)},
        errors={"measurement": (Errors(errors, names_of(places, leaves)),)},
    )  # fmt: skip
