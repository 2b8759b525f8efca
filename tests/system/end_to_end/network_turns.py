"""The table `network_change` derived in turns, as a home does to which files come day by day."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from idtracker.analyse.history.metrics import derive_metrics
from idtracker.analyse.history.network_changes import TABLE, derive_network_changes
from idtracker.analyse.history.readings import Basis
from idtracker.analyse.history.timeline import Timeline, timeline
from idtracker.analyse.metrics.registry import family
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.store.connection import open_store
from idtracker.store.history.change_points import ChangePoints
from idtracker.store.tables import read_table


def derived_in_turns(
    home: Home, catalogue: ProgrammeCatalogue, shares: Sequence[float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table as it is stored, and as it becomes from nothing up to some shares of the moments and then the whole."""
    with open_store(home) as connection:
        stored = read_table(connection, TABLE)
        found = connection.execute("SELECT max(moment) FROM _moment WHERE step = 'metric:network'").fetchone()
        assert found is not None
        as_of = pd.Timestamp(found[0])
        names = ", ".join(f"'{metric.id}'" for metric in family("network"))
        for table, where in ((TABLE, "TRUE"), *((t, f"metric_id IN ({names})") for t in _VALUES)):
            connection.execute(f"DELETE FROM {table} WHERE {where}")
        connection.execute(f"DELETE FROM _moment WHERE step IN ('metric:network', '{TABLE}')")
        whole = timeline(connection, catalogue, as_of, catalogue.methods.merging)
        moments = whole.change_points
        for share in (*shares, 1.0):
            count = int(share * len(moments.at))
            line = Timeline(ChangePoints(moments.at[:count], moments.signatures[:count]), whole.periods[:count])
            at = as_of if share == 1.0 else line.change_points.at[-1]
            derive_metrics(connection, line, at, "network", Basis.of(catalogue, None))
            derive_network_changes(connection, line, at)
        return stored, read_table(connection, TABLE)


_VALUES = ("metric_value", "metric_value_vintage")
