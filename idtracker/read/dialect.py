"""Which character separates the cells of a delimited text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from idtracker.catalog.source import Part
from idtracker.findings import Findings
from idtracker.read.heading import Wanted

CANDIDATES = (",", ";", "\t", "|")
_SAMPLED_CHARACTERS = 200_000
_SAMPLED_RECORDS = 60
_LABELS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blank", ":": "colon"}


def choose_delimiter(text: str, declared: str | None, parts: Sequence[Part]) -> tuple[str, Findings]:
    """The declared separator unless it clearly does not fit; without a declared one, the one that fits best.

    A separator fits by the declared headings that it brings out, then by how many rows come out equally wide. The
    declared one clearly does not fit when it separates nothing in the first rows and another one separates most.
    """
    findings = Findings()
    sample = text[:_SAMPLED_CHARACTERS]
    if declared is None:
        return _named_in_text(sample) or max(CANDIDATES, key=lambda c: _fit(sample, c, parts)), findings
    if _widest(_records(sample, declared)) > 1:
        return declared, findings
    best = max((c for c in CANDIDATES if c != declared), key=lambda c: _fit(sample, c, parts))
    headings, share, width = _fit(sample, best, parts)
    if width > 1 and share > 0.5 and headings >= max(1, _fit(sample, declared, parts)[0]):
        findings.add("file.delimiter", expected=_label(declared), found=_label(best))
        return best, findings
    return declared, findings


def _named_in_text(text: str) -> str | None:
    """Excel's own first line `sep=;`."""
    line = text[:20].splitlines()[:1]
    return line[0][4] if line and len(line[0]) == 5 and line[0].lower().startswith("sep=") else None


def _fit(text: str, delimiter: str, parts: Sequence[Part]) -> tuple[int, float, int]:
    """Declared headings found, share of rows of the commonest width, that width (0 share where it is 1)."""
    records = [r for r in _records(text, delimiter) if any(r)]
    if not records:
        return 0, 0.0, 0
    headings = sum(max(Wanted(p).matches(r) for r in records) for p in parts)
    width, count = Counter(map(len, records)).most_common(1)[0]
    return headings, count / len(records) if width > 1 else 0.0, width


def _records(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLED_RECORDS))
    except csv.Error:
        return []


def _widest(records: list[list[str]]) -> int:
    return max(map(len, records), default=0)


def _label(delimiter: str) -> str:
    return _LABELS.get(delimiter, delimiter)
