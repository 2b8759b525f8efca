"""Rows that sum up other rows of their table: known by their words, and where those leave a doubt by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.ingest.read.total_words import LIKE_ALL, LIKE_TOTAL, TotalWords, total_words
from idtracker.ingest.resolve.lookup import DistinctTexts
from idtracker.ingest.resolve.organisations import find_organisations, index_organisations
from idtracker.ingest.resolve.places import find_places, index_places
from idtracker.model.config.source import Column, FieldType
from idtracker.model.findings import Findings
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names
from idtracker.model.text import fold

Mask = npt.NDArray[np.bool_]
Known = Callable[[str], bool]
Figures = npt.NDArray[np.float64]

_NAMES = ("organisation", "place")
_IN_KEY = ("organisation", "place", "code", "text")
_NUMBERS = ("number", "integer", "money")
_OF_THEIR_OWN = frozenset({"disaggregation", "question", "result_indicator", "measure", "title", "note", "period"})
"""Fields in which a total is a value, or a sentence begins like one."""
_FEWEST, _FEWEST_OTHERWISE = 2, 3
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class _Label:
    """A column whose cells say what a row is about: a mask of rows for each way to be a total, and of unknown names."""

    column: Column
    texts: pd.Series
    is_total: Mask
    is_doubtful: Mask
    is_unknown: Mask


def check_totals(
    rows: JudgedRows, kinds: Mapping[str, FieldType], register: Register, names: Names, already: Findings
) -> Findings:
    """Totals that words or numbers give away: held, or where nothing but the numbers speaks for it, a warning.

    A name that the register, the reviewed names or the `map` of its column know is no total. `already` are the findings
    of the reader, whose totals are not reported again.
    """
    findings = Findings()
    labels = list(_labels(rows, kinds, register, names))
    totals = _reported(rows, already)
    for label in labels:
        _report_total(findings, rows, label, label.is_total & ~totals)
        totals |= label.is_total
    numbers = _numbers(rows, kinds)
    if numbers is not None and labels:
        _check_sums(findings, rows, labels, numbers, totals)
    return findings


def _reported(rows: JudgedRows, already: Findings) -> Mask:
    sheet, numbers = rows.shaped.sheet, rows.shaped.row_numbers
    return np.isin(
        numbers, [r for g in already.groups if g.rule.id == "row.total" and g.sheet == sheet for r in g.rows]
    )


def _check_sums(
    findings: Findings, rows: JudgedRows, labels: list[_Label], numbers: list[Figures], totals: Mask
) -> None:
    """Rows that may be totals by what they are called, and whose figures are the sums of the rows above."""
    blank = {label.column.field: label.texts.isna().to_numpy() for label in labels}
    may_be = [*(m for label in labels for m in (label.is_doubtful, label.is_unknown)), *blank.values()]
    summing = totals.copy()
    for row, (start, count) in _sums_of_above(numbers, totals, np.logical_or.reduce(may_be)).items():
        here = np.arange(len(totals)) == row
        above = np.flatnonzero(~summing[start:row]) + start
        summing[row] = True
        doubtful = next((label for label in labels if label.is_doubtful[row]), None)
        unnamed = next((field for field, gap in blank.items() if gap[row] and not gap[above].any()), None)
        unknown = next((label.column.field for label in labels if label.is_unknown[row]), None)
        if doubtful is not None:
            _report_total(findings, rows, doubtful, here)
        elif unnamed is not None:
            rows.shaped.report(findings, "row.total_unnamed", unnamed, here, details={"count": count})
        elif unknown is not None and count >= _FEWEST_OTHERWISE:
            rows.shaped.report(findings, "row.sum", unknown, here, details={"count": count})


def _report_total(findings: Findings, rows: JudgedRows, label: _Label, mask: Mask) -> None:
    """One finding for each different text."""
    for text in pd.unique(label.texts[mask]):
        here = mask & (label.texts == text).to_numpy(dtype=bool, na_value=False)
        rows.shaped.report(findings, "row.total", label.column.field, here, details={"value": text})


def _labels(rows: JudgedRows, kinds: Mapping[str, FieldType], register: Register, names: Names) -> Iterator[_Label]:
    """The columns to look at: organisations and places, what else is in the key, and the first column of the file."""
    part, shaped = rows.part, rows.shaped
    first = min(shaped.positions.values(), default=-1)

    @cache
    def mentioned() -> frozenset[str]:
        typed = (shaped.typed(c.field) for c in part.columns if kinds.get(c.field) in _IN_KEY)
        texts = (text for cells in typed for text in DistinctTexts.of(cells).texts)
        return frozenset(map(fold, (*texts, *map(str, shaped.raw.columns))))

    for column in part.columns:
        field, kind = column.field, kinds.get(column.field)
        if column.constant is not None or field in _OF_THEIR_OWN or field in shaped.origins or kind not in _IN_KEY:
            continue
        in_key, is_first = field in part.key, shaped.positions.get(field) == first
        if kind in _NAMES or in_key or (is_first and kind == "code"):
            known = _known(column, kind, register, names)
            yield _label(column, shaped.typed(field), known, mentioned, is_name=kind in _NAMES, in_key=in_key)


def _label(
    column: Column,
    texts: pd.Series,
    known: Known,
    mentioned: Callable[[], Collection[str]],
    *,
    is_name: bool,
    in_key: bool,
) -> _Label:
    different = DistinctTexts.of(texts)
    likely = zip(different.texts, _likely(different.texts), strict=True)
    forms = [total_words(text) if is_likely and not known(text) else None for text, is_likely in likely]
    may_be_all = is_name and in_key and not all(forms)

    def is_sure(words: TotalWords | None) -> bool:
        if words is None or words.form == "all":
            return words is not None and may_be_all
        return words.form != "perhaps" or words.about in mentioned() or (is_name and known(words.about))

    sure = [is_sure(words) for words in forms]
    return _Label(
        column,
        texts,
        is_total=different.rows(sure),
        is_doubtful=different.rows(words is not None and not s for words, s in zip(forms, sure, strict=True)),
        is_unknown=different.rows(is_name and not known(text) for text in different.texts),
    )


def _likely(texts: tuple[str, ...]) -> list[bool]:
    array = pa.array(texts, pa.large_string())
    likely = pc.or_(pc.match_substring_regex(array, LIKE_TOTAL), pc.match_substring_regex(array, LIKE_ALL))
    return list(likely.to_pylist())


def _known(column: Column, kind: FieldType | None, register: Register, names: Names) -> Known:
    mapped = {fold(text) for text in column.map}
    if kind == "organisation":
        organisations, reviewed = index_organisations(register), names.of("organisation")
        return lambda text: (
            fold(text) in mapped
            or fold(text) in reviewed
            or bool(find_organisations(text, column.scheme, organisations))
        )
    if kind == "place":
        places, reviewed = index_places(register), names.of("place")
        return lambda text: (
            fold(text) in mapped or fold(text) in reviewed or bool(find_places(text, column.scheme, places))
        )
    return lambda text: fold(text) in mapped


def _numbers(rows: JudgedRows, kinds: Mapping[str, FieldType]) -> list[Figures] | None:
    """The figures of each row; None where rows do not stand one below the other as they do in the file, or divide a whole."""
    fields = [f for f, kind in kinds.items() if kind in _NUMBERS and f in rows.shaped.frame and f not in rows.part.key]
    numbers = rows.shaped.row_numbers
    if not fields or "disaggregation" in kinds or rows.part.unpivot or not (np.diff(numbers) > 0).all():
        return None
    cells = (rows.shaped.frame[f].astype("float64") for f in fields)
    return [np.asarray(c.to_numpy(na_value=np.nan), dtype=np.float64) for c in cells]


def _sums_of_above(numbers: list[Figures], totals: Mask, candidates: Mask) -> dict[int, tuple[int, int]]:
    """Candidates whose every figure is the sum of the rows above since the last total, or of all: first of them, and count.

    Sums that run on are kept where they are asked for: above each of these rows, and above the next.
    """
    places = np.flatnonzero(totals | candidates)
    own = np.column_stack([column[places] for column in numbers])
    asked = np.concatenate([[0], places, places + 1])
    above = np.column_stack([_above(np.where(totals, 0, np.nan_to_num(column)), asked) for column in numbers])
    counted = _above(~totals, asked)
    first, first_above = own[:, 0].tolist(), above[:, 0].tolist()
    sums: dict[int, tuple[int, int]] = {}
    since, since_at, taken_off = 0, 0, np.zeros(len(numbers))
    for n, row in enumerate(places.tolist(), 1):
        if totals[row]:
            since, since_at = row + 1, n + len(places)
            continue
        figures = own[n - 1]
        for start, at in dict.fromkeys(((since, since_at), (0, 0))):
            is_all = start < since
            gap = first_above[n] - first_above[at] - (taken_off[0] if is_all else 0) - first[n - 1]
            if abs(gap) > _TOLERANCE * max(1, abs(first[n - 1])):
                continue
            count = int(counted[n] - counted[at]) - (len(sums) if is_all else 0)
            if count >= _FEWEST and _is_sum(figures, above[n] - above[at] - taken_off * is_all):
                sums[row], since, taken_off = (start, count), row + 1, taken_off + np.nan_to_num(figures)
                since_at = n + len(places)
                break
    return sums


def _above(cells: npt.NDArray[Any], rows: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    """The sum of the cells above each of these rows."""
    sums = np.cumsum(cells)
    return np.where(rows > 0, sums[rows - 1], 0) if len(sums) else np.zeros(len(rows))


def _is_sum(figures: npt.NDArray[np.float64], above: npt.NDArray[np.float64]) -> bool:
    filled = ~np.isnan(figures)
    return bool(figures[filled].any()) and bool(
        np.allclose(figures[filled], above[filled], rtol=_TOLERANCE, atol=_TOLERANCE)
    )
