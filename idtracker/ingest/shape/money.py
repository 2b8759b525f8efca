"""Amounts of money: a number, and the currency where the cell names one by symbol, code or word."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.shape.numbers import Numbers, is_plain, read_numbers
from idtracker.model.text import arrow, as_series, fold

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
    "£ sterling pound_sterling pounds pound جنيه_استرليني جنيه_إسترليني جنيهات_استرلينية باوند": "GBP",
    "gbp£ uk£ stg": "GBP",
    "ج.م جنيه_مصري جنيها_مصريا جنيهات_مصرية": "EGP",
    "ج.س جنيه_سوداني": "SDG",
    "جنيه جنيها جنيهات": "EGP SDG GBP",
    "us$ usd$ دولار_أمريكي دولارا_أمريكيا دولارات_أمريكية": "USD",
    "$ dollar dollars دولار دولارا دولارات": "USD AUD CAD NZD HKD SGD",
    "€ euro euros يورو": "EUR",
    "jd jds د.أ دينار_أردني دينارا_أردنيا دنانير_أردنية jordanian_dinar jordanian_dinars": "JOD",
    "دينار دينارا دنانير dinar dinars": "JOD IQD KWD BHD LYD TND DZD RSD MKD",
    "د.ع دينار_عراقي دينارا_عراقيا دنانير_عراقية": "IQD",
    "د.ك دينار_كويتي": "KWD",
    "د.ب دينار_بحريني": "BHD",
    "د.ل دينار_ليبي": "LYD",
    "د.ت دينار_تونسي": "TND",
    "د.ج دينار_جزائري": "DZD",
    "₪ شيكل شيقل شواكل shekel shekels nis": "ILS",
    "ر.س ريال_سعودي ريالا_سعوديا": "SAR",
    "ر.ق ريال_قطري": "QAR",
    "ر.ع ريال_عماني": "OMR",
    "ر.ي ريال_يمني": "YER",
    "ريال ريالا ريالات riyal": "SAR QAR OMR YER",
    "درهم_إماراتي": "AED",
    "د.م درهم_مغربي": "MAD",
    "درهم درهما دراهم dirham dirhams": "AED MAD",
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
_DIGIT = "[0-9٠-٩۰-۹]"
_NOT_DIGIT = "[^0-9٠-٩۰-۹]"
_AROUND = rf"(?s)^(?P<head>{_NOT_DIGIT}*)(?P<figure>{_DIGIT}(?:.*{_DIGIT})?)(?P<tail>{_NOT_DIGIT}*)$"
_FRINGE = re.compile(rf"(?P<left>[()+-]? ?)(?P<name>{_NAMES})\.?(?P<right> ?[()+.,٫-]?)")
ENGLISH = frozenset(["all", "cop", "cup", "gel", "mad", "mop", "pen", "top", "try"])  # words unless typed in capitals
_DECIMAL = "\ue000"  # stands for the Arabic decimal mark while a text is folded
_KEEP = {ord("٫"): _DECIMAL, ord("٬"): "'"}
_DIRHAM = "د.إ"  # folds to the sign of the Jordanian dinar


@dataclass(frozen=True, slots=True)
class Amounts:
    """Texts read as amounts: the numbers, and the currency named in each cell (text, missing where none is).

    `names` are those of the currencies as typed.
    """

    numbers: Numbers
    currencies: pd.Series
    names: pd.Series


def read_currency(text: str, declared: str | None = None) -> str | None:
    """ISO 4217 code of a currency as typed (code, symbol or name in either language); None where it is not known.

    A name that several currencies share means `declared` if that is one of them, else the first of them.
    """
    known = currencies_named(text)
    if not known:
        return None
    return declared if declared in known else known[0]


def currencies_named(text: str) -> tuple[str, ...]:
    """Every currency that a name as typed may mean, the likeliest first: `$` is several, `US$` is one."""
    name = fold(text.replace(_DIRHAM, "AED"))
    return _VOCABULARY.get(name.rstrip(".")) or _VOCABULARY.get(name) or ()


def read_amounts(texts: pd.Series, decimal: str = ".", declared: str | None = None) -> Amounts:
    """Read each text as an amount; percentages and texts that name two currencies are none."""
    typed = arrow(texts)
    is_bare = is_plain(typed)
    places = np.cumsum(~is_bare) - 1
    places[is_bare] = -1
    figures, *named = _divide_all(typed.filter(pa.array(~is_bare)))
    merged = pc.if_else(pa.array(is_bare), typed, figures.take(pa.array(places, mask=is_bare)))
    numbers = read_numbers(as_series(merged), decimal)
    before, after = (pd.Series(pd.api.extensions.take(names.array, places, allow_fill=True)) for names in named)
    names = before.fillna(after)
    meant = {name: read_currency(name, declared) for name in pd.concat([names, after]).dropna().unique()}
    currencies = names.astype("object").map(meant)
    agree = (currencies == after.astype("object").map(meant)).to_numpy(dtype=bool)
    sound = ~numbers.has_percent & (after.isna().to_numpy() | agree)
    readable = Numbers(
        pc.if_else(pa.array(sound), numbers.plain, pa.scalar(None, numbers.plain.type)),
        np.where(sound, numbers.values, np.nan),
        numbers.other_form & sound,
        numbers.is_ambiguous & sound,
        numbers.has_percent,
    )
    as_read = (s.where(readable.is_number, None).astype("str").set_axis(texts.index) for s in (currencies, names))
    return Amounts(readable, *as_read)


def _divide_all(texts: pa.Array) -> tuple[pa.Array, pd.Series, pd.Series]:
    """Amounts -> the figures without a currency, and the names of currencies before and after them."""
    parts = pc.extract_regex(texts, pattern=_AROUND)
    head, before = _without_currency(pc.struct_field(parts, "head"))
    tail, after = _without_currency(pc.struct_field(parts, "tail"))
    figure = pc.struct_field(parts, "figure")
    return pc.binary_join_element_wise(head, figure, tail, pa.scalar("", figure.type)), before, after


def _without_currency(fringes: pa.Array) -> tuple[pa.Array, pd.Series]:
    """What stands before or after the digits -> the same without a currency, and the currency's name."""
    coded = fringes.dictionary_encode()
    divided = [_divide(text) for text in coded.dictionary.to_pylist()]
    signs = pa.array([sign for sign, _ in divided], type=fringes.type)
    names = pd.Series([name for _, name in divided], dtype="str")
    places = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return signs.take(coded.indices), pd.Series(pd.api.extensions.take(names.array, places, allow_fill=True))


def _divide(text: str) -> tuple[str, str | None]:
    folded = fold(text.replace(_DIRHAM, "AED").translate(_KEEP)).replace(_DECIMAL, "٫")
    match = _FRINGE.fullmatch(folded)
    if not match or (match["name"] in ENGLISH and match["name"].upper() not in text):
        return text, None
    return (match["left"] + match["right"]).strip(), match["name"]
