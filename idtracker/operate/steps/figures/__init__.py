"""Steps that work out figures: cells, scores and their uncertainty, metrics, indices, the framework."""
