"""Addresses of figures: what is printed is what is read again, whatever stands in a key."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.model.errors import UsageError
from idtracker.model.figure_address import FigureAddress, address_of, parse_address


def test_a_score_is_named_by_place_quarter_and_node() -> None:
    row = {"place_id": "JO-AM", "period": "2026-Q3", "node_code": "STABILITY"}
    assert str(address_of("score", row)) == "score/JO-AM/2026-Q3/STABILITY"
    assert (
        str(address_of("score", row, "low").of("2026-11-15-abc")) == "score/JO-AM/2026-Q3/STABILITY#low@2026-11-15-abc"
    )


def test_dates_and_missing_parts_have_one_form() -> None:
    row = {
        "metric_id": "IM-02",
        "measure": "VALUE",
        "scope": None,
        "period": "2026-Q3",
        "as_of_on": pd.Timestamp(2026, 9, 30),
    }
    assert str(address_of("metric_value", row)) == "metric_value/IM-02/VALUE/-/2026-Q3/2026-09-30"
    later = dict(row, scope=pd.NA, as_of_on=pd.Timestamp(2026, 9, 30).to_pydatetime())
    assert address_of("metric_value", later) == address_of("metric_value", row)


@given(
    st.tuples(*[st.text(max_size=12)] * 3),
    st.sampled_from(["score", "low", "band"]),
    st.sampled_from([None, "2026-11-15-a"]),
)
def test_what_is_printed_is_read_again(key: tuple[str, str, str], column: str, publication: str | None) -> None:
    address = FigureAddress("score", key, column, publication)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "wrong", ["scores/JO/2026-Q3/STABILITY", "score/JO/2026-Q3", "score/JO/2026-Q3/STABILITY#height", "finding/1", ""]
)
def test_an_address_of_nothing_is_refused_with_what_to_write(wrong: str) -> None:
    with pytest.raises(UsageError, match=r"[wW]rite|named by"):
        parse_address(wrong)
