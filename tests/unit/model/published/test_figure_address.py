"""Addresses of figures: what is printed is what is read again, whatever stands in a key."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.model.errors import UsageError
from idtracker.model.published.figure_address import FigureAddress, address_of, key_columns, parse_address, path_sql


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


@given(st.lists(st.tuples(*[st.none() | st.text(max_size=6)] * 3), min_size=1, max_size=5))
@settings(max_examples=30, phases=[Phase.generate], deadline=None)
def test_the_engine_writes_an_address_as_the_rule_does(keys: list[tuple[str | None, ...]]) -> None:
    keys = [
        tuple(part.replace("\0", "") if part else part for part in key)
        for key in [*keys, ("-", "", None), ("a/b", "é#@", " %")]
    ]
    names = key_columns("score")
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE score (n INTEGER, {', '.join(f'{name} VARCHAR' for name in names)})")
        engine.executemany("INSERT INTO score VALUES (?, ?, ?, ?)", [[n, *key] for n, key in enumerate(keys)])
        written = engine.execute(f"SELECT {path_sql('score')} FROM score ORDER BY n").fetchall()
    ruled = [str(address_of("score", dict(zip(names, key, strict=True)))) for key in keys]
    assert [path for (path,) in written] == ruled


def test_a_key_of_dates_and_numbers_is_written_alike() -> None:
    row = {
        "metric_id": "IM-02",
        "measure": "value",
        "scope": "place=JO",
        "period": "2026-Q3",
        "as_of_on": date(2026, 9, 30),
    }
    with duckdb.connect() as engine:
        listed = ", ".join(f"DATE '{v}' AS {k}" if isinstance(v, date) else f"'{v}' AS {k}" for k, v in row.items())
        written = engine.execute(f"SELECT {path_sql('metric_value')} FROM (SELECT {listed})").fetchall()
    assert written == [(str(address_of("metric_value", row)),)]


@pytest.mark.parametrize(
    "wrong", ["scores/JO/2026-Q3/STABILITY", "score/JO/2026-Q3", "score/JO/2026-Q3/STABILITY#height", "finding/1", ""]
)
def test_an_address_of_nothing_is_refused_with_what_to_write(wrong: str) -> None:
    with pytest.raises(UsageError, match=r"write|Write|named by"):
        parse_address(wrong)
