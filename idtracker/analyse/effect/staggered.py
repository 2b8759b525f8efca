"""Effects on groups that began at different times (Callaway and Sant'Anna 2021), without covariates.

Each group is compared with units that had not begun, from the period before it began. Nothing that has begun is ever a control,
which is what two-way fixed effects get wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.effect.contrast import LEVEL, normal_quantile
from idtracker.analyse.effect.differences import FEW, Caution
from idtracker.model.errors import UsageError

Controls = Literal["never", "not_yet"]
NEVER = -1
"""What stands for the first period of a unit that never begins."""


@dataclass(frozen=True, slots=True)
class Staggered:
    """Effects by group and period, and their mean over all periods after a start, weighted by the units of each group.

    `effects` has columns group, period (places of the columns), effect, error, lower, upper, treated, controls, in the order of group
    and period; periods before a start compare two that follow each other, and should show nothing. Intervals are of one effect
    at a time and rest on many units: with fewer than FEW on a side there is the caution `few_clusters`. `left_out` counts units
    that had begun in the first period, which have no period before. `effect` is None where no group can be compared.
    """

    effects: pd.DataFrame
    effect: float | None
    error: float | None
    lower: float | None
    upper: float | None
    left_out: int
    cautions: tuple[Caution, ...]


class _Effect(NamedTuple):
    group: int
    period: int
    effect: float
    influence: npt.NDArray[np.float64]
    treated: int
    controls: int


def group_time_effects(
    outcomes: npt.NDArray[np.float64],
    first: npt.NDArray[np.intp],
    *,
    controls: Controls = "never",
    level: float = LEVEL,
) -> Staggered:
    """Effects of a balanced panel: `outcomes` (units, periods) in outcome units, `first` (units,) the column in which each began.

    `first` is NEVER where a unit does not begin. Controls are those that never begin, or those that have not begun by the
    later of the two periods compared. Errors come from influence functions, with that of the weights in the mean. It rests on
    parallel trends and on no effect before the start. UsageError for shapes that do not fit, a value that is missing, or a
    start beyond the last period.
    """
    values, starts = _checked(outcomes, first)
    kept = starts != 0
    values, starts = values[kept], starts[kept]
    found = [e for group in sorted({*starts.tolist()} - {NEVER}) for e in _of_group(values, starts, group, controls)]
    z = normal_quantile(level)
    after = [e for e in found if e.period >= e.group]
    effect, error = _mean(after, starts) if after else (None, None)
    few = any(min(e.treated, e.controls) < FEW for e in after)
    half = None if error is None else z * error
    return Staggered(
        _frame(found, z),
        effect,
        error,
        None if effect is None or half is None else effect - half,
        None if effect is None or half is None else effect + half,
        int((~kept).sum()),
        ("few_clusters",) if few else (),
    )


def _checked(
    outcomes: npt.NDArray[np.float64], first: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    values, starts = np.asarray(outcomes, float), np.asarray(first, dtype=np.intp)
    if values.ndim != 2 or starts.shape != values.shape[:1]:
        raise UsageError(
            f"outcomes by unit and period and one start per unit are needed, not {values.shape}, {starts.shape}."
        )
    if not np.isfinite(values).all():
        raise UsageError("an outcome is missing or infinite: a balanced panel is needed.")
    if (starts < NEVER).any() or (starts >= values.shape[1]).any():
        raise UsageError(f"a start lies outside the {values.shape[1]} periods; use {NEVER} for units that never begin.")
    return values, starts


def _of_group(
    values: npt.NDArray[np.float64], starts: npt.NDArray[np.intp], group: int, controls: Controls
) -> Iterator[_Effect]:
    """The effects on one group in every period but the first, from influence functions of shape (units,)."""
    is_treated = starts == group
    for period in range(1, values.shape[1]):
        base = group - 1 if period >= group else period - 1
        is_control = starts == NEVER
        if controls == "not_yet":
            is_control |= starts > max(period, base)
            is_control &= ~is_treated
        if not is_control.any():
            continue
        change = values[:, period] - values[:, base]
        at_treated, at_controls = float(change[is_treated].mean()), float(change[is_control].mean())
        influence = is_treated * (change - at_treated) / is_treated.mean()
        influence = influence - is_control * (change - at_controls) / is_control.mean()
        yield _Effect(group, period, at_treated - at_controls, influence, int(is_treated.sum()), int(is_control.sum()))


def _mean(after: list[_Effect], starts: npt.NDArray[np.intp]) -> tuple[float, float]:
    """The mean weighted by the share of units in each group, and its error with that of the shares."""
    member = np.array([starts == e.group for e in after], dtype=float)
    share, effect = member.mean(axis=1), np.array([e.effect for e in after])
    total = share.sum()
    mean = float(share @ effect / total)
    of_effects = (share / total) @ np.array([e.influence for e in after])
    of_shares = (effect - mean) / total @ (member - share[:, None])
    return mean, _error(of_effects + of_shares)


def _error(influence: npt.NDArray[np.float64]) -> float:
    return sqrt(float((influence**2).mean()) / len(influence))


def _frame(found: list[_Effect], z: float) -> pd.DataFrame:
    rows = [
        (
            e.group,
            e.period,
            e.effect,
            s := _error(e.influence),
            e.effect - z * s,
            e.effect + z * s,
            e.treated,
            e.controls,
        )
        for e in found
    ]
    columns = ["group", "period", "effect", "error", "lower", "upper", "treated", "controls"]
    whole, real = ("group", "period", "treated", "controls"), ("effect", "error", "lower", "upper")
    types = dict.fromkeys(whole, "int64") | dict.fromkeys(real, "float64")
    return pd.DataFrame(rows, columns=columns).astype(types)
