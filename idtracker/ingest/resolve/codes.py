"""Codes as typed -> canonical codes of a codelist: by code, by label in either language, or by a reviewed other spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.resolve.bilingual import agreed
from idtracker.ingest.resolve.lookup import ALWAYS, CODE_CUTOFFS, DistinctTexts, Task, outside, suggest_unknown
from idtracker.ingest.resolve.suggest import Suggester
from idtracker.ingest.resolve.yardstick import SCHEME as YARDSTICK
from idtracker.ingest.resolve.yardstick import band_of
from idtracker.model.errors import DefinitionError
from idtracker.model.frames import records
from idtracker.model.messages import LIST_MARK, Message, listed, message
from idtracker.model.register.codelist_versions import Edition, Interval, editions_of, interval_in
from idtracker.model.register.register import Register
from idtracker.model.text import fold, if_else

UNGRADED = {"source_reliability": "F", "information_credibility": "6"}
_SHOWN_CODES = 12
_PERCENT = re.compile(r"^(\d{1,3}(?:[.,]\d+)?) ?%$")
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CodeIndex:
    """One edition of a codelist: folded code, label or other spelling -> code; labels (en, ar) and validity of each code."""

    known: dict[str, str]
    labels: dict[str, tuple[str, str]]
    intervals: dict[str, tuple[Interval, ...]]
    begin: pd.Timestamp
    end: pd.Timestamp

    def find(self, text: str) -> str | None:
        """The code that a cell means."""
        return self.known.get(fold(text)) or agreed(text, lambda side: self.known.get(fold(side)))

    def allowed(self, day: pd.Timestamp | None = None) -> dict[str, Any]:
        """The first codes, those valid on a day where one is given; codes that do not speak for themselves with labels."""
        valid = [c for c, spans in self.intervals.items() if day is None or any(a <= day <= b for a, b in spans)]
        codes = valid or list(self.intervals)
        more = "…" if len(codes) > _SHOWN_CODES else ""
        labels = {c: Message(*self.labels[c]) for c in codes[:_SHOWN_CODES]}
        shown = Message.of(
            lambda lang: LIST_MARK.text(lang).join(
                f"{c} ({n.text(lang)})" if len(c) < 3 else c for c, n in labels.items()
            )
        )
        return {"allowed": Message(shown.en + more, shown.ar + more)}


@lru_cache(maxsize=512)
def index_codes(register: Register, scheme: str) -> tuple[CodeIndex, ...]:
    """The lookups of each edition of a codelist, earliest first; DefinitionError where there is no such codelist."""
    editions = editions_of(register).get(scheme)
    if editions is None:
        known = ", ".join(sorted(register.codelists["scheme"].unique()))
        raise DefinitionError([f"codelist `{scheme}` does not exist; expected one of {known}"])
    aliases = register.code_aliases[register.code_aliases["scheme"] == scheme]
    spellings = {fold(v): c for v, c in zip(aliases["value"], aliases["code"], strict=True)}
    return tuple(_index(register.codelists.iloc[list(e.rows)], e, spellings) for e in editions)


def _index(rows: pd.DataFrame, edition: Edition, aliases: dict[str, str]) -> CodeIndex:
    known: dict[str, str] = {}
    labels: dict[str, tuple[str, str]] = {}
    intervals: dict[str, tuple[Interval, ...]] = {}
    for code, begin, end, label, arabic in records(rows, "code", "valid_from", "valid_to", "label_en", "label_ar"):
        intervals[code] = (*intervals.get(code, ()), interval_in(edition, begin, end))
        labels[code] = (label, arabic or label)
        known.update({fold(text): code for text in filter(None, (label, arabic))})
    known.update({written: code for written, code in aliases.items() if code in intervals})
    known.update({fold(code): code for code in intervals})
    return CodeIndex(known, labels, intervals, edition.begin, edition.end)


@lru_cache(maxsize=512)
def _suggester(register: Register, scheme: str, place: int) -> Suggester:
    """The codes and labels of one edition of a codelist, to suggest from."""
    return Suggester(index_codes(register, scheme)[place].known.items())


def resolve_codes(task: Task, scheme: str, only: Mask | None = None) -> pd.Series:
    """The canonical code of each row, read in the edition in force on its day; missing where the cell is empty.

    What is no code of that edition on that day is reported and has no code; `value.code_validity` says that it is one on
    another day. A row without a day is of the day on which the file came, and of the latest edition where none is known.
    Of the other rows than `only`, where given, nothing is read.
    """
    texts = task.texts if only is None else task.texts.where(pd.Series(only, index=task.texts.index))
    editions, different = index_codes(task.register, scheme), DistinctTexts.of(texts)
    days = task.dates if task.received_on is None else task.dates.fillna(task.received_on)
    read = [[edition.find(text) for text in different.texts] for edition in editions]
    ever = different.spread([next(filter(None, codes), None) for codes in zip(*reversed(read), strict=True)])
    codes = different.spread([None] * len(different.texts))
    in_force = _in_force(days, editions)
    for place, edition in enumerate(editions):
        here = (in_force == place) & (different.at >= 0)
        codes_found = _read_percentages(task, different, read[place], here) if scheme == YARDSTICK else read[place]
        values = different.spread(codes_found)
        sound = _is_valid(values, days, edition) & here
        codes = if_else(sound, values, codes)
        outdated = here & ~sound & ever.notna().to_numpy()
        _report_outdated(task, scheme, ever, days, outdated, place)
        unknown = here & ~sound & ~outdated
        if unknown.any():
            near = suggest_unknown(
                different, codes_found, _suggester(task.register, scheme, place), CODE_CUTOFFS, shown="identifier"
            )
            task.report("value.code", unknown, near, codelist=scheme, **edition.allowed())
    if scheme in UNGRADED:
        task.report("grade.ungraded", (codes == UNGRADED[scheme]).to_numpy())
    return codes


def resolve_codes_of(task: Task, schemes: pd.Series) -> pd.Series:
    """The same where each row names its codelist: what stands in a row without one, or with one that holds no codes, stays."""
    codes, known = task.texts.astype("str"), editions_of(task.register)
    for scheme in sorted(set(schemes.dropna()) & set(known)):
        here = (schemes == scheme).to_numpy()
        codes = codes.where(~here, resolve_codes(task, scheme, here).set_axis(codes.index))
    return codes


def _in_force(days: pd.Series, editions: tuple[CodeIndex, ...]) -> npt.NDArray[np.intp]:
    """For each row the place of its edition: the last one begun, the first before all, the latest where there is no day."""
    if len(editions) == 1:
        return np.zeros(len(days), dtype=np.intp)
    begun = (
        np.searchsorted(
            [e.begin.value for e in editions], days.astype("datetime64[ns]").astype("int64").to_numpy(), side="right"
        )
        - 1
    )
    return np.where(days.isna(), len(editions) - 1, np.maximum(begun, 0))


def _is_valid(codes: pd.Series, days: pd.Series, edition: CodeIndex) -> Mask:
    """Rows whose code is one of the edition and valid on the day."""
    valid = codes.notna().to_numpy(copy=True)
    for code, intervals in edition.intervals.items():
        if intervals != (ALWAYS,):
            valid &= ~((codes == code).to_numpy() & outside(days, intervals))
    return valid


def _report_outdated(task: Task, scheme: str, codes: pd.Series, days: pd.Series, mask: Mask, place: int) -> None:
    """Codes of another day, each with the days on which it is one and what stands in its place."""
    if not mask.any():
        return
    editions = index_codes(task.register, scheme)
    for code in sorted(codes[mask].unique()):
        rows = mask & (codes == code).to_numpy()
        day = days[rows].iloc[0]
        spans = [span for edition in editions for span in edition.intervals.get(code, ())]
        task.report(
            "value.code_validity", rows, codelist=scheme, code=code, day=str(day.date()) if day == day else "–",
            validity=_in_words(spans), **editions[place].allowed(day),
        )  # fmt: skip


def _in_words(spans: Iterable[Interval]) -> Message:
    """Stretches in words; those that follow one another at once are one."""
    joined: list[Interval] = []
    for begin, end in sorted(spans):
        if joined and (begin == ALWAYS[0] or begin - pd.Timedelta(days=1) <= joined[-1][1]):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    names = {(False, False): "always", (True, False): "from", (False, True): "until", (True, True): "from_until"}
    return listed(
        message("ingest/resolve/codes", names[begin != ALWAYS[0], end != ALWAYS[1]], begin=begin.date(), end=end.date())
        for begin, end in joined
    )


def stated_percentages(texts: pd.Series) -> pd.Series:
    """The likelihoods, per cent, of cells that say a number in place of a term; the term alone would lose it."""
    found = (_PERCENT.match(fold(text)) if isinstance(text, str) else None for text in texts)
    stated = [float(match[1].replace(",", ".")) if match else np.nan for match in found]
    return pd.Series(stated, index=texts.index, dtype="float64").where(lambda values: values <= 100)


def _read_percentages(
    task: Task, different: DistinctTexts, codes_found: list[str | None], here: Mask
) -> list[str | None]:
    """Probabilities written as per cent become terms; those in a gap of the yardstick are reported."""
    codes, in_gap = list(codes_found), [False] * len(codes_found)
    for place, text in enumerate(different.texts):
        match = _PERCENT.match(fold(text))
        if codes[place] is None and match and (percent := float(match[1].replace(",", "."))) <= 100:
            band, in_gap[place] = band_of(percent)
            codes[place] = band.code
    task.report("judgement.yardstick_gap", different.rows(in_gap) & here)
    return codes
