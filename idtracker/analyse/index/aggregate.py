"""Children of a node -> the node's score: weights, coverage, means and their errors. One function serves every level.

With weights w rescaled over the children that are present (they add up to 1) and standard errors s:
  arithmetic = sum(w·x)               error = sqrt(sum(w²·s²)), as if children erred independently
  geometric  = exp(sum(w·ln x))       error = geometric·sqrt(sum((w·s/x)²))   (delta method)
The geometric mean takes a score below the method's floor as the floor: one 0 would otherwise make everything 0.
A child without an error adds nothing to the error (there is none under a method with `uncertainty`). error_coverage,
error_estimated and error_assumed say how much of the weight has an error that is stated, estimated or assumed.
A node below the coverage rule has no score, error, shares of it or weights in force; completeness and carried_share stay.
Scores are rounded to 9 decimals, shares to 12; errors and bounds are not rounded.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from idtracker.analyse.composite.aggregation import two_level_error, two_level_mean
from idtracker.analyse.composite.stage import Numbers
from idtracker.model.method import Method
from idtracker.model.methods.aggregations import TwoLevelAggregation, compared_with

ERROR_SHARES = {"STATED": "error_coverage", "ESTIMATED": "error_estimated", "ASSUMED": "error_assumed"}
"""The share of the weight whose error rests on each basis."""
_NUMBERS = ["weight", "score", "error", *ERROR_SHARES.values(), "carried_share"]
_DECIMALS = 9  # figures equal on paper are equal here, whatever the order of their sums


def aggregate(children: pd.DataFrame, aggregation: TwoLevelAggregation, method: Method) -> pd.DataFrame:
    """One row per node, indexed by `node`: score and the same under the other aggregation, error, coverage, weights.

    `children` has one row per expected child: node (integer), child (code), weight, score (missing where absent), error,
    the shares of ERROR_SHARES and carried_share (0-1). The score is missing where the present weight is below the coverage rule.
    """
    children = children.astype(dict.fromkeys(_NUMBERS, "float64")).sort_values(["node", "child"], ignore_index=True)
    node, score = children["node"], children["score"]
    error = children["error"].where(score.notna())  # of a child that does not count, an error is none either
    present_weight = children["weight"].where(score.notna(), 0.0)
    present = _total(present_weight, node)
    completeness = (present / _total(children["weight"], node)).fillna(0.0).round(12)
    share = present_weight / node.map(present.where(present > 0))
    names = {"score": aggregation, "score_alternative": compared_with(aggregation)}
    means = {column: _mean(name, score, share, node, method) for column, name in names.items()}
    is_scored = method.is_covered(completeness)
    nodes = pd.DataFrame(
        {
            **{column: mean.clip(0, 100).round(_DECIMALS) for column, mean in means.items()},
            "error": _error(aggregation, score, share * error, means["score"], node, method),
            **{
                name: _total(share * children[name].where(error.notna(), 0.0), node).clip(0, 1)
                for name in ERROR_SHARES.values()
            },
            "effective_weights": _weights_text(children["child"], share, node),
        }
    ).where(is_scored)
    carried = _total(share * children["carried_share"], node).clip(0, 1).round(12)
    return nodes.assign(completeness=completeness, carried_share=carried, aggregation=aggregation)


def _mean(name: str, score: pd.Series, share: pd.Series, node: pd.Series, method: Method) -> pd.Series:
    """Means per node, not yet held to 0-100."""

    def mean(values: Numbers) -> Numbers:
        return np.asarray(_total(share * values, node), dtype=np.float64)

    return pd.Series(two_level_mean(name, score.to_numpy(), method.floor, mean), index=_nodes(node))


def _error(
    name: str, score: pd.Series, weighted: pd.Series, value: pd.Series, node: pd.Series, method: Method
) -> pd.Series:
    """Errors per node of means that have `value`, from the weighted errors of the children."""

    def norm(divisor: Numbers) -> Numbers:
        return np.sqrt(np.asarray(_total((weighted / divisor) ** 2, node), dtype=np.float64))

    error = two_level_error(name, score.to_numpy(), value.to_numpy(), method.floor, norm)
    return pd.Series(error, index=_nodes(node))


def _nodes(node: pd.Series) -> pd.Index:
    """Each node once; `node` is in order."""
    nodes: pd.Index = pd.Index(node.drop_duplicates(), name=node.name)
    return nodes


def _total(values: pd.Series, node: pd.Series) -> pd.Series:
    """Sum per node over what is there, in the order of the rows; missing where nothing is. `node` is in order.

    Each sum is compensated (Kahan) and looks at its own node alone. pandas sums a group in another way where a value is
    missing in any other group, so that the last digit of a score would depend on what else is worked out with it.
    """
    firsts = (
        np.flatnonzero(np.append(True, node.to_numpy()[1:] != node.to_numpy()[:-1])) if len(node) else np.empty(0, int)
    )
    sizes = np.diff(np.append(firsts, len(node)))
    number = values.to_numpy(dtype="float64")
    total, lost, count = (np.zeros(len(firsts)) for _ in range(3))
    for place in range(int(sizes.max(initial=0))):
        at = np.flatnonzero(sizes > place)
        term = number[firsts[at] + place]
        at, term = at[~np.isnan(term)], term[~np.isnan(term)]
        exact = term - lost[at]
        reached = total[at] + exact
        lost[at], total[at] = reached - total[at] - exact, reached
        count[at] += 1
    index = pd.Index(node.to_numpy()[firsts], name=node.name)
    return pd.Series(np.where(count > 0, total, np.nan), index=index)


def _weights_text(child: pd.Series, share: pd.Series, node: pd.Series) -> pd.Series:
    """`{"child": weight}` per node over the children that are present."""
    is_present = share > 0
    entries = (
        child[is_present].map(json.dumps).astype("str") + ": " + share[is_present].round(12).map(repr).astype("str")
    )
    joined = entries.groupby(node[is_present]).agg(", ".join)
    return ("{" + joined.astype("str") + "}").reindex(pd.Index(sorted(node.unique()), name="node"))
