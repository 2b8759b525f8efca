"""Yes and no in English and Arabic."""

from __future__ import annotations

import re

import pandas as pd

from idtracker.model.text import arrow, fold, fold_all

_YES = ["yes", "y", "true", "t", "1", "1.0", "✓", "✔", "☑", "نعم", "اجل", "أجل", "بلى", "صح", "صحيح", "يوجد"]
_NO = ["no", "n", "false", "f", "0", "0.0", "✗", "✘", "☐", "لا", "كلا", "خطأ", "غير صحيح", "لا يوجد"]
_BETWEEN = re.compile(r"[ /|()-]+")
_MEANING = {fold(word): True for word in _YES} | {fold(word): False for word in _NO}


def read_flags(texts: pd.Series) -> pd.Series:
    """Read each text as yes or no (boolean, on the same index); what is neither is missing.

    A cell that says the same in two languages ('نعم / Yes') is read; one that says both is not.
    """
    meanings = [_meaning(folded) for folded in arrow(fold_all(texts)).to_pylist()]
    return pd.Series(pd.array(meanings, dtype="boolean"), index=texts.index)


def _meaning(folded: object) -> bool | None:
    if not isinstance(folded, str) or folded in _MEANING:
        return _MEANING.get(folded) if isinstance(folded, str) else None
    meanings = {_MEANING.get(word) for word in _BETWEEN.split(folded) if word}
    return meanings.pop() if len(meanings) == 1 else None
