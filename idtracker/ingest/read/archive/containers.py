"""Packed files (ZIP, and the workbooks that are ZIP inside): what is in them, unpacked within the limits and never beyond.

Sizes that a packed file declares of itself are checked before anything is unpacked, and are then held to: a member that
unpacks to more or less than it declares is damage. Nothing here writes to disk, and names of members are never paths.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from idtracker.ingest.read.archive.directory import directory_bytes
from idtracker.ingest.read.refusal import RefusalError, megabytes, refusing, sized, too_large, unreadable, worded
from idtracker.model.config.limits import Limits
from idtracker.model.messages import Message

_LEAST_ENTRY_BYTES = 46
_WINDOW = 1 << 20
_SLICE = 1 << 16
_SMALL = 64 << 20
DAMAGED_ARCHIVE = "packed_incomplete"


def open_zip(content: bytes, limits: Limits, most_members: int) -> zipfile.ZipFile:
    """The directory of a ZIP file, refused before it is parsed where it is too long, and where it declares too much:
    more than is allowed, or more than a file of its size ever unpacks to.

    RefusalError: `file.too_large` (members, or bytes unpacked) or `file.unreadable`.
    """
    if directory_bytes(content) > 2 * most_members * (_LEAST_ENTRY_BYTES + 256):
        raise too_large(sized("packed_files", most_members), worded("more"))
    with refusing(DAMAGED_ARCHIVE):
        archive = zipfile.ZipFile(io.BytesIO(content))
    members = archive.infolist()
    if len(members) > most_members:
        raise too_large(sized("packed_files", most_members), sized("packed_files", len(members)))
    inflated = sum(m.file_size for m in members)
    if inflated > limits.inflated_bytes:
        raise _unpacks_to(inflated, worded("unpacked", size=megabytes(limits.inflated_bytes)))
    most = max(_SMALL, limits.inflated_times * len(content))
    if inflated > most:
        limit = worded("unpacked_from", size=megabytes(most), packed=megabytes(len(content)))
        raise _unpacks_to(inflated, limit)
    return archive


def _unpacks_to(size: int, limit: Message) -> RefusalError:
    return too_large(limit, worded("unpacked", size=megabytes(size)))


def inflated(content: bytes, member: zipfile.ZipInfo, window: int = _WINDOW) -> Iterator[bytes]:
    """One member of a ZIP file piece by piece; no piece is longer than `window` bytes.

    RefusalError where the member is protected by a password, packed in a way no workbook uses, damaged, or does not
    unpack to the size it declares.
    """
    if member.flag_bits & 1:
        raise unreadable("part_protected")
    packed = _packed(content, member)
    pieces = (
        _stored(packed, window) if member.compress_type == zipfile.ZIP_STORED else _deflated(packed, member, window)
    )
    size, checksum = 0, 0
    for piece in pieces:
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
        if size > member.file_size:
            raise unreadable(DAMAGED_ARCHIVE)
        yield piece
    if size != member.file_size or checksum != member.CRC:
        raise unreadable(DAMAGED_ARCHIVE)


def read_member(content: bytes, member: zipfile.ZipInfo, most_bytes: int) -> bytes:
    """One whole member, refused before it is unpacked where it declares more than `most_bytes`."""
    if member.file_size > most_bytes:
        actual = worded("of_member", member=member.filename[:100], size=megabytes(member.file_size))
        raise too_large(megabytes(most_bytes), actual)
    return b"".join(inflated(content, member))


def _packed(content: bytes, member: zipfile.ZipInfo) -> memoryview:
    at = member.header_offset
    if not 0 <= at <= len(content) - 30 or content[at : at + 4] != b"PK\x03\x04":
        raise unreadable(DAMAGED_ARCHIVE)
    name_length, extra_length = struct.unpack_from("<HH", content, at + 26)
    start = at + 30 + name_length + extra_length
    packed = memoryview(content)[start : start + member.compress_size]
    if len(packed) != member.compress_size:
        raise unreadable(DAMAGED_ARCHIVE)
    return packed


def _stored(packed: memoryview, window: int) -> Iterator[bytes]:
    for at in range(0, len(packed), window):
        yield bytes(packed[at : at + window])


def _deflated(packed: memoryview, member: zipfile.ZipInfo, window: int) -> Iterator[bytes]:
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise unreadable("part_unsupported")
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(0, len(packed), _SLICE):
        waiting: bytes | memoryview = packed[at : at + _SLICE]
        while len(waiting) and not machine.eof:
            with refusing(DAMAGED_ARCHIVE):
                piece = machine.decompress(waiting, window)
            waiting = machine.unconsumed_tail
            if piece:
                yield piece
    with refusing(DAMAGED_ARCHIVE):
        rest = machine.flush()
    if rest:
        yield rest
    if not machine.eof:
        raise unreadable(DAMAGED_ARCHIVE)
