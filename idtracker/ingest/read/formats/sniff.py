"""What the bytes of a file really are. The name of the file is never believed."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from idtracker.ingest.read.archive.directory import directory_bytes
from idtracker.ingest.read.formats.signatures import Compound, Written, Zipped
from idtracker.ingest.read.formats.table import BINARY, BROKEN_ZIP, EMPTY, FORMATS, OLE, TEXT, ZIP, signed

_FILLED = re.compile(rb"[^ \t\r\n\x0b\x0c\x00\xa0\xef\xbb\xbf\xff\xfe]")
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_SAMPLE = 65_536
_LONGEST_DIRECTORY = 32 << 20
_MOST_CONTROLS = 0.05
_FEW_CONTROLS = 4
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1a\x1b\x1f"))


def bom_of(content: bytes) -> str | None:
    """The codec that a byte order mark at the start names, if there is one."""
    return next((codec for mark, codec in _BOMS if content.startswith(mark)), None)


def wide_codec_of(content: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, known by the places at which NUL bytes stand."""
    sample = content[: _SAMPLE - _SAMPLE % 4]
    quarter = len(sample) // 4
    if quarter and sample.count(0) > 1.9 * quarter:
        if not (any(sample[3::4]) or any(sample[2::4])):
            return "utf-32-le"
        if not (any(sample[0::4]) or any(sample[1::4])):
            return "utf-32-be"
    half = len(sample) // 2
    if half < 2:
        return None
    odd, even = _share_of_zeros(sample[1::2]), _share_of_zeros(sample[0::2])
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    if even > 0.4 and odd < 0.1:
        return "utf-16-be"
    return _arabic_wide_codec(sample)


def sniff(content: bytes) -> str:
    """What the content is: a key of the table of formats."""
    if not _FILLED.search(content):
        return EMPTY
    known = signed(content)
    if known == ZIP:
        return _zip_format(content)
    if known == OLE:
        fits = (n for n, f in FORMATS.items() if isinstance(f.signature, Compound) and f.signature.fits(content))
        return next(fits, OLE)
    if known is not None:
        return known
    if _is_binary(content) and not content.startswith(b"PK"):
        return BINARY
    return _text_format(content)


def _share_of_zeros(sample: bytes) -> float:
    return sample.count(0) / len(sample)


def _arabic_wide_codec(sample: bytes) -> str | None:
    """UTF-16 of Arabic text: every other byte is that of the Arabic block (06), or 00 for blanks and separators."""
    half = len(sample) // 2
    for codec, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if half >= 8 and high.count(6) + high.count(0) > 0.95 * half and high.count(0) and high.count(6):
            return codec
    return None


def _zip_format(content: bytes) -> str:
    if directory_bytes(content) > _LONGEST_DIRECTORY:
        return ZIP
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            mimetype = _mimetype(archive) if "mimetype" in names else b""
    except Exception:  # zipfile lets several kinds of error through on damaged archives
        return BROKEN_ZIP
    fits = (n for n, f in FORMATS.items() if isinstance(f.signature, Zipped) and f.signature.fits(names, mimetype))
    return next(fits, ZIP)


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") as member:
        return member.read(100)


def _is_binary(content: bytes) -> bool:
    if bom_of(content) or wide_codec_of(content):
        return False
    sample = content[:_SAMPLE].rstrip(b"\x00")
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > max(_MOST_CONTROLS * len(sample), _FEW_CONTROLS)


def _text_format(content: bytes) -> str:
    codec = bom_of(content) or wide_codec_of(content) or "latin-1"
    start = content[:16384].decode(codec, errors="ignore").lstrip("\ufeff").lstrip()
    fits = (n for n, f in FORMATS.items() if isinstance(f.signature, Written) and f.signature.fits(start))
    return next(fits, TEXT)
