"""Markings in JSON: keys, values and what stands under a key of classification, also in text that is no whole document."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from idtracker.ingest.marking.folding import fold, may_mark, may_matter
from idtracker.ingest.marking.places import Place, labelled_in, marking_in
from idtracker.ingest.marking.rows import RowScan
from idtracker.ingest.marking.wording import is_label

_SIGN = re.compile(r'\\.|["\[\]{}:,]', re.DOTALL)
_LONGEST_KEPT = 20_000
_MOST_DEEP = 1_000
_MOST_VALUES = 16_384
_NO_TEXT = "0"
_NAMES = frozenset(["name", "key", "label", "field", "property", "title", "id"])


@dataclass(slots=True)
class _Open:
    """An object or list that has begun. `is_keyed` says that it stands under a key of classification."""

    is_list: bool
    is_keyed: bool
    key: str = ""
    has_label: bool = False
    values: list[str] = field(default_factory=list)
    strings: int = 0

    def fill(self) -> None:
        """Something stands where no text did: a number, or an object."""
        if not self.strings and len(self.values) < _MOST_VALUES:
            self.values.append(_NO_TEXT)


class JsonScan:
    """Reads sign by sign, so that escapes, nesting, lines of documents and damage make no difference."""

    def __init__(self) -> None:
        self._open: list[_Open] = [_Open(False, False)]
        self._rows = RowScan()
        self._text: list[str] | None = None
        self._last = ""
        self._deeper = 0

    def feed(self, text: str) -> str | None:
        """The next window. One that can hold no marking and no key of classification is passed over."""
        if "\\u" not in text and not may_matter(fold(text)):
            return None
        at = 0
        for sign in _SIGN.finditer(text):
            if self._text is not None:
                self._text.append(text[at : sign.start()])
            at = sign.end()
            found = self._take(sign[0])
            if found:
                return found
        if self._text is not None:
            self._text.append(text[at:])
        return None

    def close(self) -> str | None:
        rest = "".join(self._text or [])
        return (self._value(rest) if rest else None) or self._rows.close()

    def _take(self, sign: str) -> str | None:
        if self._text is not None:
            if sign != '"':
                self._text.append(sign)
                return None
            string, self._text = _decoded("".join(self._text)), None
            self._last = string
            return self._value(string)
        if sign == '"':
            self._text = []
        elif sign == ":":
            self._open[-1].key = self._last
        elif sign in "[{":
            self._begin(is_list=sign == "[")
        elif sign in "]}":
            return self._end()
        elif sign == ",":
            here = self._open[-1]
            if here.is_list:
                here.fill()
            here.key, here.strings = "", 0
        return None

    def _begin(self, *, is_list: bool) -> None:
        here = self._open[-1]
        if len(self._open) > _MOST_DEEP:
            self._deeper += 1
        else:
            self._open.append(_Open(is_list, here.is_keyed or is_label(here.key)))
        here.key = ""

    def _end(self) -> str | None:
        if self._deeper:
            self._deeper -= 1
            return None
        if len(self._open) == 1:
            return None
        ended = self._open.pop()
        if ended.values and ended.is_list:
            ended.fill()
        if ended.is_list:
            return self._rows.add(ended.values) if len(ended.values) > 1 and self._open[-1].is_list else None
        if ended.has_label:
            return next((m for value in ended.values if (m := marking_in(value, Place.KEYED))), None)
        return None

    def _value(self, string: str) -> str | None:
        """A key or a value: which of them it is shows only later, and makes no difference to the first look."""
        here, folded = self._open[-1], fold(string)
        here.strings += 1
        if here.is_list and not here.is_keyed:
            here.values += [folded if len(folded) < _LONGEST_KEPT else ""] * (len(here.values) < _MOST_VALUES)
        elif is_label(folded):
            here.has_label = here.has_label or here.key.lower() in _NAMES
        if not may_mark(folded):
            return None
        if not here.is_list and here.key:
            here.values.append(folded[:_LONGEST_KEPT])
        is_keyed = here.is_keyed or is_label(here.key)
        return marking_in(folded, Place.KEYED if is_keyed else Place.CELL) or labelled_in(folded)


def _decoded(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text.replace("\\n", "\n").replace("\\t", "\t")
