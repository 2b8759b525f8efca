"""What a heading says of the numbers below it: their currency (`Amount (USD)`), their scale (`Spend, £000`), their unit."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from idtracker.ingest.read.cell_text import number_text
from idtracker.ingest.shape.cells import Mask
from idtracker.ingest.shape.money import ENGLISH, currencies_named
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Column
from idtracker.model.text import fold

_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）]*)[)\]）]")
_BETWEEN = re.compile(r"[\s_/+.,:;|()\[\]–—-]+")
_SIGN = re.compile(r"(?:US|CA|AU|NZ|HK|UK)?[$£€¥₪₺]")
_CODE = re.compile(r"[A-Za-z]{3}")
_PREFIX = re.compile(r"\b(?:بال|وال|ال)(?=\w{3})")
_SHORTEST_WORD = 4

_RATE = re.compile(r"(?:\bper|لكل|/)\s*(?:\d[\d,. ]*|thousand|million|ألف|آلاف|مليون)", re.IGNORECASE)
_MONEY = r"(?:US|CA|AU)?[$£€]|\b(?:USD|GBP|EUR|JOD|JD|ILS|SAR|AED|EGP|IQD|LBP|SYP|CHF|JPY|CAD|AUD|SEK|NOK|DKK)"
_SCALES = (
    (
        1e3,
        re.compile(
            rf"['’‘ʼ]\s?000s?\b|\b000s\b|[(\[]\s*000\s*[)\]]|(?:{_MONEY})[ ,]*['’‘]?0{{3}}s?\b|\b0{{3}}s?\s?(?:{_MONEY})"
            rf"|\bin (?:\w+ )?thousands?\b|[(\[,]\s*(?:\w+ )?thousands?\b|\bthousands? (?:of )?(?:{_MONEY})|(?:{_MONEY})\s?k\b"
            r"|\bبال?[آا]لاف\b|\bبال[أا]لف\b|[(\[،]\s*(?:[أا]لف|[آا]لاف)\b",
            re.IGNORECASE,
        ),
    ),
    (
        1e6,
        re.compile(
            rf"\bin (?:\w+ )?millions?\b|[(\[,]\s*(?:\w+ )?millions?\b|\bmillions? (?:of )?(?:{_MONEY})|(?:{_MONEY})\s?(?:mn?|mill?)\b"
            r"|\bبالملايين\b|\bبالمليون\b|\bبملايين\b|[(\[،]\s*(?:مليون|ملايين)\b",
            re.IGNORECASE,
        ),
    ),
)


def scale_of_headings(shaped: Shaped, column: Column) -> float | None:
    """What the heading of a field says that its numbers are multiplied by; of several side by side, what all say.

    Where the rows of the file name units such as `thousand people`, those say it.
    """
    if column.constant is not None:
        return None
    scales = {scale_stated(heading) for heading in shaped.headings_of(column.field)}
    scale = scales.pop() if len(scales) == 1 else None
    if scale is not None and column.field != "unit" and "unit" in shaped.headings:
        units = shaped.typed("unit").dropna().unique()
        return None if any(scale_stated(f"({unit})") for unit in map(str, units)) else scale
    return scale


def scales_side_by_side(shaped: Shaped, column: Column) -> list[tuple[float, Mask]]:
    """The rows whose own heading says a scale, where headings side by side say different ones."""
    origin = shaped.origins.get(column.field)
    scales = [scale_stated(heading) for heading in origin.headings] if origin is not None else []
    if origin is None or len(set(scales)) < 2:
        return []
    own = np.array([*(scale or 0.0 for scale in scales), 0.0])[origin.block]
    return [(scale, own == scale) for scale in dict.fromkeys(filter(None, scales)) if scale != column.scale]


def with_scales(raw: pd.DataFrame, shaped: Shaped, column: Column, values: pd.Series, decimal: str) -> pd.DataFrame:
    """The cells multiplied by the scale of their heading, where that is one of columns side by side, which became rows.

    A held row comes back under the heading of the long table, which says no scale.
    """
    origin, heading = shaped.origins.get(column.field), shaped.headings.get(column.field, "")
    if origin is None or heading not in raw or not any(map(scale_stated, origin.headings)):
        return raw
    has_scale = np.array([*(scale_stated(h) is not None for h in origin.headings), False])[origin.block]
    is_bare = raw[heading].str.fullmatch(r"-?[0-9.,]+").fillna(False).astype(bool).to_numpy()
    rows = has_scale & is_bare & values.notna().to_numpy()
    typed = [number_text(float(v) / (column.scale or 1)).replace(".", decimal) for v in values[rows]]
    texts = raw[heading].reset_index(drop=True)
    texts[rows] = typed
    return raw.assign(**{heading: texts.array})


def bracketed(heading: str) -> list[str]:
    """What stands in brackets in a heading, where a unit would stand."""
    return [text.strip() for text in _BRACKETS.findall(heading) if text.strip()]


@lru_cache(maxsize=4096)
def scale_stated(heading: str) -> float | None:
    """What numbers are to be multiplied by: 1000 under `£000` or `in thousands`; `per 1,000 residents` is a rate."""
    text = _RATE.sub(" ", heading)
    scales = [scale for scale, pattern in _SCALES if pattern.search(text)]
    return scales[0] if len(scales) == 1 else None


@lru_cache(maxsize=4096)
def currencies_stated(heading: str) -> tuple[str, ...]:
    """The currency that a heading names, or those that the name is shared by; none where it names none, or several."""
    named = {found for text in _names(heading) if (found := currencies_named(text))}
    if not named:
        return ()
    shared = set.intersection(*map(set, named))
    return next((found for found in sorted(named, key=len) if set(found) == shared), ())


def _names(heading: str) -> list[str]:
    """Texts of a heading that may be names of a currency."""
    plain = _RATE.sub(" ", heading)
    tokens = [token for token in _BETWEEN.split(plain) if token]
    ends = {tokens[0], tokens[-1]} if tokens else set()
    inside = {piece for text in bracketed(plain) for piece in (text, *_BETWEEN.split(text))}
    codes = [t for t in tokens if _CODE.fullmatch(t) and _is_code(t, t in ends or t in inside)]
    words = [t for t in tokens if len(t) >= _SHORTEST_WORD and t.isalpha() and fold(t) not in ENGLISH]
    without = _PREFIX.sub("", fold(plain))
    arabic = [" ".join(pair) for pair in zip(without.split(), without.split()[1:], strict=False)]
    arabic = [pair for pair in arabic if not pair.isascii() and currencies_named(pair)]
    arabic = arabic or [word for word in without.split() if not word.isascii() and len(word) >= _SHORTEST_WORD]
    return [
        *_SIGN.findall(plain),
        *codes,
        *words,
        *arabic,
        *(t for t in inside if len(t) > 1 and not _CODE.fullmatch(t)),
    ]


def _is_code(token: str, stands_out: bool) -> bool:
    """Whether three letters are meant as a code: in capitals, or at an end or in brackets and no English word."""
    return fold(token) not in ENGLISH and (token.isupper() or stands_out)
