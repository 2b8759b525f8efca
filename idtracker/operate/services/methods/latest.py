"""What the values of the latest published quarter do not allow a tree to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idtracker.model.composite.definition import Index
from idtracker.model.composite.reach import is_of_own_cells
from idtracker.model.errors import NotPublishedError
from idtracker.model.home import Home
from idtracker.model.method import Method

if TYPE_CHECKING:
    from idtracker.analyse.composite.findings import Finding


def findings_of_latest(home: Home, index: Index) -> tuple[Finding, ...]:
    """Findings about the leaves and nodes of the latest quarter; none where the tree does not make the published scores, or only reads cells."""
    from idtracker.publish.tracker import open_snapshot
    from idtracker.store.published_methods import published_methods

    if is_of_own_cells(index):
        return ()
    try:
        published = open_snapshot(home)
    except NotPublishedError:
        return ()
    with published as connection:
        methods = published_methods(connection)
        if _stated(methods.headline.definition) != _stated(index):
            return ()
        from idtracker.analyse.index.across.node_findings import node_findings
        from idtracker.analyse.index.tree import tree_leaves
        from idtracker.analyse.sensitivity.adapters.rounds import latest_round, read_round

        period = latest_round(connection)
        if period is None:
            return ()
        tables = read_round(connection, period)
        scored = tables.scores.loc[tables.scores["period"] == period, ["place_id", "period"]]
        wanted = scored.drop_duplicates().sort_values("place_id", ignore_index=True)
        states, _ = tree_leaves(tables.cells, tables.indicator, tables.place, index, methods.merging, wanted)
        leaves = states.leaves()
        return (*leaves.findings, *node_findings(states, leaves))


def _stated(method: Index | Method) -> str:
    return method.model_dump_json(exclude_unset=True)
