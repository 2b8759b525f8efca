"""Merged cells -> scores of every place, quarter and node of the index, and their trends, by the declared method."""

from idtracker.tracker.score import score_cells
from idtracker.tracker.trend import trend_scores

__all__ = ["score_cells", "trend_scores"]
