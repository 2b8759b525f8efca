"""The tables `scenario` and `calibration` as they are known at one instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from idtracker.analyse.judgement.assessments import QUANTITY, Assessment
from idtracker.analyse.judgement.calibration import ALL, Forecast, bucket_of, calibration_of, hit_rate
from idtracker.analyse.judgement.outcomes import Decision, Outcome, outcomes_at
from idtracker.analyse.judgement.pooling import Dividend, pooled
from idtracker.analyse.judgement.pools import (
    Pool,
    agreement,
    before,
    dividend,
    is_forecast,
    known_at,
    pools_of,
    range_of,
    series_of,
    weighted,
)
from idtracker.ingest.resolve.yardstick import SCHEMES
from idtracker.model.marking import HIGHEST, united
from idtracker.model.periods import period

CROWD = "CROWD"
_CONFIDENCE = ("LOW", "MODERATE", "HIGH")
Rows = list[dict[str, object]]


def judgement_tables(every: Sequence[Assessment], decisions: Sequence[Decision], at: pd.Timestamp) -> dict[str, Rows]:
    """Rows of both tables at an instant. `every` holds all vintages of the judgements."""
    outcomes, pools = outcomes_at(every, decisions, at), pools_of(known_at(every, at))
    series: dict[tuple[object, ...], list[Pool]] = {}
    for pool in pools:
        series.setdefault(series_of(pool), []).append(pool)
    scenario = [_scenario(pool, series[series_of(pool)], pools, outcomes) for pool in pools]
    return {"scenario": scenario, "calibration": list(_calibrations(pools, outcomes))}


def _scenario(
    pool: Pool, of_series: Sequence[Pool], pools: Sequence[Pool], outcomes: dict[str, Outcome]
) -> dict[str, object]:
    about, bounds = pool.about, period(pool.period)
    outcome, gain = outcomes.get(pool.question_id), dividend(pool, outcomes.get(pool.question_id))
    return {
        "question_id": pool.question_id,
        "scenario_id": about.question.scenario_id,
        "scenario": about.scenario,
        "place_id": about.question.place_id,
        "period": pool.period,
        "period_start": bounds.start,
        "period_end": bounds.end,
        "horizon_on": about.question.horizon_on,
        "scheme": pool.scheme,
        "unit": about.question.unit,
        **_pooled(pool, of_series),
        **_weighted(pool, pools, outcomes),
        "ancr": min((v.ancr for v in pool.voices if v.ancr in _CONFIDENCE), key=_CONFIDENCE.index, default=None),
        "warning_indicators": ";".join(sorted({code for one in pool.every for code in one.indicators})) or None,
        "resolution_basis": outcome.basis if outcome else None,
        "resolved_on": outcome.resolved_on if outcome else None,
        "outcome": outcome.value if outcome else None,
        "crowd_error": gain.crowd if gain else None,
        "individual_error": gain.individual if gain else None,
        "diversity": gain.diversity if gain else None,
        **(united(one.marking for one in pool.every) or HIGHEST).columns,
    }


def _pooled(pool: Pool, of_series: Sequence[Pool]) -> dict[str, object]:
    estimates, bounds, last = pool.estimates, range_of(pool), before(pool, of_series)
    ends = [end for voice in pool.voices for end in voice.ends]
    estimate = pooled(estimates) if estimates else None
    return {
        "estimate": estimate,
        "low": bounds[0] if bounds else None,
        "high": bounds[1] if bounds else None,
        "lowest": min(ends, default=None),
        "highest": max(ends, default=None),
        "assessor_count": len(pool.voices),
        "org_ids": ";".join(one.assessor for one in pool.voices) or None,
        "derived_count": sum(one.is_derived for one in pool.voices),
        "left_out_count": pool.left_out,
        "spread": max(estimates) - min(estimates) if len(estimates) > 1 else None,
        "change": None if last is None or estimate is None else estimate - pooled(last.estimates),
        "agreement": agreement(pool, of_series),
    }


def _weighted(pool: Pool, pools: Sequence[Pool], outcomes: dict[str, Outcome]) -> dict[str, object]:
    by_record = weighted(pool, pools, outcomes)
    if by_record is None:
        return {"estimate_weighted": None, "weights": None, "past_count": None}
    kind = "EQUAL" if by_record.is_equal else "PERFORMANCE"
    return {"estimate_weighted": by_record.estimate, "weights": kind, "past_count": by_record.past_count}


def _calibrations(pools: Sequence[Pool], outcomes: dict[str, Outcome]) -> Iterator[dict[str, object]]:
    """A row for each assessor, scheme and horizon with a resolved question, for all of them, and for their pools."""
    resolved = [(pool, outcomes[pool.question_id]) for pool in pools if pool.question_id in outcomes]
    groups: dict[tuple[str, str, str], list[tuple[Pool, Assessment]]] = {}
    crowds: dict[tuple[str, str], list[Pool]] = {}
    for pool, outcome in resolved:
        for one in pool.voices if outcome.value is not None else ():
            for key in _keys_of(one) if is_forecast(one, outcome) else ():
                groups.setdefault(key, []).append((pool, one))
        if len(pool.voices) > 1 and dividend(pool, outcome) is not None:
            for horizon in (ALL, bucket_of(pool.made_on, pool.about.question.horizon_on)):
                crowds.setdefault((pool.scheme, horizon), []).append(pool)
    for key in sorted(groups):
        yield _of_assessor(key, groups[key], outcomes)
    for scheme, horizon in sorted(crowds):
        yield _of_crowd(scheme, horizon, crowds[scheme, horizon], outcomes)


def _keys_of(one: Assessment) -> list[tuple[str, str, str]]:
    horizons = (ALL, bucket_of(one.made_on, one.question.horizon_on))
    return [(who, one.scheme, horizon) for who in (ALL, one.assessor) for horizon in horizons]


def _of_assessor(
    key: tuple[str, str, str], said: Sequence[tuple[Pool, Assessment]], outcomes: dict[str, Outcome]
) -> dict[str, object]:
    scored = [(one, outcomes[one.question_id].value) for _, one in said]
    forecasts = [
        Forecast(one.question_id, one.estimate / 100, value / 100, term_of(one.scheme, one.estimate))
        for one, value in scored
        if one.scheme != QUANTITY and one.estimate is not None and value is not None
    ]
    hits: dict[str, list[float]] = {}
    for one, value in scored:
        if one.scheme == QUANTITY and one.interval is not None and value is not None:
            hits.setdefault(one.question_id, []).append(float(one.interval[0] <= value <= one.interval[1]))
    return _row(key, [pool for pool, _ in said], forecasts, hits) | _marking(one for _, one in said)


def _of_crowd(scheme: str, horizon: str, pools: Sequence[Pool], outcomes: dict[str, Outcome]) -> dict[str, object]:
    forecasts: list[Forecast] = []
    hits: dict[str, list[float]] = {}
    gains: list[Dividend] = []
    for pool in pools:
        outcome, estimate, bounds = outcomes[pool.question_id].value, pooled(pool.estimates), range_of(pool)
        gain = dividend(pool, outcomes[pool.question_id])
        if outcome is None or gain is None:
            continue
        gains.append(gain)
        if scheme != QUANTITY:
            forecasts.append(Forecast(pool.question_id, estimate / 100, outcome / 100, term_of(scheme, estimate)))
        elif bounds is not None:
            hits.setdefault(pool.question_id, []).append(float(bounds[0] <= outcome <= bounds[1]))
    row = _row((CROWD, scheme, horizon), pools, forecasts, hits)
    if scheme != QUANTITY:  # quantities have units of their own: their errors cannot be averaged
        row |= {
            "crowd_error": pooled([gain.crowd for gain in gains]),
            "individual_error": pooled([gain.individual for gain in gains]),
            "diversity": pooled([gain.diversity for gain in gains]),
        }
    return row | _marking(one for pool in pools for one in pool.voices)


def _row(
    key: tuple[str, str, str], pools: Sequence[Pool], forecasts: Sequence[Forecast], hits: dict[str, list[float]]
) -> dict[str, object]:
    score = calibration_of(forecasts)
    held = hit_rate([pooled(of) for _, of in sorted(hits.items())])
    parts = ("reliability", "resolution", "uncertainty", "within_terms")
    return {
        **dict(zip(("assessor", "scheme", "horizon"), key, strict=True)),
        "question_count": len({pool.question_id for pool in pools}),
        "judgement_count": len(pools),
        "brier": score.brier if score else None,
        "brier_low": score.low if score else None,
        "brier_high": score.high if score else None,
        **{name: getattr(score, name) if score else None for name in parts},
        "range_count": len(hits),
        **dict(zip(("hit_rate", "hit_low", "hit_high"), held or (None, None, None), strict=True)),
        "crowd_error": None,
        "individual_error": None,
        "diversity": None,
    }


def _marking(said: Iterable[Assessment]) -> dict[str, str | None]:
    return (united(one.marking for one in said) or HIGHEST).columns


def term_of(scheme: str, likelihood_pct: float) -> str:
    """The term of a scheme that a likelihood falls into or lies nearest to, to group scores by; no statement is changed."""
    bands = SCHEMES[scheme]
    holding = [band for band in bands if band.holds(likelihood_pct)]
    return (holding or [min(bands, key=lambda b: (b.distance(likelihood_pct), abs(b.midpoint - 50)))])[0].code
