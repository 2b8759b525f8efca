"""What `rebuild`, `verify`, `backup`, `restore` and `access prune` print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from idtracker.model.document import Count, Document, Hash, Moment

if TYPE_CHECKING:
    from idtracker.ingest.access.removals import AccessRemoval


class TableChange(Document):
    """one table"""

    table: str = Field(description="table")
    rows_before: Count | None = Field(description="rows of the old store; null where it was not compared")
    rows_after: Count = Field(description="rows of the new store")
    hash_before: Hash | None = Field(description="content hash of the old store; null where it was not compared")
    hash_after: Hash = Field(description="content hash of the new store")
    is_same: bool = Field(description="whether the content is the same, or was not compared")
    rows_missing: Count = Field(description="rows that only the old store has")
    rows_added: Count = Field(description="rows that only the new store has")


class Rebuild(Document):
    """What was made again from the received files."""

    place: str = Field(description="folder in which judgements and store stand now")
    judged: Count = Field(description="files judged")
    tables: list[TableChange] = Field(description="every table before and after")
    differing: list[str] = Field(description="tables whose content differs")
    published: dict[str, str] = Field(description="audience -> folder of its publication")
    problems: list[str] = Field(
        description="what is wrong, each with its place; empty where all is well; the old store stays where there is one"
    )
    notes: list[str] = Field(description="what is worth knowing and harms nothing")


class HomeProblem(Document):
    """one problem"""

    check: str = Field(description="which check found it")
    place: str = Field(description="file, folder or submission concerned")
    problem: str = Field(description="what is wrong")
    remedy: str = Field(description="what to do")


class Verification(Document):
    """Whether a home is whole."""

    is_whole: bool = Field(description="whether nothing is missing, changed or too much")
    counts: dict[str, Count] = Field(description="what was looked at, and how many of each")
    problems: list[HomeProblem] = Field(description="what is wrong, each with its place; empty where all is well")
    notes: list[str] = Field(description="what is worth knowing and harms nothing")


class Backup(Document):
    """The archive that was written."""

    path: str = Field(description="the archive")
    files: Count = Field(description="files in it, its own list left out")
    size_bytes: Count = Field(description="bytes of these files")
    archive_bytes: Count = Field(description="bytes of the archive")
    is_whole: bool = Field(description="whether what can be made again is in it as well")
    sha256: Hash = Field(description="SHA-256 of the archive")
    damaged: list[str] = Field(
        description="received files that were damaged before the backup; they are in it as they are"
    )


class Restored(Document):
    """The home made of an archive."""

    home: str = Field(description="the home")
    files: Count = Field(description="files put back")
    judged: Count = Field(description="files judged again")
    tables_compared: Count = Field(description="tables compared with the content of the archive")
    differing: list[str] = Field(description="tables whose content is not that of the archive")
    problems: list[str] = Field(description="what is wrong, each with its place; empty where all is well")
    notes: list[str] = Field(description="what is worth knowing and harms nothing")
    moved_aside: str | None = Field(
        description="where the home that was there before is now; null where there was none"
    )


class RemovedDay(Document):
    """one day"""

    day: str = Field(description="day, UTC")
    lines: Count = Field(description="lines that it had")
    link: Hash = Field(description="its last link, to which the next day is bound")
    sha256: Hash = Field(description="SHA-256 of its file")


class PrunedAccess(Document):
    """Days of the log of access that were removed."""

    act_id: str = Field(description="the act on the record")
    days: list[RemovedDay] = Field(description="days, the earliest first, as they were sealed")
    lines: Count = Field(description="lines removed")
    by: str = Field(description="role or organisation that answers for it")
    why: str = Field(description="reason")
    at: Moment = Field(description="when, UTC")


def pruned_document(act: AccessRemoval) -> PrunedAccess:
    """The document of an act that removed days of the log of access."""
    days = [RemovedDay.model_validate(dict(day)) for day in act.days]
    return PrunedAccess(
        act_id=act.act_id, days=days, lines=act.lines, by=act.given_by, why=act.why, at=act.given_at.isoformat()
    )
