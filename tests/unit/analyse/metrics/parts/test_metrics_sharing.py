"""Time to share: a published trial as share events, and what the test of recipients in and outside HMG says of it."""

from __future__ import annotations

import pandas as pd
import pytest

from idtracker.analyse.metrics.values import measure
from tests.unit.analyse.metrics.metrics_given import read_reference, table
from tests.unit.analyse.metrics.network.test_published_networks import PLACEBO, SIX_MP, SIX_MP_RELAPSED

_ENDS = pd.Timestamp("2026-03-31")
_IN, _OUT, _NOBODY = "GB-GOV-8", "XM-UN", "XX-UNKNOWN"


def _events(rows: list[tuple[int, bool, str]]) -> pd.DataFrame:
    """Events that waited some days, shared or still waiting on the last day of the quarter, for a recipient."""
    frame = pd.DataFrame(rows, columns=["days", "is_shared", "to_org_id"])
    begun = [_ENDS - pd.Timedelta(days=days) for days in frame["days"]]
    return table(
        "share_event",
        pd.DataFrame(
            {
                "share_id": [f"S{n}" for n in frame.index],
                "object_id": [f"O{n}" for n in frame.index],
                "from_org_id": "GB-GOV-1",
                "to_org_id": frame["to_org_id"],
                "available_on": [f"{day:%Y-%m-%d}" for day in begun],
                "shared_on": [f"{_ENDS:%Y-%m-%d}" if shared else None for shared in frame["is_shared"]],
            }
        ),
    )


def _measured(rows: list[tuple[int, bool, str]]) -> pd.DataFrame:
    known = {"share_event": _events(rows)}
    found = measure(known, read_reference(), ["2026-Q1"], pd.Timestamp("2026-06-30"), metric_ids=["IM-08"])
    return found[found["scope"] == "programme"].set_index("measure")


def _trial(treated: str, placebo: str) -> list[tuple[int, bool, str]]:
    """Freireich et al. 1963, a week as a day: who has not relapsed still waits."""
    ended = [(days, bool(relapsed), treated) for days, relapsed in zip(SIX_MP, SIX_MP_RELAPSED, strict=True)]
    return [*ended, *((days, True, placebo) for days in PLACEBO)]


def test_the_leukaemia_trial_as_events() -> None:
    found = _measured(_trial(treated=_OUT, placebo=_IN))
    assert found.loc["median_outside", "value"] == 23 and found.loc["median_inside", "value"] == 8
    assert found.loc["logrank", "value"] == pytest.approx(16.793, abs=5e-4)
    assert found.loc["logrank_p", "value"] == pytest.approx(4.17e-5, rel=0.01)
    observed, expected = found.loc["logrank", ["numerator", "denominator"]]
    assert (observed, round(expected, 2)) == (9, 19.25), "fewer were shared outside than expected: outside waits longer"


def test_a_recipient_that_nobody_knows_is_on_neither_side() -> None:
    trial = _trial(treated=_OUT, placebo=_IN)
    found = _measured([*trial, (1, True, _NOBODY), (2, False, _NOBODY)])
    assert found.loc["logrank", "value"] == pytest.approx(16.793, abs=5e-4)
    assert found.loc["logrank", "n"] == 42 and found.loc["median", "n"] == 44


def test_the_test_is_withheld_where_one_side_is_small() -> None:
    few = [(days, True, _OUT) for days in (1, 2, 3, 4)]
    found = _measured([*few, *((days, True, _IN) for days in PLACEBO)])
    assert set(found.loc[["logrank", "logrank_p"], "suppressed_reason"]) == {"below_minimum_denominator"}
    assert found.loc[["logrank", "logrank_p"], "value"].isna().all()
    enough = _measured([*few, (5, False, _OUT), *((days, True, _IN) for days in PLACEBO)])
    assert enough.loc[["logrank", "logrank_p"], "value"].notna().all()
