"""The claim about metrics: every one for twelve quarters and every scope, against the bare reading of the tables they go by."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from benchmarks.performance.claim import Claim, best_in_turn
from benchmarks.performance.places import Workshop
from idtracker.analyse.history.metrics import read_metrics
from idtracker.analyse.history.readings import Basis, Reading, baseline_quarter
from idtracker.analyse.metrics.known.tables import TablesAsKnown
from idtracker.analyse.metrics.registry import metrics
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.store.connection import open_store
from idtracker.store.tables import read_table

QUARTERS = 12
GOAL_S = 10.0
BOUND = 40.0
_KEY = ["metric_id", "measure", "scope", "period"]


def metrics_claims(shop: Workshop) -> Iterator[Claim]:
    """On the store of the bundled programme, in this process; where the figures are not those that the run stored, nothing is claimed."""
    _, done = shop.first_run(shop.bundled())
    catalogue = load_catalogue(done.sources)
    every = list(metrics().values())
    with open_store(Home(done.root, done.sources)) as connection:
        stored = read_table(connection, "metric_value")
        at = pd.Timestamp(stored["as_of_on"].max())
        periods = tuple(sorted(stored["period"].unique())[-QUARTERS:])
        basis = Basis.of(catalogue, baseline_quarter(connection, catalogue))
        reading = Reading(at, periods, frozenset(periods), frozenset(), at)

        def whole() -> pd.DataFrame:
            rows, _ = read_metrics(connection, every, [reading], basis)
            return rows

        _check_same(whole(), stored[stored["period"].isin(periods)])
        measured, compared = best_in_turn(whole, lambda: TablesAsKnown(connection, every))
    size = f"{len(every)} metrics, {len(periods)} quarters, every scope"
    yield Claim(f"{size} / goal", measured, GOAL_S, 1)
    yield Claim(f"{size} / reading", measured, compared, BOUND)


def _check_same(found: pd.DataFrame, stored: pd.DataFrame) -> None:
    """SystemExit where what is measured here is not what the run stored."""
    both = [frame.set_index(_KEY)["value"].astype("float64").sort_index() for frame in (found, stored)]
    if not len(stored) or not both[0].equals(both[1]):
        raise SystemExit(
            f"the benchmark measures {len(found):,} figures, and the run stored {len(stored):,}, or other values"
        )
