"""The one table of the formats of files, and of the kinds that a source may declare. To add a format is to add a row.

What reads, samples or searches a format is named as `module:function` and imported when it is used, so that whoever
looks something up here does not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from idtracker.ingest.read.formats.signatures import (
    Compound,
    Signature,
    Starts,
    Written,
    Zipped,
    is_excel,
    is_html,
    is_json,
    is_sheet_xml,
    is_xml,
)
from idtracker.model.messages import Message

if TYPE_CHECKING:
    from idtracker.ingest.marking.pieces import Allowance, Piece
    from idtracker.ingest.read.archive.zip_members import Packed
    from idtracker.ingest.read.raw import Reading
    from idtracker.ingest.read.sample import FileSample
    from idtracker.model.config.limits import Limits
    from idtracker.model.config.source import Kind, Source

    Reader = Callable[[bytes, str, Source, Limits], Reading]
    Sampler = Callable[[bytes, str], FileSample]
    Unpacker = Callable[[Packed], Reading]
    TextPieces = Callable[[bytes, Allowance], Iterator[Piece]]

EMPTY, TEXT, JSON, XML, HTML = "empty", "text", "json", "xml", "html"
XLSX, XLS, ODS, SHEET_XML = "xlsx", "xls", "ods", "sheet_xml"
PROTECTED, BROKEN_ZIP, ZIP, GZ, OLE, BINARY = "protected", "broken_zip", "zip", "gz", "ole", "binary"


@dataclass(frozen=True, slots=True)
class Format:
    """What the library knows of one format of files.

    `name` stands in findings as what a file was recognised as; `label` is what a file name that ends in one of
    `suffixes` promises. `kinds` are the declared kinds of source that take it without a remark; `has_tables` says that
    every kind that is read by its headings can be read from it, with a remark. `reader` (content, format, source,
    limits), `sampler` (content, format) and `unpacker` (for archives) are entries `module:function`, empty where there
    is none. The scan for markings searches the bytes as text; where `texts` (content, allowance) is given, what that
    yields, and where `is_picture`, nothing if the file is packed in another. `properties` is the member of a workbook
    that holds its custom properties.
    """

    name: Message
    signature: Signature | None = None
    suffixes: tuple[str, ...] = ()
    label: Message | None = None
    kinds: tuple[Kind, ...] = ()
    has_tables: bool = False
    reader: str = ""
    sampler: str = ""
    unpacker: str = ""
    texts: str = ""
    is_picture: bool = False
    properties: str = ""

    def __post_init__(self) -> None:
        is_signed = isinstance(self.signature, Starts)
        if self.texts and not is_signed:
            raise ValueError(f"{self.name.en}: the scan for markings knows a format by the bytes that it starts with.")
        if is_signed and (self.reader or self.unpacker) and not self.texts:
            raise ValueError(f"{self.name.en}: name the function that gives its text to the scan for markings.")

    def can_hold(self, kind: Kind) -> bool:
        """Whether what a source of that kind asks for could be in such a file."""
        return bool(self.unpacker) or kind in self.kinds or (self.has_tables and KINDS[kind].is_tabular)

    def reader_for(self, kind: Kind | None = None) -> Reader:
        """What reads such a file for a source of that kind, or of none in particular."""
        special = KINDS[kind].reader if kind and kind in self.kinds else ""
        reader: Reader = resolve_name(special or self.reader)
        return reader

    def sample(self, content: bytes, detected: str) -> FileSample:
        sampler: Sampler = resolve_name(self.sampler)
        return sampler(content, detected)

    def unpack(self, packed: Packed) -> Reading:
        unpacker: Unpacker = resolve_name(self.unpacker)
        return unpacker(packed)

    def text_pieces(self, content: bytes, allowance: Allowance) -> Iterator[Piece]:
        texts: TextPieces = resolve_name(self.texts)
        return texts(content, allowance)


@dataclass(frozen=True, slots=True)
class DeclaredKind:
    """A kind that `format.kind` of a source may declare.

    `where` is the key of a layout that leads to a table in such a file; `is_tabular` says that tables are known by
    their headings, so that any format with tables will do; `reader` takes the place of the readers of its formats.
    """

    name: Message
    dagster: str
    where: str = ""
    is_tabular: bool = True
    reader: str = ""


def _same(text: str) -> Message:
    return Message(text, text)


KINDS: dict[Kind, DeclaredKind] = {
    "csv": DeclaredKind(_same("CSV"), "csv"),
    "xlsx": DeclaredKind(Message("Excel workbook", "مصنف Excel"), "excel", "sheet"),
    "json": DeclaredKind(_same("JSON"), "json", "records"),
    "hxl": DeclaredKind(
        Message("HXL (CSV or Excel)", "HXL (CSV أو Excel)"),
        "csv",
        "sheet",
        reader="idtracker.ingest.read.structured.hxl:read_hxl",
    ),
    "iati": DeclaredKind(Message("IATI activity XML", "ملف أنشطة IATI بصيغة XML"), "xml", "sheet", is_tabular=False),
}

_WORKBOOK = "idtracker.ingest.read.workbook.workbook:read_workbook"
_MARKUP = "idtracker.ingest.read.structured.markup:read_markup"
_SAMPLE = "idtracker.ingest.read.sample"
_ARCHIVE = "idtracker.ingest.read.archive"
_SEARCH = "idtracker.ingest.marking"

# In this order content is held against signatures of a kind, and a suffix promises what the first with it says.
FORMATS: dict[str, Format] = {
    EMPTY: Format(Message("nothing", "لا شيء")),
    TEXT: Format(
        Message("plain or delimited text", "نص عادي أو مفصول بفواصل"),
        suffixes=(".csv", ".tsv", ".tab"),
        label=_same("CSV"),
        kinds=("csv", "hxl"),
        has_tables=True,
        reader="idtracker.ingest.read.text.delimited:read_delimited",
        sampler=f"{_SAMPLE}:sample_delimited",
    ),
    XLSX: Format(
        Message("an Excel workbook", "مصنف Excel"),
        Zipped(is_excel),
        suffixes=(".xlsx", ".xlsm", ".xlsb"),
        label=Message("Excel workbook (XLSX)", "مصنف Excel (XLSX)"),
        kinds=("xlsx", "hxl"),
        has_tables=True,
        reader=_WORKBOOK,
        sampler=f"{_SAMPLE}:sample_workbook",
        properties="docProps/custom.xml",
    ),
    PROTECTED: Format(
        Message("a workbook protected by a password", "مصنف محمي بكلمة مرور"), Compound(("EncryptedPackage",))
    ),
    XLS: Format(
        Message("an Excel 97-2003 workbook", "مصنف Excel 97-2003"),
        Compound(("Workbook", "Book\0")),
        suffixes=(".xls",),
        label=Message("Excel workbook (XLS)", "مصنف Excel (XLS)"),
        kinds=("xlsx", "hxl"),
        has_tables=True,
        reader=_WORKBOOK,
        sampler=f"{_SAMPLE}:sample_workbook",
    ),
    ODS: Format(
        Message("an OpenDocument spreadsheet", "جدول OpenDocument"),
        Zipped(lambda _, mimetype: b"opendocument.spreadsheet" in mimetype),
        suffixes=(".ods",),
        label=Message("OpenDocument spreadsheet", "جدول OpenDocument"),
        kinds=("xlsx", "hxl"),
        has_tables=True,
        reader=_WORKBOOK,
        sampler=f"{_SAMPLE}:sample_workbook",
        properties="meta.xml",
    ),
    JSON: Format(
        _same("JSON"),
        Written(is_json),
        suffixes=(".json", ".ndjson", ".jsonl", ".geojson"),
        label=_same("JSON"),
        kinds=("json",),
        has_tables=True,
        reader="idtracker.ingest.read.structured.json_records:read_records",
        sampler=f"{_SAMPLE}:sample_records",
    ),
    HTML: Format(
        Message("a web page (HTML)", "صفحة ويب (HTML)"),
        Written(is_html),
        suffixes=(".html", ".htm"),
        label=Message("web page (HTML)", "صفحة ويب (HTML)"),
        has_tables=True,
        reader=_MARKUP,
    ),
    SHEET_XML: Format(
        Message("an Excel 2003 XML workbook", "مصنف Excel 2003 بصيغة XML"),
        Written(is_sheet_xml),
        suffixes=(".xml",),
        label=_same("XML"),
        has_tables=True,
        reader=_MARKUP,
    ),
    XML: Format(
        _same("XML"),
        Written(is_xml),
        suffixes=(".xml",),
        label=_same("XML"),
        kinds=("iati",),
        reader="idtracker.ingest.read.iati.reader:read_iati",
        sampler=f"{_SAMPLE}:sample_iati",
    ),
    ZIP: Format(
        Message("a ZIP archive", "أرشيف ZIP"),
        Starts((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")),
        suffixes=(".zip",),
        label=Message("ZIP archive", "أرشيف ZIP"),
        unpacker=f"{_ARCHIVE}.zip_members:read_zip",
        sampler=f"{_ARCHIVE}.sampling:sample_zip",
        texts=f"{_SEARCH}.archives:zip_pieces",
    ),
    GZ: Format(
        Message("a gzip archive", "أرشيف gzip"),
        Starts((b"\x1f\x8b",)),
        suffixes=(".gz",),
        label=Message("gzip archive", "أرشيف gzip"),
        unpacker=f"{_ARCHIVE}.zip_members:read_gzip",
        sampler=f"{_ARCHIVE}.sampling:sample_gzip",
        texts=f"{_SEARCH}.archives:gzip_pieces",
    ),
    OLE: Format(
        Message("a Microsoft Office 97-2003 document", "مستند Microsoft Office 97-2003"),
        Starts((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
        texts=f"{_SEARCH}.workbooks:compound_pieces",
    ),
    "odt": Format(
        Message("an OpenDocument text or drawing", "مستند أو رسم OpenDocument"),
        Zipped(lambda _, mimetype: mimetype.startswith(b"application/vnd.oasis.opendocument")),
    ),
    "docx": Format(Message("a Word document", "مستند Word"), Zipped(lambda names, _: "word/document.xml" in names)),
    "pptx": Format(
        Message("a PowerPoint presentation", "عرض PowerPoint"), Zipped(lambda names, _: "ppt/presentation.xml" in names)
    ),
    "pdf": Format(_same("PDF"), Starts((b"%PDF",)), is_picture=True),
    "png": Format(Message("a PNG picture", "صورة PNG"), Starts((b"\x89PNG\r\n\x1a\n",)), is_picture=True),
    "jpeg": Format(Message("a JPEG picture", "صورة JPEG"), Starts((b"\xff\xd8\xff",)), is_picture=True),
    "gif": Format(Message("a GIF picture", "صورة GIF"), Starts((b"GIF8",)), is_picture=True),
    "7z": Format(Message("a 7-Zip archive", "أرشيف 7-Zip"), Starts((b"7z\xbc\xaf\x27\x1c",)), is_picture=True),
    "rar": Format(Message("a RAR archive", "أرشيف RAR"), Starts((b"Rar!\x1a\x07",)), is_picture=True),
    "xz": Format(Message("an XZ archive", "أرشيف XZ"), Starts((b"\xfd7zXZ\x00",))),
    "bz2": Format(Message("a bzip2 archive", "أرشيف bzip2"), Starts((b"BZh91AY&SY",))),
    "zst": Format(Message("a Zstandard archive", "أرشيف Zstandard"), Starts((b"\x28\xb5\x2f\xfd",))),
    "parquet": Format(_same("Parquet"), Starts((b"PAR1",))),
    "sqlite": Format(Message("an SQLite database", "قاعدة بيانات SQLite"), Starts((b"SQLite format 3\x00",))),
    "rtf": Format(Message("a rich text document (RTF)", "مستند نص منسق (RTF)"), Starts((b"{\\rtf",))),
    "tar": Format(Message("a TAR archive", "أرشيف TAR"), Starts((b"ustar",), at=257)),
    BROKEN_ZIP: Format(Message("a damaged ZIP archive", "أرشيف ZIP تالف")),
    BINARY: Format(Message("binary data", "بيانات ثنائية")),
}
WORKBOOKS = frozenset(name for name, known in FORMATS.items() if known.reader == _WORKBOOK)


def signed(content: bytes) -> str | None:
    """The format whose run of bytes stands in the content: for archives and compound files, the one they all share."""
    return next((n for n, f in FORMATS.items() if isinstance(f.signature, Starts) and f.signature.fits(content)), None)


def stamped_members() -> list[str]:
    """The members of workbooks that hold custom properties."""
    return [known.properties for known in FORMATS.values() if known.properties]


def promised(suffix: str) -> list[Format]:
    """The formats that a file name with this suffix may stand for, likeliest first; none where the suffix is not known."""
    return [f for f in FORMATS.values() if suffix.lower() in f.suffixes]
