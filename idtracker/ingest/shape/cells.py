"""A column of cells as its different texts, and what a parser says about each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from idtracker.ingest.read.stored import Codes
from idtracker.model.packed.array import coded, packing_of
from idtracker.model.packed.packings import CodedTexts
from idtracker.model.text import TEXT, arrow, as_series, encoded, trim_array

Mask = npt.NDArray[np.bool_]
_SAMPLED = 10_000
_MOSTLY = 0.8
_CODES = 256


@dataclass(frozen=True, slots=True)
class Cells:
    """The different texts of a column, trimmed, and which of them each row holds (-1: the cell is empty).

    Where nearly every cell is different, each counts as a text of its own. `is_as_typed`: trimming changed nothing.
    `stored` says how the file stored each text (see `Stored`), None where all are text: `14.125` typed as text and as a
    number are two.
    """

    texts: pd.Series
    codes: npt.NDArray[np.int64]
    is_as_typed: bool = False
    stored: Codes | None = None

    @classmethod
    def of(cls, column: pd.Series, stored: Codes | None = None) -> Cells:
        cells = cls._of_texts(column)
        if stored is None or not stored.any():
            return cells
        filled = stored[cells.codes >= 0]
        if not len(filled) or (filled == filled[0]).all():
            code = filled[0] if len(filled) else 0
            return replace(cells, stored=np.full(len(cells.texts), code, dtype=np.uint8) if code else None)
        pairs = np.where(cells.codes < 0, -1, cells.codes * _CODES + stored)
        distinct, at = np.unique(pairs, return_inverse=True)
        empty = int(len(distinct) > 0 and distinct[0] < 0)
        distinct, at = distinct[empty:], at.reshape(-1).astype(np.int64) - empty
        texts = cells.texts.take(distinct // _CODES).reset_index(drop=True)
        return cls(texts, at, cells.is_as_typed, (distinct % _CODES).astype(np.uint8))

    @classmethod
    def _of_texts(cls, column: pd.Series) -> Cells:
        if _differs(column):
            typed = arrow(column)
            trimmed = trim_array(typed)
            if not trimmed.null_count:
                texts = column.reset_index(drop=True) if (same := trimmed.equals(typed)) else as_series(trimmed)
                return cls(texts, np.arange(len(typed)), same)
        found = encoded(column)
        trimmed = trim_array(found.dictionary)
        if trimmed.equals(found.dictionary):
            rows = found.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            return cls(as_series(trimmed), rows.astype(np.int64), True)
        again = trimmed.dictionary_encode()
        rows = again.indices.take(found.indices).fill_null(-1).to_numpy(zero_copy_only=False)
        return cls(as_series(again.dictionary), rows.astype(np.int64))

    def rows(self, mask: Mask) -> Mask:
        """Which rows hold a text of the mask."""
        return np.append(mask, False)[self.codes]

    def spread(self, values: pd.Series) -> pd.Series:
        """One value per different text -> one value per row; empty cells are missing."""
        if len(values) == len(self.codes) and (self.codes == np.arange(len(values))).all():
            return values
        if values.dtype == TEXT:
            return pd.Series(coded(self.codes, arrow(values)), copy=False)
        return pd.Series(values.array.take(self.codes, allow_fill=True), copy=False)


def _differs(texts: pd.Series) -> bool:
    """Whether nearly every text is different, going by a sample; short columns are not worth the question."""
    step = len(texts) // _SAMPLED
    if step < 2:
        return False
    places, packing = np.arange(_SAMPLED) * step, packing_of(texts)
    if isinstance(packing, CodedTexts):
        return len(np.unique(packing.codes[places])) > _MOSTLY * _SAMPLED
    return len(arrow(texts).take(pa.array(places)).unique()) > _MOSTLY * _SAMPLED


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A rule that some of the texts break, with what fills the rule's wording and what each text was read as or meant."""

    rule: str
    mask: Mask
    details: dict[str, object] = field(default_factory=dict)
    suggestions: pd.Series | None = None

    def joined(self, other: CellProblem) -> CellProblem:
        """This problem and the same of other texts as one."""
        given = [s for s in (self.suggestions, other.suggestions) if s is not None]
        suggestions = given[0].where(self.mask, given[-1]) if given else None
        return replace(self, mask=self.mask | other.mask, suggestions=suggestions)


