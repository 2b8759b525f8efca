"""Whether the indicators' definitions can be merged and scored, and the scores of values in frames."""

from __future__ import annotations

from typing import get_args

import pandas as pd

from idtracker.model.errors import DefinitionError
from idtracker.model.method import MergePolicy, Method

_ALLOWED: dict[str, tuple[int, ...] | tuple[str, ...]] = {
    "direction": (1, -1),
    "roll_up": ("mean", "sum", "last"),
    "level": ("adm1", "country", "both"),
    "frequency": ("month", "quarter", "half_year", "year"),
}
_SCALES = ("continuous", "ordinal")
_AVERAGING = ("quality_weighted", "unobserved_components")
_LATER = ("unobserved_components", "adjudicated")


def check_indicators(indicator: pd.DataFrame, method: Method) -> pd.DataFrame:
    """The indicators as they are, one row each; DefinitionError names every one that cannot be merged or scored."""
    faults = {
        "the identifier is used twice, keep one row": indicator["indicator_id"].duplicated(),
        **_scoring_faults(indicator, method),
        **_merging_faults(indicator, method),
    }
    for name, values in _ALLOWED.items():
        faults[f"`{name}` must be one of {', '.join(map(str, values))}"] = ~indicator[name].isin(values)
    problems = [
        f"indicator {identifier}: {fault}"
        for fault, is_wrong in faults.items()
        for identifier in sorted(indicator.loc[is_wrong.to_numpy(dtype=bool), "indicator_id"].unique())
    ]
    if problems:
        raise DefinitionError(problems)
    return indicator


def _scoring_faults(indicator: pd.DataFrame, method: Method) -> dict[str, pd.Series]:
    """What is wrong with dimension and goalposts, by indicator."""
    dimensions = ", ".join(method.dimensions)
    is_scored = indicator["dimension_code"].notna()
    has_goalposts = indicator["goalpost_low"].notna() & indicator["goalpost_high"].notna()
    return {
        f"`dimension_code` is none of {dimensions} of method {method.method_version}: correct it or leave it empty": (
            is_scored & ~indicator["dimension_code"].isin(list(method.dimensions))
        ),
        "a scored indicator needs two different goalposts, fill `goalpost_low` and `goalpost_high`": (
            is_scored & ~(has_goalposts & indicator["goalpost_low"].ne(indicator["goalpost_high"]))
        ),
    }


def _merging_faults(indicator: pd.DataFrame, method: Method) -> dict[str, pd.Series]:
    """What is wrong with merge policy and scale, by indicator."""
    policy, scale = indicator["merge_policy"], indicator["scale"]
    is_ordinal = scale == "ordinal"
    faults = {
        f"`merge_policy` must be one of {', '.join(get_args(MergePolicy))}, or empty for the method's own": (
            policy.notna() & ~policy.isin(get_args(MergePolicy))
        ),
        "`scale` must be one of continuous, ordinal, or empty for continuous": scale.notna() & ~scale.isin(_SCALES),
        "an ordinal indicator is not averaged: `merge_policy` must be median, priority or adjudicated, or empty for median": (
            is_ordinal & policy.isin(_AVERAGING)
        ),
    }
    if method.merging is None:
        faults[f"method {method.method_version} has no section `merging`, which `scale` or `merge_policy` needs"] = (
            is_ordinal | policy.isin(_LATER)
        )
    return faults


def calibrates(indicator: pd.DataFrame, method: Method) -> bool:
    """Whether any indicator asks for the policy unobserved_components, by itself or through the method's default."""
    policy = indicator["merge_policy"].fillna(method.merge_policy)
    return bool((policy == "unobserved_components").any())


def scale(value: pd.Series, low: pd.Series, high: pd.Series, direction: pd.Series) -> pd.Series:
    """The scores of a frame's values, as scoring.score() gives them; missing without two different goalposts."""
    bottom, top = _ends(low, high)
    share = ((value - bottom) / (top - bottom)).clip(0, 1)
    return 100 * share.where(direction.astype("float64") > 0, 1 - share)


def _ends(low: pd.Series, high: pd.Series) -> tuple[pd.Series, pd.Series]:
    both = pd.DataFrame({"low": low, "high": high}).astype("float64")
    bottom, top = both.min(axis=1, skipna=False), both.max(axis=1, skipna=False)
    return bottom, top.where(top > bottom)
