"""Yes and no in English and Arabic."""

from __future__ import annotations

import pandas as pd

from idtracker.shape.text import fold, fold_all

_YES = ["yes", "y", "true", "t", "1", "1.0", "✓", "✔", "☑", "نعم", "اجل", "أجل", "صحيح"]
_NO = ["no", "n", "false", "f", "0", "0.0", "✗", "✘", "☐", "لا", "كلا", "خطأ"]
_MEANING = {fold(word): True for word in _YES} | {fold(word): False for word in _NO}


def read_flags(texts: pd.Series) -> pd.Series:
    """Read each text as yes or no (boolean, on the same index); what is neither is missing."""
    return fold_all(texts).astype("object").map(_MEANING).astype("boolean")