@dataclass(slots=True)
class Parsed:
    """What a parser made of texts: columns by suffix ('' is the field itself), and the problems it met.

    Every column and every mask runs parallel to the texts. A text with an error has missing values.
    """

    columns: dict[str, pd.Series]
    problems: list[CellProblem] = field(default_factory=list)


def parse_present(texts: pd.Series, parse: Callable[[pd.Series], Parsed]) -> Parsed:
    """Parse only the texts that are there; the others have missing values and no problems."""
    present = texts.notna().to_numpy()
    if present.all():
        return parse(texts)
    parsed = parse(as_series(arrow(texts).drop_null()))
    places = np.full(len(texts), -1, dtype=np.int64)
    places[present] = np.arange(int(present.sum()))
    return _placed(parsed, places)


def parse_apart(texts: pd.Series, groups: Codes, parse: Callable[[pd.Series, int], Parsed]) -> Parsed:
    """Parse the texts of each group by themselves, and put what becomes of them where they stand."""
    if (groups == groups[:1]).all():
        return parse(texts, int(groups[0]) if len(groups) else 0)
    columns: dict[str, list[pd.Series | None]] = {}
    problems: list[CellProblem] = []
    at = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    places = np.empty(len(texts), dtype=np.int64)
    places[np.concatenate(at)] = np.arange(len(texts))
    for number, here in enumerate(at):
        parsed = parse(texts.iloc[here].reset_index(drop=True), int(groups[here[0]]))
        own = np.full(len(texts), -1, dtype=np.int64)
        own[here] = np.arange(len(here))
        for problem in _placed(Parsed({}, parsed.problems), own).problems:
            same = next((p for p in problems if (p.rule, p.details) == (problem.rule, problem.details)), None)
            problems = [p for p in problems if p is not same] + [problem if same is None else same.joined(problem)]
        for suffix, values in parsed.columns.items():
            columns.setdefault(suffix, [None] * len(at))[number] = values
    joined = {suffix: _joined(several, at) for suffix, several in columns.items()}
    return Parsed({suffix: v.take(places).reset_index(drop=True) for suffix, v in joined.items()}, problems)


def _joined(several: list[pd.Series | None], at: list[npt.NDArray[np.int64]]) -> pd.Series:
    """The values of each group after those of the one before; a group without any has missing values."""
    kind = next(values.dtype for values in several if values is not None)
    nothing = [pd.Series(None, index=range(len(here)), dtype=kind) for here in at]
    return pd.concat([n if v is None else v for v, n in zip(several, nothing, strict=True)], ignore_index=True)


def _placed(parsed: Parsed, places: npt.NDArray[np.int64]) -> Parsed:
    """What a parser made of some texts, among all of them: `places` gives for each of all its place, -1 for the others."""
    columns = {
        suffix: pd.Series(pd.api.extensions.take(values.array, places, allow_fill=True))
        for suffix, values in parsed.columns.items()
    }
    problems = [
        CellProblem(
            p.rule,
            np.append(p.mask, False)[places],
            p.details,
            None if p.suggestions is None else p.suggestions.reindex(places).reset_index(drop=True),
        )
        for p in parsed.problems
    ]
    return Parsed(columns, problems)


def to_mask(array: pa.Array) -> Mask:
    """An arrow array of booleans as a mask; missing is False."""
    mask: Mask = array.fill_null(False).to_numpy(zero_copy_only=False).astype(bool)
    return mask
