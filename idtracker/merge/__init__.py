"""Many reports -> one cell per indicator, place and quarter, by the declared policy and method."""

from idtracker.merge.cells import Merged, merge_cells, merge_observations
from idtracker.merge.derive import derive_observations
from idtracker.merge.method import BUNDLED, Method, load_method, method_frame

__all__ = [
    "BUNDLED",
    "Merged",
    "Method",
    "derive_observations",
    "load_method",
    "merge_cells",
    "merge_observations",
    "method_frame",
]
