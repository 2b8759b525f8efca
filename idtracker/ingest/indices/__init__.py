"""Data files of the indices that a programme names: which edition of each was seen when."""
