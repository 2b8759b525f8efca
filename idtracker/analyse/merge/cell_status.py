"""Cells -> their scores, whether their reports disagree, and the one observation status that follows.

Reports disagree where their range on the 0-100 scale is above the method's `disagreement_points`; of an ordinal
indicator where their values are `disagreement_steps` apart or more; under the policy `adjudicated` wherever they differ.
The status is the first that applies: B where a series breaks, U where reports disagree, all of them are doubted or none
is usable, E for an estimate, P for a provisional figure, else A; other statuses that are merged (such as F, D, I, N, V)
leave no trace. What a cell says of itself comes from the reports its value rests on (see above).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.scoring import score, score_error
from idtracker.model.method import Method

if TYPE_CHECKING:
    import ibis.expr.types as ir


def judge_cells(cells: ir.Table, method: Method) -> ir.Table:
    """The cells with score, score_error, spread, is_disagreement and obs_status."""
    differs = is_apart(
        cells, method, cells["highest"] - cells["lowest"], cells["score_spread"], cells["highest"] > cells["lowest"]
    )
    judged = with_scores(cells).mutate(
        spread=(cells["count"] > 1).ifelse(cells["score_spread"], ibis.null("float64")), is_disagreement=differs
    )
    return judged.mutate(obs_status=status_of(judged, judged["is_disagreement"] | judged["is_doubted"]))


def with_scores(cells: ir.Table) -> ir.Table:
    """The cells with `score` and `score_error` from value, standard_error and the terms of the indicator."""
    return cells.mutate(score=score(cells["value"], cells), score_error=score_error(cells["standard_error"], cells))


def is_apart(
    rows: ir.Table, method: Method, values: ir.NumericValue, scores: ir.NumericValue, differs: ir.BooleanValue
) -> ir.BooleanValue:
    """Whether a distance counts as disagreement: that of two values, that of their scores, and whether they differ at all."""
    by_scores = (scores > method.disagreement_points).fill_null(False)
    if method.merging is None:
        return by_scores
    return ibis.cases(
        (rows["policy"] == "adjudicated", differs),
        (rows["is_ordinal"], values >= method.merging.disagreement_steps),
        else_=by_scores,
    )


def status_of(cells: ir.Table, is_doubted: ir.BooleanValue) -> ir.StringValue:
    """The one status of each cell: break, doubt, estimate, provisional, normal."""
    return ibis.cases(
        (cells["has_break"], "B"),
        (is_doubted, "U"),
        (cells["has_estimate"], "E"),
        (cells["is_provisional"], "P"),
        else_="A",
    )
