"""Cells that go on in steps, place by place, are those made from nothing, in every vintage; nothing else pools over places.

The histories hold every way in which a place may rest on another: countries made of governorates (a mean, a sum), with and without
reports of their own, sources calibrated over all cells, a declared break, shares of places, decisions; and carrying, corrections,
withdrawals, files that came late, and the end of a quarter.
"""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import cast

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.history import cells, pooling
from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.history.touched import Touched, touched_cells
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.method import load_method
from idtracker.model.periods import bounds_frame, quarters_between
from idtracker.model.tables.vintages import KEYS
from idtracker.store.history.change_points import ChangePoints
from idtracker.store.history.derived_vintages import read_vintages
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import fill_table, read_table

METHOD = load_method()
CATALOGUE = cast(ProgrammeCatalogue, SimpleNamespace(programme=SimpleNamespace(country="XX")))
PLACES = ["XX-A", "XX-B", "XX-C", "XX-D", "XX", "XX-A-1"]
QUARTERS = quarters_between("2023-Q1", "2026-Q3")
FIRST = "2023-Q3"
MOMENTS = [pd.Timestamp("2026-09-20") + pd.Timedelta(days=4 * n) for n in range(8)]
TURN = 3
"""The moment at which 2026-Q3 comes into sight, 2 October."""
INDICATORS = {
    "MEAN": {},
    "SUM": {"roll_up": "sum", "goalpost_high": 40.0},
    "RANK": {"merge_policy": "median", "scale": "ordinal", "goalpost_low": 1.0, "goalpost_high": 5.0},
    "NATION": {"level": "country", "merge_policy": "priority", "priority_org_id": "GB-GOV-2"},
    "POOL": {"merge_policy": "unobserved_components"},
    "BROKEN": {"merge_policy": "median"},
    "PLAIN": {"goalpost_low": None, "goalpost_high": None, "dimension_code": None, "weight": 0.0},
}


def indicators() -> pd.DataFrame:
    usual = {
        "dimension_code": "BSF1", "unit": "-", "direction": 1, "goalpost_low": 0.0, "goalpost_high": 100.0, "weight": 1.0,
        "level": "both", "frequency": "quarter", "roll_up": "mean", "max_age_days": 190, "scale": None,
        "merge_policy": "quality_weighted", "priority_org_id": None, "classification": "OFFICIAL",
    }  # fmt: skip
    return pd.DataFrame([{**usual, "indicator_id": name, "name": name, **own} for name, own in INDICATORS.items()])


def places() -> pd.DataFrame:
    rows = [{"place_id": "XX", "level": "country"}]
    rows += [
        {"place_id": p, "level": "adm1", "parent_id": "XX", "population": 10 + n} for n, p in enumerate(PLACES[:4])
    ]
    rows += [{"place_id": "XX-A-1", "level": "adm2", "parent_id": "XX-A"}]
    return pd.DataFrame(rows).assign(name="-", classification="OFFICIAL")


