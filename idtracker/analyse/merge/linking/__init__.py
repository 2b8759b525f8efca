"""Declared breaks of series and places that were split or merged: what makes earlier values comparable, and what does not."""
