"""How a delimited text is written: what separates its cells, how quotation marks in cells are written, what is a comment."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from idtracker.ingest.read.heading import WantedHeadings
from idtracker.ingest.read.refusal import worded
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings
from idtracker.model.messages import Message

CANDIDATES = (",", ";", "\t", "|")
_RARE = ("^", "~", "\x1f", ":")
_STAND_INS = ("\x1f", "\x1e", "\x1d", "\ue000")
_SAMPLED_CHARACTERS = 200_000
_SAMPLED_RECORDS = 60
_MOST = 0.9
_LABELS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical_bar", " ": "blank", ":": "colon"}


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
    another one brings out more of them, or separates nearly every row equally where it separates nothing. One that the
    text does not hold at all is reported also where no other fits, if the source reads more than one column.
    """
    findings = Findings()
    sample = text[:_SAMPLED_CHARACTERS]
    if declared is None:
        return _named_in_text(sample) or _best(sample, CANDIDATES, parts), findings
    own = _fit(sample, declared, parts)
    if own.headings and own.widest > 1:
        return declared, findings
    best = _best(sample, [c for c in CANDIDATES if c != declared], parts)
    other = _fit(sample, best, parts)
    separates_instead = own.headings == 0 and own.widest == 1 and other.share > _MOST
    if other.widest > 1 and (other.headings > own.headings or separates_instead):
        findings.add("file.delimiter", expected=_label(declared), found=_label(best))
        return best, findings
    if sample.strip() and declared not in text and any(WantedHeadings(part).count > 1 for part in parts):
        findings.add("file.delimiter_absent", expected=_label(declared))
    return declared, findings


def one_character(text: str, separator: str) -> tuple[str, str]:
    """The text with a separator of several characters replaced by one that the text does not hold, and that one."""
    if len(separator) == 1:
        return text, separator
    stand_in = next((c for c in _STAND_INS if c not in text), _STAND_INS[-1])
    return text.replace(separator, stand_in), stand_in


def without_comments(text: str, mark: str | None) -> str:
    """The text with lines that begin with the declared mark left blank, so that records keep their numbers."""
    return re.sub(rf"(?:(?<=[\r\n])|\A)[ \t]*{re.escape(mark)}[^\r\n]*", "", text) if mark else text


def doubled_quotes(text: str, declared: str | None) -> tuple[str, Findings]:
    """The text with `\\"` inside cells written `""`, and `file.quoting`, where that makes more rows equally wide."""
    findings = Findings()
    sample = text[:_SAMPLED_CHARACTERS]
    if '\\"' not in sample:
        return text, findings
    separators = [declared] if declared and len(declared) == 1 else CANDIDATES
    if max(_regular(sample.replace('\\"', '""'), c) for c in separators) <= max(
        _regular(sample, c) for c in separators
    ):
        return text, findings
    findings.add("file.quoting")
    return text.replace('\\"', '""'), findings


def _regular(text: str, delimiter: str) -> int:
    """Characters of the sample that stand in records of the commonest width, none of which swallows lines."""
    records = [r for r in _records(text, delimiter, strict=True) if any(r)]
    widths = Counter(map(len, records))
    if not widths or max(widths) == 1:
        return 0
    width = max(widths, key=lambda w: (widths[w], w))
    return widths[width]


def _best(sample: str, candidates: Sequence[str], parts: Sequence[Part]) -> str:
    """The separator that fits best; a rare one only where no common one separates anything."""
    best = max(candidates, key=lambda c: _fit(sample, c, parts))
    if _fit(sample, best, parts).widest > 1:
        return best
    rare = max(_RARE, key=lambda c: _fit(sample, c, parts))
    fit = _fit(sample, rare, parts)
    return rare if fit.share > _MOST and fit.widest > 1 else best


def _named_in_text(text: str) -> str | None:
    """Excel's own first line `sep=;`."""
    line = text[:20].splitlines()[:1]
    return line[0][4] if line and len(line[0]) == 5 and line[0].lower().startswith("sep=") else None


def _fit(text: str, separator: str, parts: Sequence[Part]) -> Fit:
    text, delimiter = one_character(text, separator)
    records = [r for r in _records(text, delimiter) if any(r)]
    if not records:
        return Fit(0, 0.0, 0)
    headings = sum(max(map(WantedHeadings(p).matches, records)) for p in parts)
    width, count = Counter(map(len, records)).most_common(1)[0]
    return Fit(headings, count / len(records) if width > 1 else 0.0, max(map(len, records)))


def _records(text: str, delimiter: str, *, strict: bool = False) -> list[list[str]]:
    """The first records; those before the first that cannot be parsed."""
    records: list[list[str]] = []
    try:
        for record in islice(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict), _SAMPLED_RECORDS
        ):
            records.append(record)
    except csv.Error:
        pass
    return records


def _label(delimiter: str) -> str | Message:
    return worded(_LABELS[delimiter]) if delimiter in _LABELS else delimiter
