"""What `export` and `briefing` print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Hash, Moment
from idtracker.model.published.formats import FileFormat

if TYPE_CHECKING:
    from idtracker.publish.briefing.current import Briefing
    from idtracker.publish.export.result import Exported


class WrittenFile(Document):
    """one file of the export"""

    path: str = Field(description="path below the folder")
    table: str | None = Field(description="table; null where the file holds several")
    format: FileFormat = Field(description="format")
    rows: Count = Field(description="rows of tables in it")
    bytes: Count = Field(description="size")
    sha256: Hash = Field(description="SHA-256 of the file")


class OmittedTable(Document):
    """one table that a format cannot hold"""

    table: str = Field(description="table")
    format: FileFormat = Field(description="format that it is not in")
    why: str = Field(description="why, in the language of the export")


class PublicationExport(Document):
    """What was exported. The folder also has `datapackage.json`, which describes every file."""

    folder: str = Field(description="folder that was written, or the address of the storage where no folder was named")
    copied_to: str | None = Field(
        description="address of the storage that it was copied to; null where none was named with --to"
    )
    audience: str = Field(description="audience whose publication it is")
    as_known_at: Moment = Field(description="instant of knowledge")
    notice: str = Field(description="what every reader must know; empty where there is nothing")
    classification: str = Field(description="high-water mark of every row in it")
    releasable_to: list[str] = Field(description="groups that may see all of it; empty: whoever marked it alone")
    tables: list[str] = Field(description="tables")
    files: list[WrittenFile] = Field(description="files, in the order in which they were written")
    left_out: list[OmittedTable] = Field(description="tables that a format cannot hold")


class WrittenBriefing(Document):
    """What was written: a folder of pages that opens without a network."""

    index: str = Field(description="page to open")
    folder: str = Field(description="folder that was written")
    audience: str = Field(description="audience whose publication it is of")
    publication: str = Field(description="publication that it is of")
    as_known_at: Moment = Field(description="instant of knowledge")
    notice: str = Field(description="what every reader must know; empty where there is nothing")
    classification: str = Field(description="high-water mark of every row of the publication")
    releasable_to: list[str] = Field(description="groups that may see all of it; empty: whoever marked it alone")
    languages: list[Literal["en", "ar"]] = Field(description="languages")
    pages: Count = Field(description="pages in all languages")
    files: Count = Field(description="files")
    bytes: Count = Field(description="size of all files")


def export_document(exported: Exported, folder: str, copied_to: str | None) -> PublicationExport:
    """The document of an export into a folder or to the address of a storage, and of its copy."""
    return PublicationExport(
        folder=folder,
        copied_to=copied_to,
        audience=exported.audience,
        as_known_at=exported.as_known_at,
        notice=exported.notice,
        classification=exported.marking.classification,
        releasable_to=sorted(exported.marking.groups),
        tables=list(exported.tables),
        files=[
            WrittenFile(path=f.path, table=f.table, format=f.format, rows=f.rows, bytes=f.bytes, sha256=f.sha256)
            for f in exported.files
        ],
        left_out=[OmittedTable(table=left.table, format=left.format, why=left.why) for left in exported.left_out],
    )


def briefing_document(briefing: Briefing) -> WrittenBriefing:
    """The document of a briefing that was written."""
    return WrittenBriefing(
        index=str(briefing.index),
        folder=str(briefing.folder),
        audience=briefing.audience,
        publication=briefing.publication,
        as_known_at=briefing.as_known_at,
        notice=briefing.notice,
        classification=briefing.marking.classification,
        releasable_to=sorted(briefing.marking.groups),
        languages=list(briefing.langs),
        pages=sum(path.suffix == ".html" and path != briefing.index for path in briefing.files),
        files=len(briefing.files),
        bytes=sum(path.stat().st_size for path in briefing.files),
    )
