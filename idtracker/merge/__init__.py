"""Many reports -> one cell per indicator, place and quarter, by the declared policy and method."""

from idtracker.merge.cells import merge_cells
from idtracker.merge.derive import derive_observations
from idtracker.merge.method import BUNDLED, Method, load_method, method_frame

__all__ = ["BUNDLED", "Method", "derive_observations", "load_method", "merge_cells", "method_frame"]
