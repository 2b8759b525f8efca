"""The account of observations where breaks and shares are declared: it agrees with the merge and shares no code with it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.merge.cells import merge_observations
from idtracker.analyse.merge.linking.declared import declared
from idtracker.model.method import load_method
from idtracker.model.periods import bounds_frame
from idtracker.model.tables import TABLES, conform_types
from idtracker.quality.reconciliation.cells import account_of, count_cells

METHOD = load_method()
QUARTERS = [f"{year}-Q{n}" for year in (2024, 2025) for n in (1, 2, 3, 4)]
FACT = {
    "indicator_id": "I",
    "org_id": "GB-GOV-1",
    "recorded_from": "2026-07-20",
    "classification": "OFFICIAL",
    "originator_org_id": "GB-GOV-1",
}
INDICATOR = {
    **{"indicator_id": "I", "name": "I", "dimension_code": "BSF4", "unit": "%", "direction": 1, "goalpost_low": 0.0},
    **{"goalpost_high": 100.0, "weight": 1.0, "level": "adm1", "frequency": "year", "roll_up": "mean"},
    **{"max_age_days": 90, "merge_policy": "median"},
}
PLACES = [
    {"place_id": "JO", "name": "J", "level": "country"},
    {"place_id": "JO-O", "name": "O", "level": "adm1", "parent_id": "JO", "population": 5},
    {"place_id": "JO-N", "name": "N", "level": "adm1", "parent_id": "JO", "population": 5},
]
SHARES = [
    {"from_place_id": "JO-O", "to_place_id": "JO-N", "valid_from": "2025-01-01", "share": 1.0, "share_error": 3.0}
]
CODES = [{"break_id": "B1", "old_value": float(v), "new_value": v + 1.0} for v in (2, 4, 6)]
reports = st.lists(
    st.fixed_dictionaries(
        {
            "period": st.sampled_from([*QUARTERS, "2024", "2025", "2024-H2", "2024-05", "2024-10/P1Y"]),
            "value": st.integers(0, 4).map(float),
            "source_id": st.sampled_from(["one", "two"]),
            "place_id": st.sampled_from(["JO-O", "JO-N"]),
            "recorded_from": st.sampled_from(["2026-07-20", "2026-09-01"]),
        }
    ),
    min_size=1,
    max_size=15,
)


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return conform_types(pd.DataFrame(rows), TABLES[name])


def breaks(days: tuple[str, str, str], source: str | None) -> pd.DataFrame:
    common = {"indicator_id": "I", "kind": "base", "reason": "r", "crosswalk_error": 1.0}
    return table(
        "series_break",
        [
            common | {"break_id": "B0", "valid_from": days[0], "crosswalk": "linear", "factor": 2.0},
            common
            | {"break_id": "B1", "valid_from": days[1], "crosswalk": "codes", "source_id": source, "restated_on": "2026-08-01"},
            common | {"break_id": "B2", "valid_from": days[2], "crosswalk": "none", "crosswalk_error": None},
        ],
    )  # fmt: skip


days = st.permutations(["2024-04-01", "2024-07-01", "2025-04-01"]).map(tuple)


@settings(max_examples=12, derandomize=True, phases=[Phase.generate])
@given(rows=reports, days=days, source=st.sampled_from([None, "one"]), is_computed=st.booleans())
def test_every_observation_has_the_fate_that_the_merge_gave_it(
    rows: list[dict[str, Any]], days: tuple[str, str, str], source: str | None, is_computed: bool
) -> None:
    frame = pd.DataFrame([{**FACT, "fact_id": f"f{n}", "submission_id": f"s{n}", **row} for n, row in enumerate(rows)])
    bounds = bounds_frame(frame["period"].astype("str"))
    observation = conform_types(
        frame.assign(period_start=bounds["start"], period_end=bounds["end"]), TABLES["observation"]
    )
    indicator = table("indicator", [INDICATOR | ({"derived_from": "event:count"} if is_computed else {})])
    place, stated = table("place", PLACES), breaks(days, source)
    codes, shares = table("code_crosswalk", CODES), table("place_share", [SHARES[0] | {"source": "s"}])
    links = declared({"series_break": stated, "code_crosswalk": codes, "place_share": shares, "place": place})
    cells = merge_observations(observation, indicator, place, METHOD, QUARTERS, links=links).cells
    counted = count_cells([observation], cells, indicator, QUARTERS, METHOD, (stated, codes, shares))
    rows_in = {str(s): int(n) for s, n in observation.groupby("source_id").size().items()}
    account = account_of(counted.fates, rows_in, counted.failing)
    assert account.is_whole, account.failing
