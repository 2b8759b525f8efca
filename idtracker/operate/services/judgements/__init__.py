"""Questions that were judged: listed, resolved on record, and held against what came about."""
