"""Errors of the tracker's cells: what is shared between quarters, and how the loss of a carried value is split."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.sensitivity.adapters.tracker import Placed, cell_errors
from idtracker.analyse.sensitivity.adapters.ways import positions

ITEMS = pd.DataFrame(
    {
        "child": ["I1", "I2", "I3", "I4"],
        "place_id": "P",
        "period": "2026-Q3",
        "score": [50.0, 60.0, 100.0, np.nan],
        "error": [5.0, 3.0, 2.0, np.nan],
        "value": [5.0, 6.0, 12.0, np.nan],
        "spread": [np.nan, 4.0, np.nan, np.nan],
        "is_carried": pd.array([True, False, False, None], dtype="boolean"),
        "origin_period": ["2026-Q1", "2026-Q3", "2026-Q3", None],
        "report": [None, "P|2026-Q1", None, None],
        "goalpost_low": 0.0,
        "goalpost_high": 10.0,
        "direction": 1,
    }
)
CELLS = pd.DataFrame(
    {
        "indicator_id": "I1",
        "place_id": "P",
        "period": ["2026-Q1", "2026-Q2", "2026-Q3"],
        "score_error": [3.0, 4.0, 5.0],
    }
)


def test_errors_by_kind_and_name() -> None:
    at = Placed(ITEMS, ("P",), ("I1", "I2", "I3", "I4"))
    found = cell_errors(ITEMS, CELLS, at, "2026-Q2")
    (measured,), (disagreeing,) = found["measurement"], found["disagreement"]
    assert measured.size[0] == pytest.approx([3.0, 0.0, 2.0, 0.0])
    assert disagreeing.size[0] == pytest.approx([0.0, 3.0, 0.0, 0.0])
    assert disagreeing.name[0, 1] == "I2|P|2026-Q1"
    earlier, since = found["carried"]
    assert [earlier.size[0, 0], since.size[0, 0]] == pytest.approx([7**0.5, 3.0])
    assert [earlier.name[0, 0], since.name[0, 0]] == ["I1|P|2026-Q1|2026-Q2", "I1|P|2026-Q1|2026-Q3"]
    whole = sum(part.size**2 for parts in found.values() for part in parts)
    assert np.sqrt(whole)[0] == pytest.approx([5.0, 3.0, 2.0, 0.0])


def test_the_quarter_before_has_the_same_loss_under_the_same_name() -> None:
    items = ITEMS[:1].assign(period="2026-Q2", error=4.0)
    _, since = cell_errors(items, CELLS, Placed(items, ("P",), ("I1",)), None)["carried"]
    assert since.size[0, 0] == pytest.approx(7**0.5) and since.name[0, 0] == "I1|P|2026-Q1|2026-Q2"


def test_a_value_beyond_its_goalposts_stays_there_until_it_is_drawn() -> None:
    assert positions(ITEMS).tolist()[:3] == [50.0, 60.0, 120.0]
