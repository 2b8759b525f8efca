"""The text inside a received file, piece by piece, through every layer it is packed in. Only the standard library is used.

No piece is longer than a few megabytes, however much is packed, and nothing beyond the limits is unpacked.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from idtracker.ingest.read.archive.directory import directory_bytes
from idtracker.ingest.read.formats.table import FORMATS, signed
from idtracker.model.config.limits import Limits

_WINDOW = 8 << 20
_SMALL = 64 << 20
_OVERLAP = 400
_HEAD_LINES = 40
_LONGEST_ENTRY = 2 * (46 + 256)
_NESTED_TIMES = 20
_FIRST = 512
_BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_STRINGS = re.compile("[ -~\u0600-\u06ff]{4,}")
_XML_TEXT = re.compile(r">([^<>]{4,200})<")
_HEADER_FOOTER = re.compile(r"<(?:odd|even|first)(?:Header|Footer)>([^<]*)<", re.IGNORECASE)
_HEADER_CODES = re.compile(r"&(?:amp;)?(?:[LCRPNDTFAZGBIUESXYOH]|\d+|K[0-9A-F]{6}|&quot;[^&]*&quot;|\"[^\"]*\")")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    struct.error,
)


class UnsearchedError(Exception):
    """A part of the file is beyond the limits, so that nobody can say what is in it."""


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked of the file."""

    size: int
    files: int
    depth: int
    times: int

    def unpack(self, size: int, packed: int) -> None:
        if size > self.size or size > max(_SMALL, self.times * packed):
            raise UnsearchedError
        self.size -= size

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


def texts_of(content: bytes, limits: Limits) -> Iterator[str]:
    """Every piece of text. UnsearchedError where the limits end it before the file does.

    Parts that are damaged, encrypted or pictures have no text. The first lines of a long text stand before each of its
    pieces, so that values can be told from their headings.
    """
    # A workbook in an archive is one layer more than the archive itself.
    allowance = Allowance(limits.inflated_bytes, limits.archive_files, limits.archive_depth + 1, limits.inflated_times)
    if len(content) > limits.file_bytes:
        raise UnsearchedError
    return _texts(content, allowance)


def _texts(content: bytes, allowance: Allowance) -> Iterator[str]:
    known = FORMATS.get(signed(content) or "")
    yield from known.text_pieces(content, allowance) if known and known.texts else _plain(io.BytesIO(content))


def zip_texts(content: bytes, allowance: Allowance) -> Iterator[str]:
    """Text of every packed file; an archive that cannot be opened is searched as it is."""
    if directory_bytes(content) > allowance.files * _LONGEST_ENTRY:
        raise UnsearchedError
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN:
        yield from _plain(io.BytesIO(content))
        return
    with allowance.layer(), archive:
        members = archive.infolist()
        allowance.files -= len(members)
        if allowance.files < 0:
            raise UnsearchedError
        allowance.unpack(sum(m.file_size for m in members), len(content))
        for member in members:
            try:
                with archive.open(member) as stream:
                    yield from _member_texts(stream, member, allowance)
            except _BROKEN:
                continue


def _member_texts(stream: IO[bytes], member: zipfile.ZipInfo, allowance: Allowance) -> Iterator[str]:
    first = stream.read(_FIRST)
    known = FORMATS.get(signed(first) or "")
    if known and known.texts:
        if member.file_size > max(_SMALL, _NESTED_TIMES * member.compress_size):
            raise UnsearchedError
        yield from known.text_pieces(first + stream.read(), allowance)
    elif not (known and known.is_picture):
        yield from _plain(stream, first)


def gzip_texts(content: bytes, allowance: Allowance) -> Iterator[str]:
    """Text of the one packed file."""
    try:
        with allowance.layer(), gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            first = stream.read(_FIRST)
            known = FORMATS.get(signed(first) or "")
            if known and known.texts:
                most = min(allowance.size, max(_SMALL, _NESTED_TIMES * len(content)))
                inner = first + stream.read(most)
                if len(inner) > most:
                    raise UnsearchedError
                allowance.unpack(len(inner), len(content))
                yield from known.text_pieces(inner, allowance)
            else:
                allowance.unpack(len(first), len(content))
                yield from _plain(_Counted(stream, allowance, len(content)), first)
    except _BROKEN:
        return


class _Counted(io.RawIOBase):
    """A stream that ends in UnsearchedError where it goes on beyond what may be unpacked."""

    def __init__(self, stream: gzip.GzipFile, allowance: Allowance, packed: int) -> None:
        self._stream, self._allowance, self._packed, self._size = stream, allowance, packed, 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._size += len(piece)
        if self._size > max(_SMALL, self._allowance.times * self._packed):
            raise UnsearchedError
        self._allowance.unpack(len(piece), len(piece))
        return piece


def _plain(stream: IO[bytes] | io.RawIOBase, first: bytes = b"") -> Iterator[str]:
    """Text in windows that end where a line or tag does."""
    piece = first + (stream.read(_WINDOW) or b"")
    codec = _codec_of(piece)
    decoder = codecs.getincrementaldecoder(codec)("replace")
    head, rest = "", ""
    while piece:
        text = rest + decoder.decode(piece)
        other = piece.decode("cp1256", "replace") if codec == "utf-8-sig" and "\ufffd" in text else ""
        piece = stream.read(_WINDOW) or b""
        cut = max(text.rfind("\n"), text.rfind("\r"), text.rfind(">")) + 1 if piece else len(text)
        yield from _readings(head + text[: cut or len(text)])
        if other:
            yield from _readings(other)
        rest = text[cut:] if cut else text[-_OVERLAP:]
        head = head or "".join(text.splitlines(keepends=True)[:_HEAD_LINES])[: 1 << 16]


def _readings(text: str) -> Iterator[str]:
    """The text as it stands and, where it has tags, what stands between them and in headers and footers."""
    yield text
    if text.lstrip("\ufeff \r\n\t").startswith("<"):
        headers = (_HEADER_CODES.sub("\n", h) for h in _HEADER_FOOTER.findall(text))
        yield "\n".join([*_XML_TEXT.findall(text), *headers])


def binary_texts(content: bytes, _: Allowance) -> Iterator[str]:
    """Runs of letters in binary content, one byte or two bytes each."""
    for at in range(0, len(content), _WINDOW):
        window = content[max(at - _OVERLAP, 0) : at + _WINDOW]
        for text in (window.decode("latin-1"), *(window[i:].decode("utf-16-le", "replace") for i in (0, 1))):
            yield "\n".join(_STRINGS.findall(text))


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
