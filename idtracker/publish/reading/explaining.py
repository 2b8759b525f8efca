"""Explanations of the figures of a publication, as typed trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from idtracker.model.instants import naive_utc
from idtracker.publish.reading.publication import Publication

if TYPE_CHECKING:
    from idtracker.model.messages import Lang
    from idtracker.publish.reading.explanation import Explanation


class Explaining:
    """What explains figures: a publication, and a connection over it as it is or as it was known at an instant."""

    def __init__(
        self, publication: Publication, connection: duckdb.DuckDBPyConnection, at: pd.Timestamp | None
    ) -> None:
        self.publication, self._connection, self._at = publication, connection, at

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection itself, which can read the publication and do nothing else."""
        return self._connection

    @property
    def known_at(self) -> pd.Timestamp:
        """The instant (UTC) whose knowledge this is. UsageError for a database without the manifest that says it."""
        return self.publication.as_of if self._at is None else naive_utc(self._at)

    def explain_score(
        self,
        place: str,
        period: str,
        node: str | None = None,
        limit: int | None = None,
        since: str | None = None,
        lang: str = "en",
    ) -> Explanation:
        """What a score is made of, down to the rows of files: a tree of `what`, `value` and `because`, in points of 0-100.

        With `since`, a quarter, a date or instant of knowledge, or the name of a kept publication: why it moved since then.
        UsageError for a place, quarter or node that has no score.
        """
        from idtracker.explain.trees import score_tree
        from idtracker.publish.changes import score_change_tree
        from idtracker.publish.reading.explanation import Explanation

        if since is None:
            return Explanation.model_validate(score_tree(self._connection, place, period, node, limit))
        other = self.publication.sibling(since)
        tree = score_change_tree(self._connection, other, place, period, since, node, lang, limit)
        return Explanation.model_validate(tree)

    def explain_cell(self, indicator: str, place: str, period: str, limit: int | None = None) -> Explanation:
        """The reports behind one merged cell, in the unit of the indicator. UsageError where there is no such cell."""
        from idtracker.explain.trees import cell_tree
        from idtracker.publish.reading.explanation import Explanation

        return Explanation.model_validate(cell_tree(self._connection, indicator, place, period, limit))

    def explain_metric(
        self,
        metric_id: str,
        period: str | None = None,
        scope: str = "programme",
        limit: int | None = 100,
        since: str | None = None,
        lang: Lang = "en",
    ) -> Explanation:
        """Numerator, denominator and the rows behind a metric in a quarter (the last one unless named), in its own unit.

        With `since`, a quarter: why a network metric differs from then. UsageError for an unknown metric, quarter or scope.
        """
        from idtracker.publish.reading.explanation import Explanation
        from idtracker.publish.reading.metric_trees import metric_change_tree, metric_tree

        at, baseline = self.known_at, self.publication.baseline
        if since is not None:
            tree = metric_change_tree(self._connection, at, metric_id, since, period, lang, limit)
        else:
            tree = metric_tree(self._connection, at, baseline, metric_id, scope, period, limit, lang)
        return Explanation.model_validate(tree)
