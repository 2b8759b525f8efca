"""Everything that follows from facts, at every moment at which it changes: obligations, cells, scores, trends, metrics.

Each module says at which moments which part has to be worked out again, and works it out with the functions of merge,
tracker and metrics. What stood before a moment stays.
"""
