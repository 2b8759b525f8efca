"""A node's own way onto the scale: its aggregated value is transformed and normalised before its parent reads it.

As in index files, stated ends are in the unit of the transformed value. A value that the transformation is not defined for lies at
the end of the scale, as that of a leaf does.
"""

from __future__ import annotations

import numpy as np

from idtracker.analyse.composite.outliers import transform
from idtracker.analyse.composite.stage import Numbers
from idtracker.analyse.index.leaf_rules import by_stated_ends, with_ends_of_domain, without_ends
from idtracker.model.composite.reach import has_own_scale, rules_of_node
from idtracker.model.composite.tree import TreeNode


def changed_by(node: TreeNode, raw: Numbers) -> Numbers:
    """Aggregated values after the node's transformation; infinite where it is not defined for a value that lies beyond."""
    rule = node.rules.transform
    if rule is None:
        return raw
    with np.errstate(all="ignore"):
        found = transform(rule)(raw)
    return with_ends_of_domain(rule, raw, np.where(np.isfinite(found), found, np.nan))


def on_own_scale(node: TreeNode, raw: Numbers, *, is_open: bool = False) -> Numbers:
    """Aggregated values on the scale by a rule that looks at no other place, without rounding; `is_open`: also beyond its ends."""
    if not has_own_scale(node):
        return raw
    changed, rules = changed_by(node, raw), rules_of_node(node).model_copy(update={"transform": None, "round": None})
    if rules.normalise is None or np.isnan(changed).all():
        return changed
    rules = without_ends(rules) if is_open else rules
    return by_stated_ends(node.code, changed.reshape(-1), rules, lambda x: x).reshape(changed.shape)
