"""The text inside a received file, piece by piece, through every layer it is packed in, and what may still be unpacked.

No window of text is longer than a few megabytes, however much is packed, and nothing beyond the limits is unpacked.
"""

from __future__ import annotations

import codecs
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain

from idtracker.ingest.marking.places import Place
from idtracker.ingest.read.formats.table import FORMATS, signed
from idtracker.model.config.limits import Limits

WINDOW = 8 << 20
SMALL = 64 << 20
_OVERLAP = 400
_FIRST = 512
_NESTED_TIMES = 20
_BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_OTHER_ARABIC = ("cp1256", "iso8859-6")


class UnsearchedError(Exception):
    """A part of the file is beyond the limits, so that nobody can say what is in it."""


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked of the file, and until when it may be searched."""

    size: int
    files: int
    depth: int
    times: int
    limits: Limits = field(default_factory=Limits)
    ends_at: float = float("inf")
    grown: int = 0

    @classmethod
    def of(cls, limits: Limits, size: int = 0) -> Allowance:
        """What the limits allow for a file of that size: the time grows with it, as the search does."""
        # A workbook in an archive is one layer more than the archive itself.
        depth, ends_at = limits.archive_depth + 1, time.monotonic() + limits.seconds * (1 + size / SMALL)
        return cls(limits.inflated_bytes, limits.archive_files, depth, limits.inflated_times, limits, ends_at)

    def unpack(self, size: int, packed: int) -> None:
        if size > self.size or size > max(SMALL, self.times * packed):
            raise UnsearchedError
        self.size -= size

    def unpack_more(self, size: int, packed: int) -> None:
        """The next piece of something that does not say how long it will be."""
        self.grown += size
        if self.grown > max(SMALL, self.times * packed):
            raise UnsearchedError
        self.unpack(size, packed)

    def demand_time(self) -> None:
        """UnsearchedError where the search has taken too long."""
        if time.monotonic() > self.ends_at:
            raise UnsearchedError

    @contextmanager
    def layer(self) -> Iterator[None]:
        """One archive in another."""
        if self.depth == 0:
            raise UnsearchedError
        self.depth -= 1
        try:
            yield
        finally:
            self.depth += 1


@dataclass(frozen=True, slots=True)
class Text:
    """A whole text in windows that end where a line or tag does."""

    windows: Iterable[str]
    place: Place = Place.CELL


@dataclass(frozen=True, slots=True)
class Placed:
    """A short text and where it stands, such as the name of a sheet."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Rows:
    """The cells of a sheet as its reader reads them."""

    rows: Iterable[Sequence[str]]


Piece = str | Text | Placed | Rows
"""What a format gives to the scan; a bare string is a whole text."""


def pieces_of(content: bytes, allowance: Allowance) -> Iterator[Piece]:
    """Every piece of a file. UnsearchedError where the limits end it before the file does.

    Encrypted parts and pictures have no text; damaged parts have what can be read of them.
    """
    known = FORMATS.get(signed(content) or "")
    if known and known.texts:
        yield from known.text_pieces(content, allowance)
    else:
        yield from plain_pieces([content])


def packed_pieces(
    windows: Iterator[bytes], packed_size: int, allowance: Allowance, place: Place = Place.CELL
) -> Iterator[Piece]:
    """The pieces of one packed file, whatever it is: windows of text, or an archive that is unpacked as a whole."""
    first = b""
    while len(first) < _FIRST and (window := next(windows, b"")):
        first += window
    known = FORMATS.get(signed(first) or "")
    if known and known.texts:
        parts, size, most = [first], len(first), max(SMALL, _NESTED_TIMES * packed_size)
        for window in windows:
            parts.append(window)
            size += len(window)
            if size > most:
                raise UnsearchedError
        yield from known.text_pieces(b"".join(parts), allowance)
    elif not (known and known.is_picture):
        yield from plain_pieces(_chained(first, windows), place)


def plain_pieces(windows: Iterable[bytes], place: Place = Place.CELL) -> Iterator[Piece]:
    """Text in its encoding; what is no UTF-8 is read once more in each of the encodings that Arabic is written in."""
    kept: list[bytes] = []
    yield Text(_at_line_ends(_decoded(windows, kept)), place)
    if kept:
        for codec in _OTHER_ARABIC:
            yield Text(_at_line_ends(zlib.decompress(piece).decode(codec, "replace") for piece in kept), place)


def _decoded(windows: Iterable[bytes], kept: list[bytes]) -> Iterator[str]:
    """The text of the windows. `kept` becomes the first of them and all from the first that is no UTF-8 on, packed."""
    pieces = _sized(windows)
    first = next(pieces, b"")
    codec = _codec_of(first)
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for number, piece in enumerate(chain([first], pieces)):
        text = decoder.decode(piece)
        if kept or (codec == "utf-8-sig" and "\ufffd" in text):
            kept += [zlib.compress(p, 1) for p in ([first, piece] if number and not kept else [piece])]
        yield text
    yield decoder.decode(b"", final=True)


def _at_line_ends(texts: Iterable[str]) -> Iterator[str]:
    """The same text in pieces that end where a line or tag does; one without any is cut, and its end seen twice."""
    rest, is_seen = "", False
    for text in filter(None, texts):
        text = rest + text
        cut = max(text.rfind("\n"), text.rfind("\r"), text.rfind(">")) + 1
        is_seen = not cut and len(text) > WINDOW
        if cut or is_seen:
            yield text[:cut] or text
        rest = text[-_OVERLAP:] if is_seen else text[cut:]
    if rest and not is_seen:
        yield rest


def _sized(windows: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in windows of the usual size."""
    waiting = bytearray()
    for window in windows:
        for at in range(0, len(window), WINDOW):
            waiting += window[at : at + WINDOW]
            if len(waiting) >= WINDOW:
                yield bytes(waiting)
                waiting.clear()
    if waiting:
        yield bytes(waiting)


def _chained(first: bytes, windows: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from windows


def _codec_of(sample: bytes) -> str:
    """By byte order mark, else by the share of NUL bytes (06 for Arabic letters) at even and odd places."""
    marked = next((codec for mark, codec in _BOMS if sample.startswith(mark)), None)
    if marked:
        return marked
    start = sample[: min(len(sample), 4096) & ~3]
    if len(start) >= 8 and 0 not in (start.count(0), len(start)):
        for codec, places in (("utf-32-le", (2, 3)), ("utf-32-be", (0, 1))):
            if not any(any(start[i::4]) for i in places):
                return codec
        for codec, high in (("utf-16-le", start[1::2]), ("utf-16-be", start[0::2])):
            if high.count(0) + high.count(6) > 0.9 * len(high):
                return codec
    return "utf-8-sig"
