"""Cells, scores and trends of small frames, each as a table of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from idtracker.analyse.index.score import score_states
from idtracker.analyse.index.trend import trend_states
from idtracker.analyse.merge.cells import merge_observations
from idtracker.analyse.merge.quarters import grid
from idtracker.model.method import BUNDLED, Method, load_method
from idtracker.model.methods.chosen import Methods, Scoring
from idtracker.model.methods.published import methods_frame
from idtracker.model.tables import conform_types
from idtracker.model.tables.derived import Score, Trend


def method_frame(method: Method) -> pd.DataFrame:
    """The method alone, as the headline, in the rows of the table `method`."""
    return methods_frame(Methods(method, Scoring(method.method_version, "headline", method)))


EARLIER = load_method(BUNDLED.with_name("STAB-1.1.yml"))
"""The last method that takes the differences between reports as they are; how they count now: test_uncertainty.py."""


def merge_cells(
    observation: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    periods: list[str],
    adjudication: pd.DataFrame | None = None,
    partition_by: Sequence[str] = (),
) -> pd.DataFrame:
    """The cells of merge_observations() alone."""
    return merge_observations(observation, indicator, place, method, periods, adjudication, partition_by).cells


def score_cells(
    cells: pd.DataFrame, indicator: pd.DataFrame, place: pd.DataFrame, method: Method, periods: list[str]
) -> pd.DataFrame:
    """Score rows: every country and first-level place x quarter of `periods` x dimension and root, in that order."""
    places = place.loc[place["level"].isin(["country", "adm1"]), ["place_id"]].sort_values("place_id")
    wanted = places.merge(grid(periods)[["period"]], how="cross")
    return conform_types(score_states(cells, indicator, place, method, wanted), Score)


def trend_scores(
    score: pd.DataFrame,
    method: Method,
    cells: pd.DataFrame | None = None,
    indicator: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Trend rows, one for every row of `score`."""
    return conform_types(trend_states(score, method, cells, indicator), Trend)