def observations(chance: random.Random) -> pd.DataFrame:
    """A history of reports: a base known from the first moment, and what came, was corrected and went at later ones."""
    rows = []
    for indicator in INDICATORS:
        for place in PLACES[3:] if indicator == "NATION" else PLACES:
            for period in [*QUARTERS, "2024", "2025"]:
                for org in ("GB-GOV-1", "GB-GOV-2", "GB-GOV-3"):
                    share = 0.1 if place == "XX" else 0.85 if indicator == "POOL" else 0.3
                    if chance.random() < share:
                        rows.append({"indicator_id": indicator, "place_id": place, "period": period, "org_id": org})
    frame = pd.DataFrame(rows)
    size = len(frame)
    frame["value"] = [float(chance.randint(1, 5 if i == "RANK" else 100)) for i in frame["indicator_id"]]
    frame["standard_error"] = [chance.choice([None, None, 2.0, 6.0]) for _ in range(size)]
    frame["recorded_from"] = MOMENTS[0]
    later = frame.loc[sorted(chance.sample(range(size), 25))].copy()
    later["recorded_from"] = [chance.choice(MOMENTS[1:]) for _ in range(len(later))]
    later["value"] += 1.0
    ends = dict(zip(later.index, later["recorded_from"], strict=True))
    corrected = {at: chance.random() < 0.6 for at in ends}
    frame["recorded_to"] = pd.Series(
        {at: moment for at, moment in ends.items() if corrected[at]}, dtype="datetime64[ns]"
    )
    frame = frame[[corrected.get(at, True) for at in frame.index]]
    gone = later.sample(5, random_state=chance.randint(0, 99)).index
    later["recorded_to"] = pd.NaT
    later.loc[gone, "recorded_to"] = later.loc[gone, "recorded_from"] + pd.Timedelta(days=4)
    both = pd.concat([frame, later], ignore_index=True)
    bounds = bounds_frame(both["period"])
    return both.assign(
        period_start=bounds["start"], period_end=bounds["end"], fact_id=[f"f{n}" for n in range(len(both))],
        source_id=both["org_id"].str[-1], submission_id="s" + both["org_id"].str[-1] + both["recorded_from"].dt.day.astype("str"),
        reliability="B", credibility=[str(chance.randint(1, 3)) for _ in range(len(both))], obs_status="A",
        classification="OFFICIAL", sheet="-", content_hash="-", revision_type="INITIAL",
    )  # fmt: skip


