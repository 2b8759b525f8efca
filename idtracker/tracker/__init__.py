"""Merged cells -> scores of every place, quarter and node of the index, and their trends, by the declared method."""

from idtracker.tracker.score import score_cells, score_states
from idtracker.tracker.trend import trend_scores, trend_states

__all__ = ["score_cells", "score_states", "trend_scores", "trend_states"]
