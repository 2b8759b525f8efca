"""Changes of the figures of networks between two quarters, each divided among its causes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.network.sides import FORMULAS, as_published, as_read_on, quarters_read
from idtracker.analyse.metrics.network.split import CAUSES, Change, split
from idtracker.analyse.metrics.quarter import Quarter

TOLERANCE = 1e-9
APPEARED, WITHHELD = "APPEARED", "WITHHELD"
Published = Callable[[str, str, Quarter], float | None]
"""The published value of a metric's measure in a quarter."""


class ChangePart(NamedTuple):
    """What one cause added to a figure between two quarters; nothing where there is no difference in numbers."""

    metric_id: str
    measure: str
    since_period: str
    period: str
    cause: str
    contribution: float | None
    value_before: float | None
    value_after: float | None


def change_between(inputs: Inputs, since: Quarter, quarter: Quarter, metric_id: str) -> Change:
    """Both sides of a metric's change; organisations of one day are those of the end of the later quarter."""
    before, after = (quarters_read(metric_id, q) for q in (since, quarter))

    def make() -> Change:
        day = min(max(since.end, quarter.end), inputs.as_of.normalize())
        first, last = as_published(inputs, before), as_published(inputs, after)
        return Change(first, as_read_on(inputs, before, day), as_read_on(inputs, after, day), last)

    return inputs.remember(("network_change", since, quarter, len(before)), make)


def parts_of(
    inputs: Inputs, since: Quarter, quarter: Quarter, metric_id: str, published: Published
) -> list[ChangePart]:
    """The parts of every measure of a metric; of one that is withheld on one side a part that says so, on both none.

    ValueError where the parts do not add up to what is published.
    """
    formulas = {name: formula for name, formula in FORMULAS.items() if name[0] == metric_id}
    values = {name: (published(*name, since), published(*name, quarter)) for name in formulas}
    divided = split(
        change_between(inputs, since, quarter, metric_id),
        {name: formula for name, formula in formulas.items() if None not in values[name]},
    )
    rows = []
    for name, (before, after) in values.items():
        about = *name, since.code, quarter.code
        if before is not None and after is not None:
            added = divided.get(name, {})
            if abs(sum(added.values()) - (after - before)) > TOLERANCE:
                raise ValueError(f"{name}, {since.code} to {quarter.code}: the parts do not add up to the difference.")
            rows += [ChangePart(*about, cause, added[cause], before, after) for cause in CAUSES]
        elif before is not None or after is not None:
            rows.append(ChangePart(*about, WITHHELD if after is None else APPEARED, None, before, after))
    return rows
