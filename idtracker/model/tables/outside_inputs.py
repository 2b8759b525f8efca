"""Inputs of derived columns that are no columns of a table, as `made_of` names them."""

from __future__ import annotations

CLOCK = "@clock"
"""The day of knowledge, and the quarters that follow from it."""
METRIC_INPUTS, METRIC_DEFINITION = "@metric.inputs", "@metric.definition"
"""The registered inputs of a metric, and what it is."""
WARNING_RULES = "@warning.rules"
"""The rules of warnings."""
ROUND_ACTS = "@round.acts"
"""What people did about rounds and their actions: opened, frozen, published, with their record; done, dropped, reopened."""
FRAMEWORK = "@framework.definition"
"""The file of the framework: stages, questions, elements and the series that are their evidence."""
INDEX_ENTRY, INDEX_METHOD, INDEX_DATA = "@index.entry", "@index.method", "@index.data"
"""What programme.yml says of an index, the file of its method, and its data file."""
OUTSIDE = (
    CLOCK,
    METRIC_INPUTS,
    METRIC_DEFINITION,
    WARNING_RULES,
    ROUND_ACTS,
    FRAMEWORK,
    INDEX_ENTRY,
    INDEX_METHOD,
    INDEX_DATA,
)
