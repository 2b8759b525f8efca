"""What `briefing` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment

if TYPE_CHECKING:
    from idtracker.publish.briefing.current import Briefing


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
