"""Codes as typed -> canonical codes of a codelist: by code, by label in either language, or by a reviewed other spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from idtracker.errors import DefinitionError
from idtracker.resolve.bilingual import agreed
from idtracker.resolve.lookup import (
    ALWAYS,
    CODE_CUTOFFS,
    Different,
    Stretch,
    Task,
    outside,
    records,
    stretch,
    suggest_unknown,
)
from idtracker.resolve.register import Register
from idtracker.resolve.suggest import Suggester
from idtracker.resolve.yardstick import SCHEME as YARDSTICK
from idtracker.resolve.yardstick import band_of
from idtracker.shape.text import fold

UNGRADED = {"source_reliability": "F", "information_credibility": "6"}
_SHOWN_CODES = 12
_PERCENT = re.compile(r"^(\d{1,3}(?:[.,]\d+)?) ?%$")


@dataclass(frozen=True, slots=True)
class Index:
    """One codelist: folded code, label or other spelling -> code, and each code's validity."""

    known: dict[str, str]
    allowed: str
    allowed_ar: str
    stretches: dict[str, tuple[Stretch, ...]]


@lru_cache(maxsize=512)
def index_codes(register: Register, scheme: str) -> Index:
    """The lookups of one codelist, made once; DefinitionError where there is no such codelist."""
    rows = register.codelists[register.codelists["scheme"] == scheme]
    if rows.empty:
        known = ", ".join(sorted(register.codelists["scheme"].unique()))
        raise DefinitionError([f"codelist `{scheme}` does not exist; expected one of {known}"])
    spellings: dict[str, str] = {}
    stretches: dict[str, tuple[Stretch, ...]] = {}
    for code, begin, end, *labels in records(rows, "code", "valid_from", "valid_to", "label_en", "label_ar"):
        stretches[code] = (*stretches.get(code, ()), stretch(begin, end))
        spellings.update({fold(label): code for label in filter(None, labels)})
    aliases = register.code_aliases[register.code_aliases["scheme"] == scheme]
    spellings.update({fold(v): c for v, c in zip(aliases["value"], aliases["code"], strict=True)})
    spellings.update({fold(code): code for code in stretches})
    arabic = _allowed(rows, rows["label_ar"].fillna(rows["label_en"]), "، ")
    return Index(spellings, _allowed(rows, rows["label_en"], ", "), arabic, stretches)


def _allowed(rows: pd.DataFrame, labels: pd.Series, between: str) -> str:
    """The first codes of a list; codes that do not speak for themselves with their labels."""
    pairs = dict(zip(rows["code"], labels, strict=True))
    said = [f"{code} ({label})" if len(code) < 3 else code for code, label in pairs.items()]
    return between.join(said[:_SHOWN_CODES]) + ("…" if len(said) > _SHOWN_CODES else "")


@lru_cache(maxsize=512)
def _labels(register: Register, scheme: str) -> Suggester:
    """The codes and labels of one codelist, to suggest from."""
    return Suggester(index_codes(register, scheme).known.items())


def resolve_codes(task: Task, scheme: str) -> pd.Series:
    """The canonical code of each row; missing where the cell is empty or its value unknown on the day of the row."""
    index, different = index_codes(task.register, scheme), Different.of(task.texts)

    def find(text: str) -> str | None:
        return index.known.get(fold(text))

    found = [find(text) or agreed(text, find) for text in different.texts]
    if scheme == YARDSTICK:
        found = _read_percentages(task, different, found)
    codes = different.spread(found)
    unknown = different.rows(code is None for code in found)
    for code, stretches in index.stretches.items():
        if stretches != (ALWAYS,):
            unknown |= (codes == code).to_numpy() & outside(task.dates, stretches)
    if unknown.any():
        suggestions = suggest_unknown(
            different, found, _labels(task.register, scheme), CODE_CUTOFFS, shown="identifier"
        )
        allowed = {"allowed": index.allowed, "allowed_ar": index.allowed_ar}
        task.report("value.code", unknown, suggestions, codelist=scheme, **allowed)
        codes = codes.where(~unknown, None).astype("str")
    if scheme in UNGRADED:
        task.report("grade.ungraded", (codes == UNGRADED[scheme]).to_numpy())
    return codes


def _read_percentages(task: Task, different: Different, found: list[str | None]) -> list[str | None]:
    """Probabilities written as per cent become terms; those in a gap of the yardstick are reported."""
    codes, in_gap = list(found), [False] * len(found)
    for place, text in enumerate(different.texts):
        match = _PERCENT.match(fold(text))
        if codes[place] is None and match and (percent := float(match[1].replace(",", "."))) <= 100:
            band, in_gap[place] = band_of(percent)
            codes[place] = band.code
    task.report("judgement.yardstick_gap", different.rows(in_gap))
    return codes
