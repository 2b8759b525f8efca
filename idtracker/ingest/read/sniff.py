"""What the bytes of a file really are. The name of the file is never believed."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from idtracker.ingest.read.archive.containers import directory_bytes

EMPTY, TEXT, JSON, XML, HTML = "empty", "text", "json", "xml", "html"
XLSX, XLS, ODS, PROTECTED, BROKEN_ZIP = "xlsx", "xls", "ods", "protected workbook", "broken zip"
SHEET_XML, ZIP, GZ, OLE, BINARY = "sheet xml", "zip", "a gzip archive", "ole", "binary"

_SIGNATURES: list[tuple[bytes, str]] = [
    (b"%PDF", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", GZ),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an XZ archive"),
    (b"BZh91AY&SY", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "a rich text document (RTF)"),
]
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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

_XML_START = re.compile(r"<(\?xml|!--|!DOCTYPE|[A-Za-z_][\w:.-]*[\s>/])")
_HTML_START = re.compile(r"(<!--.*?-->\s*)?<(!DOCTYPE\s+html|html|head|meta|body|style|div|table)\b", re.I | re.DOTALL)
_JSON_START = re.compile(r'(\[\s*([\[\]{"]|-?\d|true\b|false\b|null\b|$)|\{\s*(["}]|$))')
_XML_DECLARATION = re.compile(r"(<\?xml[^>]*\?>|<!--.*?-->|\s)+", re.DOTALL)


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
    """What the content is: one of the constants of this module, or the name of a format nothing here reads."""
    if not _FILLED.search(content):
        return EMPTY
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            return name
    if content.startswith(b"PK"):
        return _zip_kind(content)
    if content.startswith(_OLE_SIGNATURE):
        return _ole_kind(content)
    if content[257:262] == b"ustar":
        return "a TAR archive"
    if _is_binary(content):
        return BINARY
    return _text_kind(content)


def _share_of_zeros(sample: bytes) -> float:
    return sample.count(0) / len(sample)


def _arabic_wide_codec(sample: bytes) -> str | None:
    """UTF-16 of Arabic text: every other byte is that of the Arabic block (06), or 00 for blanks and separators."""
    half = len(sample) // 2
    for codec, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if half >= 8 and high.count(6) + high.count(0) > 0.95 * half and high.count(0) and high.count(6):
            return codec
    return None


def _zip_kind(content: bytes) -> str:
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _text_kind(content)
    if directory_bytes(content) > _LONGEST_DIRECTORY:
        return ZIP
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            mimetype = _mimetype(archive) if "mimetype" in names else b""
    except Exception:  # zipfile lets several kinds of error through on damaged archives
        return BROKEN_ZIP
    if any(n.startswith("xl/workbook.") for n in names) or ("xl/worksheets/sheet1.xml" in names):
        return XLSX
    if b"opendocument.spreadsheet" in mimetype:
        return ODS
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        return "an OpenDocument text or drawing"
    if "word/document.xml" in names:
        return "a Word document"
    return "a PowerPoint presentation" if "ppt/presentation.xml" in names else ZIP


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") as member:
        return member.read(100)


def _ole_kind(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return PROTECTED
    if "Workbook".encode("utf-16-le") in content or "Book\0".encode("utf-16-le") in content:
        return XLS
    return OLE


def _is_binary(content: bytes) -> bool:
    if bom_of(content) or wide_codec_of(content):
        return False
    sample = content[:_SAMPLE].rstrip(b"\x00")
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > max(_MOST_CONTROLS * len(sample), _FEW_CONTROLS)


def _text_kind(content: bytes) -> str:
    codec = bom_of(content) or wide_codec_of(content) or "latin-1"
    start = content[:16384].decode(codec, errors="ignore").lstrip("\ufeff").lstrip()
    if _HTML_START.match(_XML_DECLARATION.sub("", start, count=1) if start.startswith("<?xml") else start):
        return HTML
    if _XML_START.match(start):
        return SHEET_XML if "urn:schemas-microsoft-com:office:spreadsheet" in start else XML
    return JSON if _JSON_START.match(start[:4096]) else TEXT
