"""Text to typed fields. Names are resolved and rows judged elsewhere."""

from idtracker.shape.periods import Period, parse_period, parse_periods
from idtracker.shape.shaped import Origin, Shaped
from idtracker.shape.shaping import shape
from idtracker.shape.text import clean, clean_all, fold, fold_all

__all__ = [
    "Origin",
    "Period",
    "Shaped",
    "clean",
    "clean_all",
    "fold",
    "fold_all",
    "parse_period",
    "parse_periods",
    "shape",
]
