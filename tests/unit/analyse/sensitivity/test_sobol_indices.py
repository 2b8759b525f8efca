"""Global sensitivity against functions whose indices are known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from problems import deep

from idtracker.analyse.sensitivity.outcome import sensitivity
from idtracker.analyse.sensitivity.problem import Numbers
from idtracker.analyse.sensitivity.sobol import explored, indices_of

Sample = dict[str, Numbers]
SIZE, CHUNK = 2**14, 2**12


def explore(inputs: tuple[str, ...], model: object, low: float, high: float) -> tuple[Numbers, Numbers]:
    random = np.random.default_rng(20261130)

    def pairs() -> Iterator[tuple[Sample, Sample]]:
        for _ in range(SIZE // CHUNK):
            yield tuple({n: random.uniform(low, high, CHUNK) for n in inputs} for _ in range(2))  # type: ignore[misc]

    def mix(first: Sample, name: str, second: Sample) -> Sample:
        return {**first, name: second[name]}

    found = explored(inputs, pairs, mix, lambda sample: model(sample)[None, :])  # type: ignore[operator]
    return found.first[:, 0], found.total[:, 0]


def test_ishigami() -> None:
    """a = 7, b = 0.1: first order .3139, .4424, 0; total .5576, .4424, .2437 (Ishigami and Homma 1990)."""
    first, total = explore(
        ("x1", "x2", "x3"),
        lambda s: np.sin(s["x1"]) + 7 * np.sin(s["x2"]) ** 2 + 0.1 * s["x3"] ** 4 * np.sin(s["x1"]),
        -np.pi,
        np.pi,
    )
    assert first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_g_function() -> None:
    """Sobol's g with a = 0, 1, 4.5: V_i = 1/(3(1+a)²), total over prod(1+V_i) - 1."""
    a = np.array([0.0, 1.0, 4.5])
    names = ("x1", "x2", "x3")
    first, total = explore(
        names, lambda s: np.prod([(abs(4 * s[n] - 2) + a[i]) / (1 + a[i]) for i, n in enumerate(names)], axis=0), 0, 1
    )
    own = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + own) - 1
    assert first == pytest.approx(own / whole, abs=0.03)
    assert total == pytest.approx([own[i] * np.prod(np.delete(1 + own, i)) / whole for i in range(3)], abs=0.03)


def test_a_linear_model_has_its_shares_of_the_variance() -> None:
    spread = np.array([3.0, 2.0, 1.0])
    random = np.random.default_rng(5)
    a, b = random.standard_normal((2, 3, SIZE))
    mixed = np.stack([np.where(np.arange(3)[:, None] == i, b, a) for i in range(3)])
    found = indices_of((spread @ a)[None, :], (spread @ b)[None, :], (spread @ mixed)[:, None, :])
    shares = spread**2 / (spread**2).sum()
    assert found.first[:, 0] == pytest.approx(shares, abs=0.03)
    assert found.total[:, 0] == pytest.approx(shares, abs=0.03)


def test_what_does_not_vary_or_is_not_defined_has_no_index() -> None:
    a, b = np.random.default_rng(1).standard_normal((2, 3, 8))
    a[0], b[0] = 5.0, 5.0
    a[1, 3] = np.nan
    found = indices_of(a, b, np.stack([a, b]))
    assert np.isnan(found.total[:, :2]).all() and not np.isnan(found.total[:, 2]).any()


def test_each_varied_input_of_a_tree_has_its_indices() -> None:
    found = sensitivity(deep(), 256)
    assert found.inputs == ("measurement", "weights", "aggregation")
    assert found.score is not None and found.score.first.shape == (3, 4)
    assert np.isfinite(found.score.total).all()


def test_one_input_alone_explains_everything() -> None:
    rng = np.random.default_rng(7)
    a, b = rng.standard_normal((2, 3, 1024))
    found = indices_of(a, b, b[None])
    assert found.first[0] == pytest.approx(np.ones(3), abs=0.1) and found.total[0] == pytest.approx(np.ones(3), abs=0.1)
