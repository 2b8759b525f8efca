"""What the bytes of a file really are. The name of the file is never believed."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from idtracker.read.refusal import RefusalError, unreadable

EMPTY, TEXT, JSON, XML, HTML = "empty", "text", "json", "xml", "html"
XLSX, XLS, ODS, PROTECTED, BROKEN_ZIP = "xlsx", "xls", "ods", "protected workbook", "broken zip"
ZIP, OLE, BINARY = "zip", "ole", "binary"

_WORKBOOK = frozenset({XLSX, XLS, ODS, PROTECTED, BROKEN_ZIP})
READABLE: dict[str, frozenset[str]] = {
    "csv": frozenset({TEXT}),
    "xlsx": _WORKBOOK,
    "json": frozenset({JSON}),
    "hxl": _WORKBOOK | {TEXT},
    "iati": frozenset({XML}),
}
EXPECTED: dict[str, str] = {
    "csv": "CSV",
    "xlsx": "Excel workbook",
    "json": "JSON",
    "hxl": "HXL (CSV or Excel)",
    "iati": "IATI activity XML",
}
NAMES: dict[str, str] = {
    TEXT: "plain or delimited text",
    JSON: "JSON",
    XML: "XML",
    HTML: "a web page (HTML)",
    XLSX: "an Excel workbook",
    XLS: "an Excel 97-2003 workbook",
    ODS: "an OpenDocument spreadsheet",
    PROTECTED: "a workbook protected by a password",
    BROKEN_ZIP: "a damaged ZIP archive",
    ZIP: "a ZIP archive",
    OLE: "a Microsoft Office 97-2003 document",
    BINARY: "binary data",
}
_SIGNATURES: list[tuple[bytes, str]] = [
    (b"%PDF", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "a rich text document (RTF)"),
]
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BLANK_BYTES = b" \t\r\n\x0b\x0c\x00\xa0"
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_SAMPLE = 65_536
_MOST_CONTROLS = 0.05
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1a\x1b"))

_XML_START = re.compile(r"<(\?xml|!--|!DOCTYPE|[A-Za-z_][\w:.-]*[\s>/])")
_HTML_START = re.compile(r"<(!DOCTYPE\s+html|html|head|body|table)\b", re.IGNORECASE)
_JSON_START = re.compile(r'(\[\s*([\[\]{"]|-?\d|true\b|false\b|null\b|$)|\{\s*(["}]|$))')


def bom_of(content: bytes) -> str | None:
    """The codec that a byte order mark at the start names, if there is one."""
    return next((codec for mark, codec in _BOMS if content.startswith(mark)), None)


def wide_codec_of(content: bytes) -> str | None:
    """UTF-16 without a byte order mark, known by NUL bytes in every other place."""
    sample = content[:_SAMPLE]
    half = len(sample) // 2
    if half < 2:
        return None
    if sample[1::2].count(0) > 0.4 * half and sample[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.4 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def sniff(content: bytes) -> str:
    """What the content is: one of the constants of this module, or the name of a format nothing here reads."""
    if not content.lstrip(codecs.BOM_UTF8 + codecs.BOM_UTF16_LE).strip(_BLANK_BYTES):
        return EMPTY
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            return name
    if content.startswith(b"PK"):
        return _zip_kind(content)
    if content.startswith(_OLE_SIGNATURE):
        return _ole_kind(content)
    if _is_binary(content):
        return BINARY
    return _text_kind(content)


def refuse_other_kinds(content: bytes, kind: str) -> str:
    """The kind of the content where the declared format can be read from it; else the file is refused."""
    found = sniff(content)
    if found == EMPTY:
        raise RefusalError("file.empty")
    if found not in READABLE[kind]:
        raise RefusalError("file.unknown_type", expected=EXPECTED[kind], found=NAMES.get(found, found))
    if found == PROTECTED:
        raise unreadable("the workbook is protected by a password")
    if found == BROKEN_ZIP:
        raise unreadable("the workbook is damaged or was not received completely")
    return found


def _zip_kind(content: bytes) -> str:
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _text_kind(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except Exception:  # zipfile lets several kinds of error through on damaged archives
        return BROKEN_ZIP
    if any(n.startswith("xl/workbook.") for n in names) or ("xl/worksheets/sheet1.xml" in names):
        return XLSX
    if b"opendocument.spreadsheet" in mimetype:
        return ODS
    return ZIP


def _ole_kind(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return PROTECTED
    if "Workbook".encode("utf-16-le") in content or "Book\0".encode("utf-16-le") in content:
        return XLS
    return OLE


def _is_binary(content: bytes) -> bool:
    if bom_of(content) or wide_codec_of(content):
        return False
    sample = content.rstrip(b"\x00")[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > _MOST_CONTROLS * len(sample)


def _text_kind(content: bytes) -> str:
    codec = bom_of(content) or wide_codec_of(content) or "latin-1"
    start = content[:4096].decode(codec, errors="ignore").lstrip("\ufeff").lstrip()
    if _HTML_START.match(start):
        return HTML
    if _XML_START.match(start):
        return XML
    return JSON if _JSON_START.match(start) else TEXT