def decisions(chance: random.Random) -> pd.DataFrame:
    rows = [
        {
            "adjudication_id": f"d{n}", "indicator_id": "MEAN", "place_id": chance.choice(PLACES[:3]),
            "period": chance.choice(QUARTERS[-6:]), "value": 50.0, "decided_by": "-", "why": "-",
            "decided_at": chance.choice(MOMENTS[TURN + 1 :]), "classification": "OFFICIAL",
        }
        for n in range(3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def store_of(has_shares: bool = False) -> duckdb.DuckDBPyConnection:
    store = duckdb.connect(config={"threads": 1})
    ensure_tables(store)
    fill_table(store, "indicator", indicators())
    fill_table(store, "place", places())
    stop = {
        "break_id": "k",
        "indicator_id": "BROKEN",
        "valid_from": pd.Timestamp("2026-01-01"),
        "kind": "base",
        "reason": "-",
        "classification": "OFFICIAL",
    }
    linear = {"crosswalk": "linear", "factor": 2.0, "crosswalk_error": 1.5}
    fill_table(store, "series_break", pd.DataFrame([{**stop, **linear}]))
    if has_shares:
        share = {"from_place_id": "XX-A", "to_place_id": "XX-D", "valid_from": pd.Timestamp("2025-01-01"), "share": 0.4}
        fill_table(
            store,
            "place_share",
            pd.DataFrame([{**share, "share_error": 2.0, "source": "-", "classification": "OFFICIAL"}]),
        )
    return store


def line_at(moments: list[pd.Timestamp]) -> Timeline:
    """The timeline up to some moments; what was known before decides about the signature of each."""
    signatures = tuple(" ".join(m.isoformat() for m in moments[: n + 1]) for n in range(len(moments)))
    last = ["2026-Q3" if at >= MOMENTS[TURN] else "2026-Q2" for at in moments]
    return Timeline(ChangePoints(tuple(moments), signatures), tuple(tuple(quarters_between(FIRST, q)) for q in last))


def go_on(
    store: duckdb.DuckDBPyConnection, rows: pd.DataFrame, decided: pd.DataFrame, moments: list[pd.Timestamp]
) -> None:
    """Fill in what is known at these moments, and merge."""
    known = rows[rows["recorded_from"].isin(moments)]
    ends = known["recorded_to"].where(known["recorded_to"] <= moments[-1])
    for table, frame in (
        ("observation", known.assign(recorded_to=ends)),
        ("adjudication", decided[decided["decided_at"].isin(moments)]),
    ):
        store.execute(f'DELETE FROM "{table}"')
        fill_table(store, table, frame)
    cells.derive_cells(store, CATALOGUE, line_at(moments), METHOD)


def content(store: duckdb.DuckDBPyConnection) -> list[pd.DataFrame]:
    now = [read_table(store, table).sort_values(list(KEYS[table]), ignore_index=True) for table in cells.TABLES]
    return [*now, *(read_vintages(store, table) for table in cells.TABLES)]


@pytest.fixture
def merged_apart(monkeypatch: pytest.MonkeyPatch) -> list[Touched]:
    """What was merged place by place, however small the store."""
    found: list[Touched] = []

    def watched(*given: object) -> Touched:
        found.append(touched_cells(*given))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(pooling, "FEW_ROWS", 0)
    monkeypatch.setattr(cells, "touched_cells", watched)
    return found


def test_steps_place_by_place_equal_all_from_nothing(merged_apart: list[Touched]) -> None:
    @settings(
        max_examples=5,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 10**6), cut=st.integers(6, 7), late=st.integers(TURN + 1, 5))
    def equal(seed: int, cut: int, late: int) -> None:
        chance = random.Random(seed)
        rows, decided = observations(chance), decisions(chance)
        whole, steps = store_of(), store_of()
        go_on(whole, rows, decided, MOMENTS)
        go_on(steps, rows, decided, [m for m in MOMENTS[:cut] if m != MOMENTS[late]])
        go_on(steps, rows, decided, MOMENTS)
        for found, expected in zip(content(steps), content(whole), strict=True):
            pd.testing.assert_frame_equal(found, expected, check_exact=True)

    equal()
    apart = pd.concat([touched.places for touched in merged_apart])
    above = pd.concat([touched.countries for touched in merged_apart])
    assert {"MEAN", "SUM", "RANK", "PLAIN"} <= set(apart["indicator_id"]), "merged place by place"
    assert {"MEAN", "SUM", "RANK"} <= set(above["indicator_id"]), "and their countries"
    assert not {"POOL", "BROKEN"} & {*apart["indicator_id"], *above["indicator_id"]}, "one whole each"


@pytest.mark.parametrize("has_shares", [False, True])
def test_a_change_of_one_place_touches_it_and_its_country(merged_apart: list[Touched], has_shares: bool) -> None:
    chance = random.Random(7)
    rows, store = observations(chance), store_of(has_shares)
    rows = rows[rows["recorded_from"] == MOMENTS[0]].assign(recorded_to=pd.NaT)
    one = rows[(rows["indicator_id"] == "MEAN") & (rows["place_id"] == "XX-B") & (rows["period"] < "2026-Q3")]
    one = one.sort_values("period_end").tail(1)
    further = one.assign(fact_id="new", submission_id="new", org_id="GB-GOV-9", recorded_from=MOMENTS[1])
    rows, none = pd.concat([rows, further], ignore_index=True), decisions(chance).iloc[:0]
    go_on(store, rows, none, MOMENTS[:1])
    go_on(store, rows, none, MOMENTS[:2])
    touched, named = merged_apart[-1], ["indicator_id", "place_id"]
    if has_shares:
        assert (
            touched.places.empty and touched.countries.empty and touched.indicators["indicator_id"].tolist() == ["MEAN"]
        )
        return
    assert touched.indicators.empty
    assert touched.places[named].to_numpy().tolist() == [["MEAN", "XX-B"]]
    assert touched.countries[named].to_numpy().tolist() == [["MEAN", "XX"]]
    begun = read_vintages(store, "merged_cell", f"known_from = TIMESTAMP '{MOMENTS[1]}'")
    assert set(begun["place_id"]) == {"XX-B", "XX"} and set(begun["indicator_id"]) == {"MEAN"}
