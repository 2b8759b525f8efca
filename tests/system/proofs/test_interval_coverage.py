"""In simulation with planted truth the 90 % interval of the whole covers the true score in 88 to 92 of 100 programmes.

Every programme has an indicator for each dimension in each of three governorates. Each of these series has its own level, walk,
trend and noise: what is true is known. All are merged and scored at once; country and governorates are counted apart.

Six draws are counted together, the first six and no others: quarters of a programme err alike, so that the groups of one draw alone lie
up to three in 100 beside what they are on average. A wrong formula lies further off: see decision 0034.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.index.score import score_states
from idtracker.analyse.merge.cells import merge_observations
from idtracker.analyse.merge.quarters import first_days, last_days
from idtracker.model.method import load_method
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Indicator, Place
from idtracker.model.tables.reporting import Observation

METHOD = load_method()
SHARES = {"JO-AM": 0.4, "JO-IR": 0.35, "JO-MA": 0.25}
ORGS = ["GB-GOV-1", "GB-GOV-8"]
FIRST, QUARTERS = 2018 * 4, 31
"""The first quarter of the histories and how many there are."""
LOOKED_AT = range(11, QUARTERS)
"""The quarters in which intervals are held against the truth."""
YEAR = 4
PERIODS = [f"{(FIRST + n) // 4}-Q{(FIRST + n) % 4 + 1}" for n in range(QUARTERS)]
HISTORY, NO_HISTORY = range(QUARTERS), range(21, QUARTERS, 2)


@dataclass(frozen=True)
class Case:
    """How so many programmes report: in which quarters, in what share of them, who, with errors, biases, trends (points)."""

    programmes: int
    quarters: range = HISTORY
    present: float = 1.0
    orgs: int = 1
    is_stated: bool = False
    bias: float = 0.0
    trend: float = 0.3
    is_assumed: bool = False
    is_yearly: bool = False


CASES = {
    "stated": Case(8, LOOKED_AT, is_stated=True),
    "stated by two": Case(8, LOOKED_AT, orgs=2, is_stated=True),
    "history": Case(8),
    "history of two that see it differently": Case(8, orgs=2, bias=1.5),
    "history with gaps": Case(10, present=0.6, trend=1.0),
    "assumed": Case(16, NO_HISTORY, is_assumed=True),
    "assumed and told by two": Case(14, NO_HISTORY, orgs=2, is_assumed=True),
    "yearly": Case(8, is_assumed=True, is_yearly=True),
}
SEEDS = range(1, 7)
GROUPS = {"stated": list(CASES)[:2], "history": list(CASES)[2:5], "assumed": list(CASES)[5:], "all": list(CASES)}
"""Of a single case some 3,000 intervals are counted."""


@functools.cache
def simulated() -> pd.DataFrame:
    """Scores of the whole with `truth`, `case` and whether the interval `covers` it."""
    return pd.concat([drawn(np.random.default_rng(seed)) for seed in SEEDS], ignore_index=True)


def drawn(rng: np.random.Generator) -> pd.DataFrame:
    """The programmes of one draw."""
    keys = pd.DataFrame({"case": [case for case, what in CASES.items() for _ in range(what.programmes)]})
    keys = keys.rename_axis("programme").reset_index()
    keys = keys.merge(pd.Series(list(SHARES), name="place_id"), how="cross")
    keys = keys.merge(pd.Series([*METHOD.dimensions], name="node"), how="cross")
    level, noise = planted(rng, keys)
    scores = scored(reports(rng, keys, level, noise))
    roots = scores[(scores["node_code"] == METHOD.root) & scores["score"].notna()]
    roots = roots.merge(true_scores(keys, level), on=["programme", "place_id", "period"])
    return roots.assign(covers=(roots["low"] <= roots["truth"]) & (roots["truth"] <= roots["high"]))


def of_case(keys: pd.DataFrame, what: str) -> Any:
    return keys["case"].map({name: getattr(case, what) for name, case in CASES.items()}).to_numpy()


def planted(rng: np.random.Generator, keys: pd.DataFrame) -> tuple[Any, Any]:
    """Levels by series and quarter, and the noise of each series; where all is assumed, as the method assumes it."""
    assert METHOD.uncertainty is not None
    assumed, count, plain = METHOD.uncertainty.assumed, len(keys), of_case(keys, "is_assumed")
    noise = np.where(plain, assumed.percent, rng.uniform(2, 6, count))
    step = np.where(plain, assumed.drift, rng.uniform(0.5, 2, count))
    trend = np.where(plain, 0.0, rng.normal(0, 1, count) * of_case(keys, "trend"))
    steps = trend[:, None] + step[:, None] * rng.normal(0, 1, (count, QUARTERS))
    steps[of_case(keys, "is_yearly") & np.ones(count, "bool"), :] *= np.arange(QUARTERS) % YEAR == 0
    walk = np.cumsum(steps, axis=1)
    return rng.uniform(40, 60, count)[:, None] + walk - walk[:, [LOOKED_AT[0]]], noise


def true_scores(keys: pd.DataFrame, level: Any) -> pd.DataFrame:
    """The score that the true levels have: geometric mean of the dimensions, each of one indicator."""
    shape = (-1, len(SHARES), len(METHOD.dimensions), len(LOOKED_AT))
    every = level[:, LOOKED_AT].clip(METHOD.floor, 100).reshape(shape)
    nation = np.einsum("p,kpdq->kdq", list(SHARES.values()), every)[:, None]
    truth = np.exp(np.log(np.concatenate([every, nation], axis=1)).mean(axis=2))
    programmes = keys[["case", "programme"]].drop_duplicates()
    rows = programmes.merge(pd.Series([*SHARES, "JO"], name="place_id"), how="cross")
    return rows.merge(pd.Series([PERIODS[n] for n in LOOKED_AT], name="period"), how="cross").assign(
        truth=truth.ravel()
    )


def reports(rng: np.random.Generator, keys: pd.DataFrame, level: Any, noise: Any) -> pd.DataFrame:
    """What is reported of the levels. Of two organisations each is as much less sure as makes their mean as sure as one."""
    shape = (len(keys), QUARTERS, len(ORGS))
    orgs, yearly = of_case(keys, "orgs"), of_case(keys, "is_yearly").astype("bool")
    each = noise * np.sqrt(orgs)
    value = level[:, :, None] + each[:, None, None] * rng.normal(0, 1, shape)
    value += of_case(keys, "bias")[:, None, None] * rng.normal(0, 1, (len(keys), 1, len(ORGS)))
    told = np.array([np.isin(np.arange(QUARTERS), CASES[name].quarters) for name in keys["case"]])
    told &= rng.random(told.shape) < of_case(keys, "present")[:, None]
    told &= ~yearly[:, None] | (np.arange(QUARTERS) % YEAR == 0)
    series, quarter, org = np.nonzero(told[:, :, None] & (np.arange(len(ORGS)) < orgs[:, None, None]))
    number, last = FIRST + quarter, FIRST + quarter + np.where(yearly[series], YEAR - 1, 0)
    rows = keys.iloc[series].reset_index(drop=True).assign(
        value=value[series, quarter, org],
        standard_error=np.where(of_case(keys, "is_stated")[series], each[series], np.nan),
        period=[PERIODS[n] for n in quarter],
        period_start=first_days(pd.Series(number)), period_end=last_days(pd.Series(last)),
        org_id=[ORGS[n] for n in org], fact_id=np.arange(len(series)).astype("str"),
        reliability="A", credibility="1", source_id="returns", submission_id="s1",
        recorded_from=pd.Timestamp("2026-07-20"), classification="OFFICIAL",
    ).rename(columns={"node": "indicator_id"})  # fmt: skip
    return conform_types(rows, Observation).assign(programme=rows["programme"])


def scored(rows: pd.DataFrame) -> pd.DataFrame:
    indicators, places = definitions()
    partition, periods = ["programme"], [PERIODS[n] for n in LOOKED_AT]
    cells = merge_observations(rows, indicators, places, METHOD, periods, partition_by=partition).cells
    wanted = cells[[*partition, "place_id", "period"]].drop_duplicates()
    return score_states(cells, indicators, places, METHOD, wanted, partition)


def definitions() -> tuple[pd.DataFrame, pd.DataFrame]:
    indicators = [
        {
            "indicator_id": code, "name": code, "dimension_code": code, "unit": "percent", "direction": 1,
            "goalpost_low": 0.0, "goalpost_high": 100.0, "weight": 1.0, "level": "adm1", "frequency": "quarter",
            "roll_up": "mean", "max_age_days": 400, "merge_policy": "quality_weighted",
        }
        for code in METHOD.dimensions
    ]  # fmt: skip
    places = [{"place_id": "JO", "name": "Jordan", "level": "country"}] + [
        {"place_id": code, "name": code, "level": "adm1", "parent_id": "JO", "population": round(1000 * share)}
        for code, share in SHARES.items()
    ]
    return conform_types(pd.DataFrame(indicators), Indicator), conform_types(pd.DataFrame(places), Place)


@pytest.mark.parametrize("which", [*GROUPS, "carried"])
@pytest.mark.parametrize("level", ["governorate", "country"])
def test_nine_of_ten_intervals_hold_the_truth(which: str, level: str) -> None:
    roots = simulated()
    roots = roots[(roots["place_id"] == "JO") == (level == "country")]
    is_chosen = roots["carried_share"] > 0.3 if which == "carried" else roots["case"].isin(GROUPS[which])
    assert is_chosen.sum() >= 1800
    assert 0.88 <= roots.loc[is_chosen, "covers"].mean() <= 0.92


@pytest.mark.parametrize("case", CASES)
def test_so_they_do_in_every_case(case: str) -> None:
    chosen = simulated()[simulated()["case"] == case]
    assert len(chosen) >= 3000
    assert 0.87 <= chosen["covers"].mean() <= 0.93
