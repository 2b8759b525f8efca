"""Numbers as people type them: either decimal mark, thousands marks, both Arabic digit systems, brackets, percent signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.shape.cells import Mask, to_mask
from idtracker.model.text import DIGITS, arrow, clean

_PLAIN = r"^-?[0-9]{1,300}(\.[0-9]+)?$"
_MARKS = (
    DIGITS
    | {ord(c): "-" for c in "−﹣－‐‑–"}
    | {ord(c): "'" for c in "٬’‘ʼ´"}
    | {ord("٫"): "D", ord("،"): ",", ord("٪"): "%", ord("﹪"): "%", ord("％"): "%"}
    | {ord("（"): "(", ord("）"): ")", ord("＋"): "+"}
    | {ord("０") + digit: str(digit) for digit in range(10)}
)
_UNUSUAL = r"[\x00-\x1f\x7fD]|(?i:per ?cent|pct)"
_PERCENT_WORD = re.compile(r"(?<=\d) ?(?:(?:ب|في )ال(?:مئة|مائة|مية|مئه|مائه|ميه)|per ?cent|pct)\.?$", re.IGNORECASE)
_MIRRORED = re.compile(r"\)[^()]+\(")  # brackets of a text that was typed from right to left
_DIGITS_OF_DOUBLE = 15
_WHOLE = (
    r"^(?P<open>\(?) ?(?P<lead>[+-]?) ?(?P<first>%?) ?(?P<body>[0-9.,'D ]*[0-9])(?P<power>(?:[eE][+-]?[0-9]{1,3})?)"
    r" ?(?P<last>%?) ?(?P<trail>-?)(?P<close>\)?) ?(?P<after>%?)$"
)
_NEUTRAL = r"^([0-9]+|[0-9]{1,3}(T[0-9]{3})+)$|^([0-9]*|[0-9]{1,3}((T[0-9]{3})+|(,[0-9]{3})+|(\.[0-9]{3})+))D[0-9]+$"
_AMBIGUOUS = r"^[1-9][0-9]{0,2}[.,][0-9]{3}$"


def _own_form(mark: str, other: str) -> str:
    """Pattern of numbers that can only be read with `mark` as the decimal mark."""
    return (
        rf"^[0-9]{{1,3}}((T[0-9]{{3}})+|({other}[0-9]{{3}})+){mark}[0-9]+$"
        rf"|^[0-9]{{1,3}}({other}[0-9]{{3}}){{2,}}$"
        rf"|^[0-9]*{mark}([0-9]{{1,2}}|[0-9]{{4,}})$"
        rf"|^([0-9]{{4,}}|0[0-9]*|){mark}[0-9]{{3}}$"
    )


_OWN_FORM = {".": _own_form(r"\.", ","), ",": _own_form(",", r"\.")}
_POWER_FORM = {".": r"^[0-9]+\.[0-9]+$", ",": r"^[0-9]+,[0-9]+$"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Texts read as numbers, all parallel: `plain` is ASCII with a decimal point, missing where the text is no number.

    `other_form` marks numbers that can only be meant with the decimal mark that was not declared; `is_ambiguous` those
    that each mark would read differently; `has_percent` those with a percent sign, whose number stands as written.
    """

    plain: pa.Array
    values: npt.NDArray[np.float64]
    other_form: Mask
    is_ambiguous: Mask
    has_percent: Mask

    @property
    def is_number(self) -> Mask:
        return ~np.isnan(self.values)


def read_numbers(texts: pd.Series, decimal: str = ".") -> Numbers:
    """Read each text as a number; `decimal` ('.' or ',') decides only where both readings are possible."""
    typed = arrow(texts)
    plain_mask = is_plain(typed) if decimal == "." else np.zeros(len(typed), bool)
    if plain_mask.all():
        rest = np.zeros(len(typed), dtype=bool)
        return _numbers(typed, rest, _ambiguous(typed), rest)
    odd = _read_odd(typed.filter(pa.array(~plain_mask)), decimal)
    places = np.full(len(typed), -1, dtype=np.int64)
    places[~plain_mask] = np.arange(int((~plain_mask).sum()))
    merged = pc.if_else(pa.array(plain_mask), typed, odd.plain.take(pa.array(places, mask=places < 0)))
    other, ambiguous, percent = (
        np.append(mask, False)[places] for mask in (odd.other_form, odd.is_ambiguous, odd.has_percent)
    )
    return _numbers(merged, other, ambiguous | (plain_mask & _ambiguous(typed)), percent)


def is_plain(texts: pa.Array) -> Mask:
    """Texts of ASCII digits alone, with a minus before them or a decimal point among them at most."""
    return to_mask(pc.match_substring_regex(texts, _PLAIN))


def _ambiguous(texts: pa.Array) -> Mask:
    unsigned = pc.utf8_ltrim(texts, characters="-")
    return to_mask(pc.match_substring_regex(unsigned, _AMBIGUOUS))


