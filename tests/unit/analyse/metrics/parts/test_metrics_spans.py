"""Metrics that read observations of a few quarters are the same however many quarters are measured at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

import duckdb
import pandas as pd
import pytest

from idtracker.analyse.history.metrics import read_metrics
from idtracker.analyse.history.readings import Basis, Reading
from idtracker.analyse.metrics.known import spans as spans_module
from idtracker.analyse.metrics.known.spans import TABLE, spans
from idtracker.analyse.metrics.quarter import Quarter, overlaps
from idtracker.analyse.metrics.registry import family, metrics
from idtracker.model.tables import TABLES, conform_types
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import fill_table
from tests.unit.publish.export.published_rows import row_of

CODES = [f"{2024 + n // 4}-Q{n % 4 + 1}" for n in range(9)]
INSTANTS = [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-05-01")]
BY_QUARTER = ("IM-03", "IM-05", "IM-46")


def observations(seed: int) -> pd.DataFrame:
    """Quarters, years and months, of four organisations, revised now and then; one revision moves its period."""
    draw, rows = Random(seed), []
    for number in range(400):
        quarter = Quarter.of(draw.choice(CODES))
        start, end = quarter.start, quarter.end
        kind = draw.choice(["quarter"] * 6 + ["year", "month"])
        start = end - pd.DateOffset(years=1, days=-1) if kind == "year" else start
        start = end.replace(day=1) if kind == "month" else start
        begins = [INSTANTS[0] - pd.Timedelta(days=30 + number % 5)]
        begins += [begins[0] + pd.Timedelta(days=n) for n in (20, 90) if draw.random() < 0.4]
        for n, begin in enumerate(begins):
            moved = n and draw.random() < 0.1
            rows.append(
                {
                    "fact_id": f"f{number:04}", "source_id": "s", "indicator_id": draw.choice(["I1", "I2"]) if not n else rows[-1]["indicator_id"],
                    "place_id": draw.choice(["P1", "P2"]), "period": quarter.code, "org_id": draw.choice("ABCD"),
                    "period_start": start, "period_end": Quarter.of(CODES[0]).end if moved else end,
                    "value": round(draw.uniform(0, 100), 2), "revision_type": "R1" if n else None,
                    "recorded_from": begin, "recorded_to": begins[n + 1] if n + 1 < len(begins) else pd.NaT,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    store = duckdb.connect()
    ensure_tables(store)
    terms = {"unit": "percent", "direction": 1, "goalpost_low": 0.0, "goalpost_high": 100.0, "roll_up": "mean"}
    tables = {
        TABLE: observations(7),
        "indicator": pd.DataFrame([{"indicator_id": i, **terms} for i in ("I1", "I2")]),
        "organisation": pd.DataFrame([{"org_id": o, "name": o} for o in "ABCD"]),
    }
    for name, frame in tables.items():
        rows = [row_of(name, **row) for row in frame.to_dict("records")]
        fill_table(store, name, conform_types(pd.DataFrame(rows), TABLES[name]))
    yield store
    store.close()


def measured(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    readings = [Reading(at, tuple(CODES), frozenset(CODES), frozenset(), None) for at in INSTANTS]
    rows, states = read_metrics(connection, family(name), readings, Basis())
    assert len(states) == len(INSTANTS) * len(CODES) * len(family(name))
    rows = rows[rows["metric_id"].isin(BY_QUARTER)]
    return rows.sort_values(["known_at", "metric_id", "measure", "scope", "period"], ignore_index=True)


@pytest.mark.parametrize("name", ["analysis", "trust"])
def test_figures_do_not_depend_on_how_many_quarters_are_measured_at_a_time(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    whole = measured(connection, name)
    assert (whole["value"].notna() & (whole["value"] != 0)).sum() > 20, "there is something to get wrong"
    monkeypatch.setattr(spans_module, "MOST_ROWS", 200)
    pd.testing.assert_frame_equal(measured(connection, name), whole)


@pytest.mark.parametrize("most", [1, 200, 10**6])
def test_what_is_due_is_in_one_span_whose_rows_are_all_that_its_metrics_can_read(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(spans_module, "MOST_ROWS", most)
    chosen = [m for m in metrics().values() if m.gathers == "rows"]
    assert {m.id for m in chosen if m.observed_quarters} == {*BY_QUARTER}
    due = {at: [(m.id, code) for m in chosen for code in CODES[n:]] for n, at in enumerate(INSTANTS)}
    made = list(spans(connection, chosen, due))
    assert (len(made) == 1) == (most == 10**6)
    seen = Counter((at, *pair) for span in made for at, pairs in span.due.items() for pair in pairs)
    assert seen == Counter((at, *pair) for at, pairs in due.items() for pair in pairs)
    every = connection.execute(f"SELECT * FROM {TABLE}").df()
    for span in made:
        picked = connection.execute(f"SELECT * FROM {TABLE} WHERE {span.only.get(TABLE, 'TRUE')}").df()
        kept = set(zip(picked["fact_id"], picked["recorded_from"], strict=True))
        assert len(kept) < len(every) or not span.only
        for metric_id, code in {pair for pairs in span.due.values() for pair in pairs}:
            quarter, back = Quarter.of(code), metrics()[metric_id].observed_quarters
            if not back:
                assert not span.only
                continue
            for _ in range(back - 1):
                quarter = quarter.previous()
            first, last = quarter.start, Quarter.of(code).end
            meets = overlaps(every["period_start"], every["period_end"], first, last) | every["period_end"].between(
                first, last
            )
            needed = every[meets] if back == 1 else every[every["fact_id"].isin(every.loc[meets, "fact_id"])]
            assert set(zip(needed["fact_id"], needed["recorded_from"], strict=True)) <= kept
