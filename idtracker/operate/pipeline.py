"""The pipeline's steps over the store."""

from idtracker.operate.steps.cells import write_cells
from idtracker.operate.steps.expectations import (
    EXPECTED_TABLES,
    TableVerdict,
    check_expectations,
    data_docs_folder,
    write_drift,
)
from idtracker.operate.steps.facts import broken_invariants, refresh_store, unreconciled
from idtracker.operate.steps.metrics import write_metrics
from idtracker.operate.steps.publication import publish, versions_of
from idtracker.operate.steps.registers import write_registers
from idtracker.operate.steps.scores import write_scores
from idtracker.store.knowledge_date import day_of_knowledge

__all__ = [
    "EXPECTED_TABLES",
    "TableVerdict",
    "broken_invariants",
    "check_expectations",
    "data_docs_folder",
    "day_of_knowledge",
    "publish",
    "refresh_store",
    "unreconciled",
    "versions_of",
    "write_cells",
    "write_drift",
    "write_metrics",
    "write_registers",
    "write_scores",
]
