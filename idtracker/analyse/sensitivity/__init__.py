"""How far scores and ranks follow from errors of the data and from choices of the method: draws, indices, one-at-a-time."""
