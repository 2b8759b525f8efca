"""What the documents of rebuild, verify, backup and restore hold."""

from __future__ import annotations

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, paths, record, text, whole

_PROBLEMS = "what is wrong, each with its place; empty where all is well"
_NOTES = "what is worth knowing and harms nothing"
_HASH = r"^[0-9a-f]+$"


def rebuild_schema() -> Schema:
    table = {
        "table": text("table"),
        "rows_before": maybe(whole("rows of the old store; null where it was not compared", minimum=0)),
        "rows_after": whole("rows of the new store", minimum=0),
        "hash_before": maybe(text("content hash of the old store; null where it was not compared", pattern=_HASH)),
        "hash_after": text("content hash of the new store", pattern=_HASH),
        "is_same": flag("whether the content is the same, or was not compared"),
        "rows_missing": whole("rows that only the old store has", minimum=0),
        "rows_added": whole("rows that only the new store has", minimum=0),
    }
    return record(
        "What was made again from the received files.",
        {
            "place": text("folder in which judgements and store stand now"),
            "judged": whole("files judged", minimum=0),
            "tables": listing("every table before and after", record("one table", table)),
            "differing": listing("tables whose content differs", text("table")),
            "published": paths("audience -> folder of its publication"),
            "problems": listing(f"{_PROBLEMS}; the old store stays where there is one", text("problem")),
            "notes": listing(_NOTES, text("note")),
        },
    )


def verify_schema() -> Schema:
    problem = {
        "check": text("which check found it"),
        "place": text("file, folder or submission concerned"),
        "problem": text("what is wrong"),
        "remedy": text("what to do"),
    }
    counts = {
        "type": "object",
        "description": "what was looked at",
        "additionalProperties": whole("how many", minimum=0),
    }
    return record(
        "Whether a home is whole.",
        {
            "is_whole": flag("whether nothing is missing, changed or too much"),
            "counts": counts,
            "problems": listing(_PROBLEMS, record("one problem", problem)),
            "notes": listing(_NOTES, text("note")),
        },
    )


def backup_schema() -> Schema:
    return record(
        "The archive that was written.",
        {
            "path": text("the archive"),
            "files": whole("files in it, its own list left out", minimum=0),
            "size_bytes": whole("bytes of these files", minimum=0),
            "archive_bytes": whole("bytes of the archive", minimum=0),
            "is_whole": flag("whether what can be made again is in it as well"),
            "sha256": text("SHA-256 of the archive", pattern=_HASH),
            "damaged": listing(
                "received files that were damaged before the backup; they are in it as they are", text("file")
            ),
        },
    )


def restore_schema() -> Schema:
    return record(
        "The home made of an archive.",
        {
            "home": text("the home"),
            "files": whole("files put back", minimum=0),
            "judged": whole("files judged again", minimum=0),
            "tables_compared": whole("tables compared with the content of the archive", minimum=0),
            "differing": listing("tables whose content is not that of the archive", text("table")),
            "problems": listing(_PROBLEMS, text("problem")),
            "notes": listing(_NOTES, text("note")),
            "moved_aside": maybe(text("where the home that was there before is now; null where there was none")),
        },
    )
