"""The text of archives: names of members, their text through every layer, and what a damaged directory leaves out."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from idtracker.ingest.marking.markup import may_hold
from idtracker.ingest.marking.pieces import (
    WINDOW,
    Allowance,
    Piece,
    Placed,
    Text,
    UnsearchedError,
    packed_pieces,
    plain_pieces,
)
from idtracker.ingest.marking.places import Place
from idtracker.ingest.marking.workbooks import run_pieces, workbook_pieces
from idtracker.ingest.read.archive.containers import inflated
from idtracker.ingest.read.archive.directory import directory_bytes
from idtracker.ingest.read.formats.signatures import is_excel
from idtracker.ingest.read.refusal import RefusalError

_LONGEST_ENTRY = 2 * (46 + 256)
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30
_SLICE = 1 << 16
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
_FURNITURE = ("docprops/", "meta.xml", "xl/comments", "xl/threadedcomments", "xl/drawings/", "word/header",
              "word/footer", "word/comments", "ppt/notes", "ppt/comments", "customxml/")  # fmt: skip
_DOCUMENT = ("[Content_Types].xml", "mimetype")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".bmp", ".svg", ".ttf", ".odttf")


@dataclass(slots=True)
class _Seen:
    """What was met on the way through an archive: damage, and text that may matter where its cells are."""

    is_damaged: bool = False
    may_matter: bool = False


def zip_pieces(content: bytes, allowance: Allowance) -> Iterator[Piece]:
    """The pieces of a ZIP file, or of a workbook, which is one inside."""
    if directory_bytes(content) > allowance.files * _LONGEST_ENTRY:
        raise UnsearchedError
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members, comment = archive.infolist(), archive.comment
    except _BROKEN:
        members, comment = [], b""
    with allowance.layer():
        allowance.files -= len(members)
        if allowance.files < 0:
            raise UnsearchedError
        allowance.unpack(sum(m.file_size for m in members), len(content))
        seen = _Seen(is_damaged=not members)
        is_book = is_excel({m.filename for m in members}, b"")
        is_document = is_book or any(m.filename in _DOCUMENT for m in members)
        yield Placed(comment.decode("utf-8", "replace"), Place.FURNITURE)
        for member in members:
            yield from _listed(content, member, allowance, seen, is_document)
        yield from _unlisted(content, members, allowance, seen)
        if not members:
            yield from plain_pieces([content])
        if is_book:
            yield from workbook_pieces(content, members, allowance, is_needed=seen.may_matter)


def gzip_pieces(content: bytes, allowance: Allowance) -> Iterator[Piece]:
    """The pieces of the one packed file, and its name and comment."""
    yield from (Placed(text, Place.NAME) for text in _gzip_names(content))
    with allowance.layer():
        yield from packed_pieces(_gunzipped(content, allowance), len(content), allowance)


def _listed(
    content: bytes, member: zipfile.ZipInfo, allowance: Allowance, seen: _Seen, is_document: bool
) -> Iterator[Piece]:
    yield Placed(member.comment.decode("utf-8", "replace"), Place.FURNITURE)
    if not is_document:
        yield Placed(member.filename, Place.NAME)
        yield Placed(_local_name(content, member.header_offset), Place.NAME)
    elif member.filename.lower().endswith(_PICTURES):
        return
    windows = _member(content, member, allowance, seen)
    if member.filename.lower().endswith(".bin"):
        for window in windows:
            yield from run_pieces(window)
        seen.may_matter = True
        return
    place = _place_of(member.filename) if is_document else Place.CELL
    for piece in packed_pieces(windows, member.compress_size, allowance, place):
        is_cells = isinstance(piece, Text) and place == Place.CELL and is_document
        yield Text(_watched(piece.windows, seen), place) if is_cells and isinstance(piece, Text) else piece


def _watched(windows: Iterable[str], seen: _Seen) -> Iterator[str]:
    for window in windows:
        seen.may_matter = seen.may_matter or may_hold(window)
        yield window


def _place_of(member: str) -> Place:
    """Where the text of a member of a workbook or document stands."""
    return Place.FURNITURE if member.replace("\\", "/").lower().lstrip("/").startswith(_FURNITURE) else Place.CELL


def _member(content: bytes, member: zipfile.ZipInfo, allowance: Allowance, seen: _Seen) -> Iterator[bytes]:
    """What can be unpacked of a member, whatever its local header says that it is called."""
    try:
        if member.compress_type in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(member) as stream:
                while window := stream.read(WINDOW):
                    yield window
            return
        for window in inflated(content, member):
            allowance.demand_time()
            yield window
    except (RefusalError, *_BROKEN):
        seen.is_damaged = True


def _unlisted(content: bytes, members: Sequence[zipfile.ZipInfo], allowance: Allowance, seen: _Seen) -> Iterator[Piece]:
    """Members that no directory names: of an archive without its end, or between those that it names."""
    covered = sorted((m.header_offset, _data_at(content, m.header_offset) + m.compress_size) for m in members)
    at = content.find(_LOCAL)
    for first, end in [*covered, (len(content), len(content))]:
        while 0 <= at < first:
            allowance.files -= 1
            if allowance.files < 0:
                raise UnsearchedError
            name, ended = _local_name(content, at), _Ended(at + len(_LOCAL))
            yield Placed(name, Place.NAME)
            place = _place_of(name) if _place_of(name) != Place.CELL or not seen.is_damaged else Place.DAMAGED
            yield from packed_pieces(_salvaged(content, at, allowance, ended), len(content) - at, allowance, place)
            at = content.find(_LOCAL, ended.at)
        if at < 0:
            return
        at = content.find(_LOCAL, max(at, end))


@dataclass(slots=True)
class _Ended:
    at: int


def _salvaged(content: bytes, at: int, allowance: Allowance, ended: _Ended) -> Iterator[bytes]:
    """What can be unpacked after a local header; `ended` becomes the place where it ends."""
    if len(content) < at + _LOCAL_SIZE:
        return
    flags, method = struct.unpack_from("<HH", content, at + 6)
    (size,) = struct.unpack_from("<I", content, at + 18)
    start = _data_at(content, at)
    if flags & 1 or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or start >= len(content):
        return
    if method == zipfile.ZIP_DEFLATED:
        yield from _inflated(zlib.decompressobj(-zlib.MAX_WBITS), memoryview(content), start, allowance, ended)
        return
    following = content.find(b"PK", start)
    ended.at = min(start + size, len(content)) if size else following if following >= 0 else len(content)
    allowance.unpack(ended.at - start, len(content))
    yield content[start : ended.at]


def _gunzipped(content: bytes, allowance: Allowance) -> Iterator[bytes]:
    """What can be unpacked of every part of a gzip file."""
    at = 0
    while content.startswith(b"\x1f\x8b", at):
        ended = _Ended(len(content))
        machine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        yield from _inflated(machine, memoryview(content), at, allowance, ended)
        at = ended.at


def _inflated(
    machine: zlib._Decompress, packed: memoryview, start: int, allowance: Allowance, ended: _Ended
) -> Iterator[bytes]:
    """What a stream unpacks to, up to its end, which `ended` becomes, or its first damaged byte."""
    for at in range(start, len(packed), _SLICE):
        waiting: bytes | memoryview = packed[at : at + _SLICE]
        while len(waiting) and not machine.eof:
            allowance.demand_time()
            try:
                piece = machine.decompress(waiting, WINDOW)
            except zlib.error:
                return
            waiting = machine.unconsumed_tail
            allowance.unpack_more(len(piece), len(packed))
            if piece:
                yield piece
        if machine.eof:
            ended.at = min(at + _SLICE, len(packed)) - len(machine.unused_data)
            return


def _data_at(content: bytes, at: int) -> int:
    """Where the packed bytes begin that belong to a local header."""
    if not 0 <= at <= len(content) - _LOCAL_SIZE:
        return len(content)
    name_length, extra_length = struct.unpack_from("<HH", content, at + 26)
    return int(at + _LOCAL_SIZE + name_length + extra_length)


def _local_name(content: bytes, at: int) -> str:
    if not 0 <= at <= len(content) - _LOCAL_SIZE or content[at : at + 4] != _LOCAL:
        return ""
    (length,) = struct.unpack_from("<H", content, at + 26)
    return content[at + _LOCAL_SIZE : at + _LOCAL_SIZE + length].decode("utf-8", "replace")


def _gzip_names(content: bytes) -> Iterator[str]:
    """The name and comment in the header of a gzip file."""
    at = 10
    flags = content[3] if len(content) > at else 0
    if flags & 4 and len(content) > at + 2:
        at += 2 + struct.unpack_from("<H", content, at)[0]
    for flag in (8, 16):
        if flags & flag:
            end = content.find(b"\0", at, at + 4096)
            if end < 0:
                return
            yield content[at:end].decode("utf-8", "replace")
            at = end + 1
