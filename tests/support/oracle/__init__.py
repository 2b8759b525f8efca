"""The whole way from facts to cells, scores and trends a second time: written from the documents, one cell after another.

Nothing here imports `idtracker`: what the library makes of the same facts is held against this. It is slow and obvious on
purpose. Every row is a plain dict, and what is not stated is None.
"""
