"""The currency of an amount, where cell, column of currencies, heading and definition may each say one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.read.stored import FIRST_WORDS
from idtracker.ingest.shape.money import currencies_named
from idtracker.ingest.shape.shaped import Shaped
from idtracker.ingest.shape.statements.headings import currencies_stated
from idtracker.model.config.source import Column
from idtracker.model.text import TEXT, fold

Rows = npt.NDArray[np.int64]
Choices = tuple[str, ...]
"""The currencies that a name may mean; one where it is plain, none where nothing is named."""

_PLACES = ("cell", "beside", "heading")
_HEADINGS = frozenset(
    map(fold, ("currency", "currency code", "#currency", "ccy", "curr", "العملة", "عملة", "رمز العملة", "نوع العملة"))
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The amounts of a column, and what is said of their currency.

    `names` are those in the cells; `mapped` has the cells of the column that the definition maps for the currency. Where
    it maps none, a column of the file that is headed as a currency says it, unless its heading is among `others`.
    """

    shaped: Shaped
    column: Column
    amounts: pd.Series
    names: pd.Series
    mapped: pd.Series | None
    others: Sequence[str]

    def by_place(self) -> pd.DataFrame | None:
        """For each row the name of a currency in its cell, beside it and in its heading, '' where there is none.

        None where no currency is named anywhere.
        """
        beside = _beside(self.shaped, self.column, self.others) if self.mapped is None else self.mapped
        texts = (self.names, beside, _in_headings(self.shaped, self.column))
        if not any(t.notna().any() for t in texts if t is not None):
            return None
        given = {
            place: "" if t is None else t.astype("object").fillna("").to_numpy()
            for place, t in zip(_PLACES, texts, strict=True)
        }
        return pd.DataFrame(given, index=range(len(self.amounts)))


def settle_currencies(stated: Stated) -> pd.Series:
    """The currency of each amount: named in its cell, else beside it, else in its heading, else as declared.

    What the file says otherwise than the definition, or in two ways, is reported (`value.currency`); a sign that several
    currencies share, and none that is declared, is an error (`value.currency_unclear`).
    """
    shaped, column, given = stated.shaped, stated.column, stated.by_place()
    has_amount = stated.amounts.notna().to_numpy()
    if given is None:
        return _where(has_amount, np.full(len(has_amount), column.currency, dtype=object))
    result = np.full(len(given), column.currency, dtype=object)
    said = np.array((given != "").any(axis=1), dtype=bool) & has_amount
    reported: dict[tuple[str, str, str, str], list[int]] = {}
    groups = cast("Mapping[tuple[str, ...], Rows]", given[said].groupby(list(_PLACES), sort=False).indices)
    for texts, rows in groups.items():
        at = np.flatnonzero(said)[rows]
        by_place = {place: str(text) for place, text in zip(_PLACES, texts, strict=True)}
        currency, rule_id, expected = _decide(by_place, column.currency, is_mapped=stated.mapped is not None)
        result[at] = currency
        if rule_id:
            sign = next(filter(None, by_place.values()))
            reported.setdefault((rule_id, currency or "", expected, sign), []).extend(at.tolist())
    for (rule_id, currency, expected, sign), places in reported.items():
        mask = np.zeros(len(given), dtype=bool)
        mask[places] = True
        details = {"currency": currency, "expected": expected, "sign": sign}
        shaped.report(shaped.findings, rule_id, column.field, mask, details=details)
    return _where(has_amount, result)


def _where(has_amount: npt.NDArray[np.bool_], currencies: npt.NDArray[np.object_]) -> pd.Series:
    return pd.Series(currencies, dtype=TEXT).where(has_amount, None).astype("str")


def with_currencies(raw: pd.DataFrame, shaped: Shaped, column: Column, currencies: pd.Series) -> pd.DataFrame:
    """The cells with the currency in the text where it stands outside it: a held row comes back as text alone.

    That is so of number formats, and of headings of columns side by side, which have become rows.
    """
    heading, is_outside = shaped.headings.get(column.field, ""), np.zeros(len(raw), dtype=bool)
    if column.constant is not None or heading not in raw:
        return raw
    if (codes := shaped.stored.codes.get(heading)) is not None:
        is_outside |= codes >= FIRST_WORDS
    if column.field in shaped.origins:
        is_outside |= _in_headings(shaped, column).notna().to_numpy()
    if not is_outside.any():
        return raw
    is_bare = raw[heading].str.fullmatch(r"-?[0-9.,]+").fillna(False).astype(bool).to_numpy()
    texts = raw[heading].reset_index(drop=True)
    named = texts.where(~(is_outside & is_bare & currencies.notna().to_numpy()), texts + " " + currencies)
    return raw.assign(**{heading: named.astype(raw[heading].dtype).array})


def _decide(texts: Mapping[str, str], declared: str | None, *, is_mapped: bool) -> tuple[str | None, str, str]:
    """The currency, the rule that is broken ('' where none is), and what is said otherwise."""
    said = {place: choices for place, text in texts.items() if (choices := currencies_named(text))}
    if not said:
        return declared, "", ""
    (place, first), *others = said.items()
    rest = [choices for _, choices in others] + ([(declared,)] if declared else [])
    currency = next((c for choices in rest for c in choices if c in first), first[0])
    against = [choices[0] for choices in rest if currency not in choices]
    if is_mapped and "beside" in said and against == [declared]:
        return currency, "", ""
    if not against:
        return currency, "", ""
    is_unclear = len(first) > 1 and len(against) == len(rest) and not (is_mapped and place == "beside")
    return currency, "value.currency_unclear" if is_unclear else "value.currency", ", ".join(dict.fromkeys(against))


def _beside(shaped: Shaped, column: Column, others: Sequence[str]) -> pd.Series | None:
    """The cells of a column of the file that is headed as the currency of this one."""
    path, _, own = shaped.headings.get(column.field, "").rpartition(".")
    for heading in shaped.raw.columns:
        place, _, name = str(heading).rpartition(".")
        plain = fold(name.replace("_", " ").replace("-", " "))
        is_meant = plain in _HEADINGS or plain == f"{fold(own.replace('_', ' '))} currency"
        if place == path and is_meant and heading not in others and column.constant is None:
            return shaped.raw[heading].reset_index(drop=True)
    return None


def _in_headings(shaped: Shaped, column: Column) -> pd.Series:
    """For each row a name of the currency in the heading of its amount."""
    headings = shaped.headings_of(column.field) if column.constant is None else ("",)
    names = np.array([*map(_name_in, headings), None], dtype=object)
    origin = shaped.origins.get(column.field)
    at = np.zeros(len(shaped.raw), dtype=np.int64) if origin is None or len(headings) == 0 else origin.block
    return pd.Series(names[at], dtype=TEXT)


def _name_in(heading: str) -> str | None:
    """A name that means what the heading says; a code where that is one currency."""
    choices = currencies_stated(heading)
    return None if not choices else choices[0] if len(choices) == 1 else _SHARED.get(choices)


_SHARED = {currencies_named(name): name for name in ("$", "¥", "dinar", "riyal", "dirham", "جنيه")}