def _numbers(plain: pa.Array, other: Mask, ambiguous: Mask, percent: Mask) -> Numbers:
    values = pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    finite = np.isfinite(values)
    values = _without_noise(np.where(finite, values, np.nan), plain)
    finite_numbers = pc.if_else(pa.array(finite), plain, pa.scalar(None, plain.type))
    return Numbers(finite_numbers, values, other & finite, ambiguous & finite, percent & finite)


def _without_noise(values: npt.NDArray[np.float64], plain: pa.Array) -> npt.NDArray[np.float64]:
    """Fractions at the 15 significant digits that a double holds in every case: 51.300000000000004 is 51.3.

    What lies beyond comes from binary arithmetic, and the same figure sent again without it is no other figure. Whole
    numbers keep all their digits.
    """
    is_long = np.array(pc.fill_null(pc.greater(pc.binary_length(plain), _DIGITS_OF_DOUBLE + 1), False), dtype=bool)
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero(is_long & (values != np.round(values)) & ~np.isnan(values))
    if len(places):
        values = values.copy()
        values[places] = [float(f"{value:.{_DIGITS_OF_DOUBLE}g}") for value in values[places]]
    return values


def _normalise(texts: pa.Array) -> pa.Array:
    """ASCII digits and marks, no invisible characters, single blanks; D stands for the Arabic decimal mark."""
    shown = to_mask(pc.string_is_ascii(texts)) & ~to_mask(pc.match_substring_regex(texts, _UNUSUAL))
    if shown.all():
        return texts
    changed = [
        text if ok or text is None else _plain_marks(text)
        for text, ok in zip(texts.to_pylist(), shown.tolist(), strict=True)
    ]
    return pa.array(changed, type=pa.large_string())


def _plain_marks(text: str) -> str:
    plain = _PERCENT_WORD.sub("%", clean(text.replace("D", "?").translate(_MARKS)))
    return f"({plain[1:-1]})" if _MIRRORED.fullmatch(plain) else plain


def _read_odd(texts: pa.Array, decimal: str) -> Numbers:
    parts = pc.extract_regex(_normalise(texts), pattern=_WHOLE)
    opened, closed, lead, trail = (pc.struct_field(parts, name) for name in ("open", "close", "lead", "trail"))
    percent = [to_mask(pc.equal(pc.struct_field(parts, name), "%")) for name in ("first", "last", "after")]
    bracketed = to_mask(pc.equal(opened, "("))
    signs = [to_mask(pc.not_equal(lead, "")), to_mask(pc.equal(trail, "-")), bracketed]
    sound = (
        to_mask(pc.is_valid(parts))
        & (bracketed == to_mask(pc.equal(closed, ")")))
        & (np.sum(signs, axis=0) <= 1)
        & (np.sum(percent, axis=0) <= 1)
    )
    negative = to_mask(pc.equal(lead, "-")) | signs[1] | bracketed
    body, power = pc.struct_field(parts, "body"), pc.struct_field(parts, "power")
    plain, other, ambiguous = _read_body(body, to_mask(pc.not_equal(power, "")), decimal)
    sign = pc.if_else(pa.array(negative), pa.scalar("-", plain.type), pa.scalar("", plain.type))
    signed = pc.binary_join_element_wise(sign, plain, power, pa.scalar("", plain.type))
    valid = pc.if_else(pa.array(sound), signed, pa.scalar(None, plain.type))
    return _numbers(valid, other, ambiguous, np.logical_or.reduce(percent))


def _read_body(body: pa.Array, has_power: Mask, decimal: str) -> tuple[pa.Array, Mask, Mask]:
    """Digits and marks -> digits with a decimal point (missing where the marks make no sense), other form, ambiguous."""
    grouped = pc.replace_substring_regex(body, r"[' ]", "T")

    def fits(pattern: str) -> Mask:
        return to_mask(pc.match_substring_regex(grouped, pattern))

    neutral = fits(_NEUTRAL)
    ambiguous = fits(_AMBIGUOUS) & ~has_power
    other_mark = "," if decimal == "." else "."
    by_form = {m: np.where(has_power, fits(_POWER_FORM[m]), fits(_OWN_FORM[m])) for m in (".", ",")}
    with_point = by_form["."] | (ambiguous & (decimal == "."))
    with_comma = by_form[","] | (ambiguous & (decimal == ","))
    without_groups = pc.replace_substring(grouped, "T", "")
    as_point = pc.replace_substring(without_groups, ",", "")
    as_comma = pc.replace_substring(pc.replace_substring(without_groups, ".", ""), ",", ".")
    as_arabic = pc.replace_substring(pc.replace_substring(as_point, ".", ""), "D", ".")
    plain = pc.if_else(pa.array(with_point), as_point, pc.if_else(pa.array(with_comma), as_comma, as_arabic))
    known = pa.array(neutral & ~(has_power & fits("T")) | with_point | with_comma)
    started = pc.replace_substring_regex(plain, r"^\.", "0.")
    return pc.if_else(known, started, pa.scalar(None, plain.type)), by_form[other_mark], ambiguous
