"""In simulation with planted truth the 90 % interval of the whole covers the true score in 88 to 92 of 100 programmes.

Every programme has an indicator for each dimension in each of three governorates. Each of these series has its own level, walk,
trend and noise: what is true is known. All are merged and scored at once; country and governorates are counted apart.
"""

from __future__ import annotations

import functools
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
FIRST, QUARTERS, SEEN = 2020 * 4, 24, 12
"""The first quarter, how many there are, and the first in which intervals are held against the truth."""
PERIODS = [f"{(FIRST + n) // 4}-Q{(FIRST + n) % 4 + 1}" for n in range(QUARTERS)]
PROGRAMMES = {"stated": 60, "history": 60, "carried": 60, "assumed": 120}
"""How many there are of each case; those of `assumed` report in every other quarter and carry that into the next."""
CASES = [*PROGRAMMES, "assumed and carried"]


@functools.cache
def simulated() -> pd.DataFrame:
    """Scores of the whole with `truth`, `case` and whether the interval `covers` it."""
    rng = np.random.default_rng(13)
    number = [(case, n) for case, count in PROGRAMMES.items() for n in range(count)]
    keys = pd.DataFrame(number, columns=["case", "programme"])
    keys = keys.merge(pd.Series(list(SHARES), name="place_id"), how="cross")
    keys = keys.merge(pd.Series([*METHOD.dimensions], name="node"), how="cross")
    plain = (keys["case"] == "assumed").to_numpy()
    level, noise = planted(rng, plain)
    value = level + rng.normal(0, 1, level.shape) * noise[:, None]
    truth = true_scores(keys, level)
    rows = reports(rng, keys, value, noise)
    scores = scored(rows)
    roots = scores[(scores["node_code"] == METHOD.root) & scores["score"].notna()]
    roots = roots.merge(truth, on=["case", "programme", "place_id", "period"])
    is_older = (roots["case"] == "assumed") & (roots["carried_share"] > 0)
    return roots.assign(
        case=roots["case"].mask(is_older, CASES[-1]),
        covers=(roots["low"] <= roots["truth"]) & (roots["truth"] <= roots["high"]),
    )


def planted(rng: np.random.Generator, plain: Any) -> tuple[Any, Any]:
    """Levels by series and quarter, and the noise of each series; `plain` ones as the method assumes them."""
    assert METHOD.uncertainty is not None
    assumed, count = METHOD.uncertainty.assumed, len(plain)
    noise = np.where(plain, assumed.percent, rng.uniform(2, 6, count))
    step = np.where(plain, assumed.drift, rng.uniform(0.5, 2, count))
    trend = np.where(plain, 0.0, rng.normal(0, 0.3, count))
    steps = trend[:, None] + step[:, None] * rng.normal(0, 1, (count, QUARTERS))
    return rng.uniform(40, 60, count)[:, None] + np.cumsum(steps, axis=1), noise


def true_scores(keys: pd.DataFrame, level: Any) -> pd.DataFrame:
    """The score that the true levels have: geometric mean of the dimensions, each of one indicator."""
    parts = keys.loc[keys.index.repeat(QUARTERS)].assign(
        period=PERIODS * len(keys),
        level=level.clip(METHOD.floor, 100).ravel(),
        share=lambda f: f["place_id"].map(SHARES),
    )
    by = ["case", "programme", "node", "period"]
    nation = (parts["share"] * parts["level"]).groupby([parts[c] for c in by]).sum().rename("level").reset_index()
    every = pd.concat([parts, nation.assign(place_id="JO")])
    means = np.log(every["level"]).groupby([every[c] for c in ("case", "programme", "place_id", "period")]).mean()
    return np.exp(means).rename("truth").reset_index()


def reports(rng: np.random.Generator, keys: pd.DataFrame, value: Any, noise: Any) -> pd.DataFrame:
    """What is reported of it: the quarters looked at; all; all with gaps; or fewer than make a history."""
    rows = keys.loc[keys.index.repeat(QUARTERS)].assign(quarter=np.tile(np.arange(QUARTERS), len(keys)))
    rows = rows.assign(value=value.ravel(), noise=np.repeat(noise, QUARTERS), dice=rng.random(len(rows)))
    case, quarter = rows["case"], rows["quarter"]
    rows["standard_error"] = rows["noise"].where(case == "stated")
    is_there = ((case == "stated") & (quarter >= SEEN)) | (case == "history")
    is_there |= (case == "carried") & (rows["dice"] > 0.3)
    is_there |= (case == "assumed") & quarter.isin(range(SEEN, SEEN + 10, 2))
    rows = rows[is_there]
    number = rows["quarter"] + FIRST
    frame = rows.assign(
        indicator_id=rows["node"], period=[PERIODS[n] for n in rows["quarter"]], period_start=first_days(number),
        period_end=last_days(number), org_id="GB-GOV-1", reliability="A", credibility="1", fact_id=rows.index.astype("str"),
        source_id="returns", submission_id="s1", recorded_from=pd.Timestamp("2026-07-20"), classification="OFFICIAL",
    )  # fmt: skip
    kept = conform_types(frame, Observation)
    return kept.assign(case=frame["case"].to_numpy(), programme=frame["programme"].to_numpy())


def scored(rows: pd.DataFrame) -> pd.DataFrame:
    indicators, places = definitions()
    partition = ["case", "programme"]
    cells = merge_observations(rows, indicators, places, METHOD, PERIODS[SEEN:], partition_by=partition).cells
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


@pytest.mark.parametrize("level", ["governorate", "country"])
@pytest.mark.parametrize("case", CASES)
def test_nine_of_ten_intervals_hold_the_truth(case: str, level: str) -> None:
    roots = simulated()
    chosen = roots[(roots["case"] == case) & (roots["place_id"].eq("JO") == (level == "country"))]
    assert len(chosen) >= 600
    assert 0.88 <= chosen["covers"].mean() <= 0.92
