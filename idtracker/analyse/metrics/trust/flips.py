"""Classes of trends: which said something first, and what they say now."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import groups_of
from idtracker.analyse.metrics.quarter import Quarter

TREND_COLUMNS = ["place_id", "node_code", "period", "trend_class"]
SILENT = "INSUFFICIENT_DATA"
SIGNS = {"STRONG_IMPROVEMENT": 1, "IMPROVEMENT": 1, "DETERIORATION": -1, "STRONG_DETERIORATION": -1}


class Message(NamedTuple):
    """A place and node with the first class of its trend in a quarter that said something, and what is said now, if anything."""

    place: str
    node: str
    first: str
    now: str | None

    @property
    def unit(self) -> str:
        return f"{self.place} {self.node}"

    @property
    def has_changed(self) -> bool:
        return self.now != self.first

    @property
    def is_reversed(self) -> bool:
        return SIGNS.get(self.first, 0) * SIGNS.get(self.now or "", 0) < 0


def messages(inputs: Inputs, quarter: Quarter) -> list[Message]:
    """Every trend of a quarter that ever said something by the day of knowledge, in order."""

    def make() -> list[Message]:
        rows = _known(inputs, quarter)
        first: dict[tuple[str, str], str] = {}
        now: dict[tuple[str, str], str] = {}
        at = inputs.as_of
        for place, node, class_, ends in zip(
            *(rows[c] for c in ("place_id", "node_code", "trend_class", "ends")), strict=True
        ):
            if class_ != SILENT:
                first.setdefault((place, node), class_)
            if not ends <= at:
                now[place, node] = class_
        return [Message(*key, class_, now.get(key)) for key, class_ in sorted(first.items())]

    return inputs.remember_for_both(("messages", quarter), make)


def trend_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The versions behind the trends of a quarter, with place and node as their `unit`."""
    rows = _known(inputs, quarter)
    return rows.assign(unit=rows["place_id"] + " " + rows["node_code"])


def _known(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The versions of a quarter's trends that were known by the day of knowledge, oldest first."""
    frame = inputs.versions("trend")

    def make() -> dict[str, pd.DataFrame]:
        rows = frame.sort_values(["period", "begins", "place_id", "node_code"], ignore_index=True)
        return {period: rows.iloc[places] for period, places in groups_of(rows["period"])}

    rows = inputs.remember_while(("trends",), [frame], make).get(quarter.code, frame.iloc[:0])
    return rows[(rows["begins"].to_numpy() <= np.datetime64(inputs.as_of))]
