"""Which character separates the cells of a delimited text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from idtracker.catalog.source import Part
from idtracker.findings import Findings
from idtracker.read.heading import Wanted

CANDIDATES = (",", ";", "\t", "|")
_SAMPLED_CHARACTERS = 200_000
_SAMPLED_RECORDS = 60
_MOST = 0.9
_LABELS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blank", ":": "colon"}


class Fit(NamedTuple):
    """How well a separator fits, in the order in which it counts."""

    headings: int
    """Declared headings that come out in one row."""
    share: float
    """Share of the rows with the commonest number of cells; 0 where that is one cell."""
    widest: int
    """Most cells in a row."""


def choose_delimiter(text: str, declared: str | None, parts: Sequence[Part]) -> tuple[str, Findings]:
    """The declared separator unless it clearly does not fit; without a declared one, the one that fits best.

    The declared one clearly does not fit when it brings out none of the declared headings, or only one column, and
    another one brings out more of them, or separates nearly every row equally where it separates nothing.
    """
    findings = Findings()
    sample = text[:_SAMPLED_CHARACTERS]
    if declared is None:
        return _named_in_text(sample) or max(CANDIDATES, key=lambda c: _fit(sample, c, parts)), findings
    own = _fit(sample, declared, parts)
    if own.headings and own.widest > 1:
        return declared, findings
    best = max((c for c in CANDIDATES if c != declared), key=lambda c: _fit(sample, c, parts))
    other = _fit(sample, best, parts)
    separates_instead = own.headings == 0 and own.widest == 1 and other.share > _MOST
    if other.widest > 1 and (other.headings > own.headings or separates_instead):
        findings.add("file.delimiter", expected=_label(declared), found=_label(best))
        return best, findings
    return declared, findings


def _named_in_text(text: str) -> str | None:
    """Excel's own first line `sep=;`."""
    line = text[:20].splitlines()[:1]
    return line[0][4] if line and len(line[0]) == 5 and line[0].lower().startswith("sep=") else None


def _fit(text: str, delimiter: str, parts: Sequence[Part]) -> Fit:
    records = [r for r in _records(text, delimiter) if any(r)]
    if not records:
        return Fit(0, 0.0, 0)
    headings = sum(max(Wanted(p).matches(r) for r in records) for p in parts)
    width, count = Counter(map(len, records)).most_common(1)[0]
    return Fit(headings, count / len(records) if width > 1 else 0.0, max(map(len, records)))


def _records(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLED_RECORDS))
    except csv.Error:
        return []


def _label(delimiter: str) -> str:
    return _LABELS.get(delimiter, delimiter)
