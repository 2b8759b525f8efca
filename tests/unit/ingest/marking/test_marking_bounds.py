"""The scan ends: in time that grows with the file, within the limits of the programme, whatever the file holds."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules
from re import _constants as signs
from re import _parser as parser
from typing import Any

import pytest
from carriers import xls, xlsx, zipped

import idtracker.ingest.marking
from idtracker.ingest.marking.scan import find_marking, search
from idtracker.model.config.limits import Limits

_MODULES = [m.name for m in iter_modules(idtracker.ingest.marking.__path__)]
_PATTERNS = [
    pytest.param(value, id=f"{module}.{name}")
    for module in _MODULES
    for name, value in vars(import_module(f"idtracker.ingest.marking.{module}")).items()
    if isinstance(value, re.Pattern)
]
_REPEATS = (signs.MAX_REPEAT, signs.MIN_REPEAT, signs.POSSESSIVE_REPEAT)


def test_classification_and_two_dozen_tabs() -> None:
    assert find_marking(b"Classification" + b"\t" * 24) is None
    assert find_marking(b"Classification" + b"\t" * 24 + b"SECRET\n") == "SECRET"


@pytest.mark.parametrize("pattern", _PATTERNS)
def test_no_pattern_repeats_what_repeats(pattern: re.Pattern[Any]) -> None:
    assert _depth(parser.parse(pattern.pattern)) <= 1


def _depth(tree: Any) -> int:
    """How many unbounded repetitions stand inside one another."""
    deepest = 0
    for kind, value in tree:
        parts = _parts(kind, value)
        inside = max(map(_depth, parts), default=0)
        is_loop = kind in _REPEATS and value[1] is signs.MAXREPEAT
        deepest = max(deepest, inside + is_loop)
    return deepest


def _parts(kind: Any, value: Any) -> list[Any]:
    if kind is signs.BRANCH:
        return list(value[1])
    items = value if isinstance(value, tuple | list) else [value]
    return [item for item in items if isinstance(item, parser.SubPattern)]


_SIZE = 200_000
_HOSTILE = {
    **{f"a label and {name}": ("Classification", sign) for name, sign in {
        "tabs": "\t", "blanks": " ", "dots": ".", "dashes": "-", "colons": ":", "equals": "=", "commas": ",", "bars": "|",
        "no-break blanks": "\u00a0", "line ends": "\n", "quotes": '"', "apostrophes": "'", "brackets": "<", "slashes": "/",
        "underscores": "_", "accents": "\u0300\u0316", "harakat": "\u064b\u0650", "tatweel": "\u0640"}.items()},
    "labels": ("", "classification "), "labels and levels": ("", "classification: secretive "),
    "levels": ("", "SECRET "), "levels in cells": ("", "secret,protect,"), "lines of levels": ("id,a\n", "secret plans\n"),
    "letters": ("", "S E C R E T X "), "owners": ("", "UK/"), "open tags": ("<a>secret", "<b"), "tags": ("<a>secret", "<b>"),
    "attributes without an end": ("<a>secret", '<b c="'), "names of attributes": ("<a secret='1' ", "b"),
    "names and blanks": ("<a>secret<b ", "c "), "comments": ("<a>secret", "<!-- secret "), "ends of comments": ("<a>", "-->"),
    "character data": ("<a>secret", "<![CDATA["), "references": ("<a>secret", "&#83"), "ampersands": ("<a>secret", "&"),
    "escapes of Excel": ("<a>secret", "_x00"), "codes": ("<a><oddHeader>secret", '&amp;"'), "rows": ("<html>secret", "<tr><td>"),
    "lists": ('["secret"', "["), "objects": ('{"secret"', '{"a":'), "quotes in JSON": ('["secret"', '"'),
    "escapes in JSON": ('["secret', "\\\\"), "long strings": ('["secret', "\\u0053"), "commas in JSON": ('["secret"', ","),
    "quoted cells": ("id,a\n", 'secret,"'), "heads of ZIP files": ("PK\x03\x04", "PK\x03\x04" + "\0" * 26),
    "ends of ZIP files": ("PK\x03\x04", "PK\x05\x06"), "heads of GZ files": ("\x1f\x8b\x08", "\x1f\x8b\x08\x08"),
    "names of members": ("PK\x03\x04" + "\0" * 22 + "\xff\xff\0\0", "SECRET_a "),
}  # fmt: skip
_CHILD = """
import sys
from idtracker.ingest.marking.scan import search
from idtracker.model.config.limits import Limits
for name, (start, sign) in eval(sys.stdin.read()).items():
    print(name, flush=True)
    content = start + sign * ({size} // len(sign))
    encoding = "latin-1" if start.startswith(("PK", chr(31))) else "utf-8"
    for text in (content, content + "SECRE"):
        search(text.encode(encoding), Limits(seconds=10_000, archive_files=10_000_000))
"""


@pytest.mark.parametrize("part", range(4))
def test_what_is_hostile_is_searched_to_its_end(part: int) -> None:
    """Where the work grew with the square of the size it would take hours; what is searched last is named."""
    hostile = dict(list(_HOSTILE.items())[part::4])
    child = [sys.executable, "-c", _CHILD.format(size=_SIZE)]
    try:
        done = subprocess.run(child, input=repr(hostile), capture_output=True, text=True, timeout=240, check=False)
    except subprocess.TimeoutExpired as late:
        pytest.fail(f"not searched to its end: {(late.stdout or b'').decode().splitlines()[-1:]}")
    assert (done.stdout.splitlines(), done.stderr) == (list(hostile), "")


def test_a_search_that_takes_too_long_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(10_000))
    monkeypatch.setattr("time.monotonic", lambda: next(seconds) * 100.0)
    for content in (b"id,a\n1,2\n", xlsx(), xls(), zipped({"a.csv": b"id\n1\n"}), gzip.compress(b"id\n1\n")):
        assert search(content, Limits(seconds=50)) == (None, False)
