"""The search for markings over texts, tables and documents made to keep it busy: it ends, in steps that grow with the size."""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
import zipfile
from pathlib import Path
from types import FrameType

from idtracker.ingest.marking.scan import search
from idtracker.model.config.limits import Limits

MOST_STEPS_PER_BYTE, LEAST_STEPS = 60, 200_000
_WORDS = ("SECRET", "OFFICIAL", "Classification", "TOP", "UK", "EYES ONLY", "سري", "سِرِّي", "محدود", "PROTECT", "WHEN COMPLETE", "//", ":", ";", "\t", " ", "\u00a0", "\u200b", "ـ", "\n", "\r", ",", '"', "<", ">", "&#83;", "&", "\\u0053", "<!--", "-->", "<![CDATA[", "]]>", "{", "}", "[", "]", "\x00", "\ud7ff", "a", "é")  # fmt: skip
_LIMITS = Limits()


def markings(root: Path, rng: random.Random) -> None:
    """One document: repeated, nested, packed. The search says what it found, or that it was not complete."""
    content = _content(rng)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        content = _packed(content, rng)
    name = "".join(rng.choices(_WORDS, k=2)).replace("\x00", "")[:80] + rng.choice(
        (".csv", ".json", ".xml", ".xlsx", "")
    )
    budget = LEAST_STEPS + MOST_STEPS_PER_BYTE * max(len(content), _unpacked_at_most(content))
    with _Steps(budget):
        found = search(content, _LIMITS, name)
    assert found.marking is None or (found.is_complete and found.marking.strip()), "a marking of nothing"


def _content(rng: random.Random) -> bytes:
    words = [rng.choice(_WORDS) * rng.choice((1, 1, 2, 24, 400)) for _ in range(rng.randrange(1, 30))]
    text = "".join(words)[:20_000]
    match rng.randrange(5):
        case 0:
            return json.dumps([text] * 3).encode()
        case 1:
            return ("[" * rng.randrange(2_000) + json.dumps(text)).encode()
        case 2:
            return f"<a x='{text}'>{text}</a>".encode()
        case 3:
            return text.encode(rng.choice(("utf-16", "utf-8-sig", "utf-32", "utf-8")), "replace")
    return text.encode("utf-8", "replace") + rng.randbytes(rng.randrange(50))


def _packed(content: bytes, rng: random.Random) -> bytes:
    if rng.random() < 0.3:
        return gzip.compress(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(rng.randrange(1, 4)):
            archive.writestr(
                rng.choice((f"{n}.csv", f"xl/worksheets/sheet{n}.xml", f"xl/sharedStrings{n}.xml")), content
            )
    packed = bytearray(out.getvalue())
    if rng.random() < 0.3:
        packed[rng.randrange(len(packed))] = rng.randrange(256)
    return bytes(packed)


def _unpacked_at_most(content: bytes) -> int:
    """Deflate makes a thousandth at best; every layer of a case holds at most three times its content."""
    return 20_000 * 10 if content[:2] in (b"PK", b"\x1f\x8b") else 0


class _Steps:
    """Counts calls of functions; AssertionError beyond the budget."""

    def __init__(self, budget: int) -> None:
        self._left = budget

    def __enter__(self) -> None:
        sys.setprofile(self._count)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _count(self, frame: FrameType, event: str, argument: object) -> None:
        self._left -= 1
        if self._left < 0:
            sys.setprofile(None)
            raise AssertionError("more steps than the size allows")
