"""Why a score appears or is withheld: too little is reported only where an indicator came or went."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from idtracker.analyse.change.cells import Cell, Scale
from idtracker.analyse.change.decompose import Expected, Side, decompose
from idtracker.explain.change_words import Change, Language, sentence
from idtracker.model.composite.definition import Index
from idtracker.model.method import load_method

INDEX = Index.model_validate(
    {
        "method_version": "T-1", "title": "test", "source": "none",
        "indicators": {code: {"label": code, "normalise": "register"} for code in "AB"},
        "tree": {"code": "W", "aggregation": "geometric", "coverage": 0.6, "children": ["A", "B"]},
    }
)  # fmt: skip


def side(score: float | None, **values: float) -> Side:
    cells = {n: Cell(v, v, "SINGLE", False, "2026-Q2", {"UN": (v, 1.0)}) for n, v in values.items()}
    return Side(score, INDEX, {n: Expected("", 1.0, Scale(0, 100, 1)) for n in "AB"}, cells, {}, load_method())


WHOLE = side(float(np.sqrt(20.0 * 45.0)), A=20.0, B=45.0)


@pytest.mark.parametrize(
    ("other", "withheld", "appears"),
    [
        (side(None, A=0.0, B=45.0), "the method makes no score of them", "the method made no score of them"),
        (side(None, B=45.0), "too little is reported", "too little was reported before"),
    ],
    ids=["a zero", "a report that is missing"],
)
def test_a_mean_that_a_zero_ends_is_not_called_too_little_reported(other: Side, withheld: str, appears: str) -> None:
    for pair, words in (((WHOLE, other), withheld), ((other, WHOLE), appears)):
        rows = decompose(*pair, "W", "PERIOD")
        change = Change("Zarqa", "2026-Q2", "2026-Q1", False, pair[0].score, pair[1].score)
        said: dict[Language, str] = {lang: sentence(change, rows, str, str, lang) for lang in ("en", "ar")}
        assert words in said["en"] and ("المنهجية" in said["ar"]) == ("method" in words)


def test_a_two_level_method_lifts_zeros_and_withholds_nothing_for_them() -> None:
    """So the words about zeros are of trees alone: a method without a floor above 0 cannot be written."""
    from tests.unit.analyse.change.programmes import cell
    from tests.unit.analyse.change.programmes import side as two_level

    cells: dict[str, Any] = {f"BSF{n}-{x}": cell(0.0) for n in range(1, 6) for x in "ab"}
    assert two_level(cells).score == pytest.approx(load_method().floor)
    with pytest.raises(ValueError, match="greater than 0"):
        type(load_method()).model_validate(load_method().model_dump() | {"floor": 0})


def test_what_other_places_did_through_nodes_names_no_indicator() -> None:
    from idtracker.analyse.change.decompose import ChangeRow

    change = Change("Zarqa", "2026-Q2", "2026-Q1", False, 40.0, 45.0)
    rows = [ChangeRow("PANEL", "", "", 5.0)]
    said: dict[Language, str] = {lang: sentence(change, rows, str, str, lang) for lang in ("en", "ar")}
    assert "+5.0 from the weights and scales that other places make" in said["en"]
    assert "الأوزان والمقاييس التي تنتج من أماكن أخرى" in said["ar"]
