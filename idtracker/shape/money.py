"""Amounts of money: a number, and the currency where the cell names one by symbol, code or word."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from idtracker.shape.cells import arrow, to_mask
from idtracker.shape.numbers import Numbers, read_numbers
from idtracker.shape.text import fold

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP "
    "CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR "
    "IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU "
    "MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG "
    "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST "
    "XAF XCD XOF XPF YER ZAR ZMW ZWG BGN XDR"
)
# Currency or currencies of a word or symbol: the first is meant unless the column declares another of them.
_WORDS = {
    "£ sterling pound_sterling pounds pound جنيه_استرليني": "GBP",
    "gbp£ uk£ stg": "GBP",
    "ج.م جنيه_مصري": "EGP",
    "جنيه": "EGP SDG GBP",
    "us$ usd$ دولار_أمريكي دولار_امريكي": "USD",
    "$ dollar dollars دولار": "USD AUD CAD NZD HKD SGD",
    "€ euro euros يورو": "EUR",
    "jd jds د.أ دينار_أردني jordanian_dinar jordanian_dinars": "JOD",
    "دينار دنانير dinar dinars": "JOD IQD KWD BHD LYD TND DZD RSD MKD",
    "د.ع دينار_عراقي": "IQD",
    "₪ شيكل shekel shekels nis": "ILS",
    "ر.س ريال_سعودي": "SAR",
    "ريال riyal": "SAR QAR OMR YER",
    "درهم_إماراتي": "AED",
    "ل.س ليرة_سورية": "SYP",
    "ل.ل ليرة_لبنانية ll": "LBP",
    "¥": "JPY CNY",
    "₺": "TRY",
}


def _vocabulary() -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {code.lower(): (code,) for code in _CODES.split()}
    for names, currencies in _WORDS.items():
        for name in names.split():
            words[fold(name.replace("_", " "))] = tuple(currencies.split())
    return words


_VOCABULARY = _vocabulary()
_NAMES = "|".join(sorted(map(re.escape, _VOCABULARY), key=len, reverse=True))
_BEFORE = re.compile(rf"^(?P<left>[(+-]*) ?(?:{_NAMES})(?![a-z\u0621-\u064a])\.? ?(?P<right>.*)$")
_AFTER = re.compile(rf"^(?P<left>.*[0-9]-?) ?(?:{_NAMES})\.? ?(?P<right>[)-]?)$")
_ENGLISH = frozenset(["all", "cop", "cup", "gel", "mad", "mop", "pen", "top", "try"])  # words unless typed in capitals
_DECIMAL = "\ue000"  # stands for the Arabic decimal mark while a text is folded
_KEEP = {ord("٫"): _DECIMAL, ord("٬"): "'"}
_DIRHAM = "د.إ"  # folds to the sign of the Jordanian dinar


@dataclass(frozen=True, slots=True)
class Amounts:
    """Texts read as amounts: the numbers, and the currency named in each cell (text, missing where none is)."""

    numbers: Numbers
    currencies: pd.Series


def read_currency(text: str, declared: str | None = None) -> str | None:
    """ISO 4217 code of a currency as typed (code, symbol or name in either language); None where it is not known.

    A name that several currencies share means `declared` if that is one of them, else the first of them.
    """
    name = fold(text.replace(_DIRHAM, "AED"))
    known = _VOCABULARY.get(name.rstrip(".")) or _VOCABULARY.get(name)
    if not known:
        return None
    return declared if declared in known else known[0]


def read_amounts(texts: pd.Series, decimal: str = ".", declared: str | None = None) -> Amounts:
    """Read each text as an amount; percentages and texts that name two currencies are none."""
    named = ~to_mask(pc.match_substring_regex(arrow(texts), r"^[0-9.,' ()+-]*$")) & texts.notna().to_numpy()
    split = {text: _divide(text, declared) for text in texts[named].unique()}
    figures = texts.copy()
    figures[named] = texts[named].map({text: figure for text, (figure, _) in split.items()})
    numbers = read_numbers(figures, decimal)
    kept = ~numbers.has_percent
    sound = Numbers(
        pc.if_else(kept, numbers.plain, None),
        np.where(kept, numbers.values, np.nan),
        numbers.other_form & kept,
        numbers.is_ambiguous & kept,
        numbers.has_percent,
    )
    currencies = pd.Series(None, index=texts.index, dtype="str")
    currencies[named] = texts[named].astype("object").map({text: code for text, (_, code) in split.items()})
    return Amounts(sound, currencies.where(sound.is_number).astype("str"))


def _divide(text: str, declared: str | None) -> tuple[str, str | None]:
    """An amount as typed -> its figure, and the code of the currency it names."""
    folded = fold(text.replace(_DIRHAM, "AED").translate(_KEEP)).replace(_DECIMAL, "٫")
    for pattern in (_BEFORE, _AFTER):
        match = pattern.match(folded)
        if match:
            name = folded[match.end("left") : match.start("right")].strip(" ")
            if name in _ENGLISH and name.upper() not in text:
                break
            return f"{match['left']}{match['right']}", read_currency(name, declared)
    return text, None
