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
from dataclasses import dataclass
from typing import IO

from idtracker.model.config.limits import Limits

_WINDOW = 8 << 20
_SMALL = 64 << 20
_OVERLAP = 400
_HEAD_LINES = 40
_LONGEST_ENTRY = 2 * (46 + 256)
_NESTED_TIMES = 20
_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WITHOUT_TEXT = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"7z\xbc\xaf", b"Rar!")
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
class _Left:
    """What may still be unpacked of the file."""

    size: int
    files: int
    depth: int
    times: int

    def unpack(self, size: int, packed: int) -> None:
        if size > self.size or size > max(_SMALL, self.times * packed):
            raise UnsearchedError
        self.size -= size


def texts_of(content: bytes, limits: Limits) -> Iterator[str]:
    """Every piece of text. UnsearchedError where the limits end it before the file does.

    Parts that are damaged, encrypted or pictures have no text. The first lines of a long text stand before each of its
    pieces, so that values can be told from their headings.
    """
    # A workbook in an archive is one layer more than the archive itself.
    left = _Left(limits.inflated_bytes, limits.archive_files, limits.archive_depth + 1, limits.inflated_times)
    if len(content) > limits.file_bytes:
        raise UnsearchedError
    return _texts(content, left)


def _texts(content: bytes, left: _Left) -> Iterator[str]:
    if content.startswith((_ZIP, _GZIP)):
        if left.depth == 0:
            raise UnsearchedError
        left.depth -= 1
        yield from _zip_texts(content, left) if content.startswith(_ZIP) else _gzip_texts(content, left)
        left.depth += 1
    elif content.startswith(_OLE):
        yield from _strings(content)
    else:
        yield from _plain(io.BytesIO(content))


def _zip_texts(content: bytes, left: _Left) -> Iterator[str]:
    if _directory_bytes(content) > left.files * _LONGEST_ENTRY:
        raise UnsearchedError
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN:
        return
    with archive:
        members = archive.infolist()
        left.files -= len(members)
        if left.files < 0:
            raise UnsearchedError
        left.unpack(sum(m.file_size for m in members), len(content))
        for member in members:
            try:
                with archive.open(member) as stream:
                    yield from _member_texts(stream, member, left)
            except _BROKEN:
                continue


def _member_texts(stream: IO[bytes], member: zipfile.ZipInfo, left: _Left) -> Iterator[str]:
    first = stream.read(len(_OLE))
    if first.startswith((_ZIP, _GZIP, _OLE)):
        if member.file_size > max(_SMALL, _NESTED_TIMES * member.compress_size):
            raise UnsearchedError
        yield from _texts(first + stream.read(), left)
    elif not first.startswith(_WITHOUT_TEXT):
        yield from _plain(stream, first)


def _gzip_texts(content: bytes, left: _Left) -> Iterator[str]:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            first = stream.read(len(_OLE))
            if first.startswith((_ZIP, _GZIP, _OLE)):
                most = min(left.size, max(_SMALL, _NESTED_TIMES * len(content)))
                inner = first + stream.read(most)
                if len(inner) > most:
                    raise UnsearchedError
                left.unpack(len(inner), len(content))
                yield from _texts(inner, left)
            else:
                left.unpack(len(first), len(content))
                yield from _plain(_Counted(stream, left, len(content)), first)
    except _BROKEN:
        return


class _Counted(io.RawIOBase):
    """A stream that ends in UnsearchedError where it goes on beyond what may be unpacked."""

    def __init__(self, stream: gzip.GzipFile, left: _Left, packed: int) -> None:
        self._stream, self._left, self._packed, self._size = stream, left, packed, 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._size += len(piece)
        if self._size > max(_SMALL, self._left.times * self._packed):
            raise UnsearchedError
        self._left.unpack(len(piece), len(piece))
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


def _strings(content: bytes) -> Iterator[str]:
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


def _directory_bytes(content: bytes) -> int:
    """How long the directory at the end of a ZIP file claims to be; 0 where there is none."""
    at = content.rfind(b"PK\x05\x06")
    if at < 0 or len(content) < at + 22:
        return 0
    size = int.from_bytes(content[at + 12 : at + 16], "little")
    far = content.rfind(b"PK\x06\x06", 0, at)
    return int.from_bytes(content[far + 40 : far + 48], "little") if size == 0xFFFFFFFF and far >= 0 else size
