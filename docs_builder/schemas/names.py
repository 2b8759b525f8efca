"""What the documents about names hold: names suggest, accept and check."""

from __future__ import annotations

from typing import get_args

from docs_builder.schemas.pieces import Schema, flag, listing, maybe, moment, record, text, whole
from idtracker.ingest.resolve.name_review import Fault
from idtracker.ingest.resolve.suggest import SHOWN, Why
from idtracker.model.register.reviewed_names import NameKind

_KIND = text("what the name stands for", enum=list(get_args(NameKind)))


def suggest_schema() -> Schema:
    candidate = {
        "identifier": text("identifier of the register"),
        "name": text("the name of it that is most like the one typed"),
        "score": whole("likeness", minimum=0, maximum=100),
        "why": text("what they have in common", enum=list(get_args(Why))),
        "reason": text("the same in words"),
    }
    seen = {
        "file_name": text("file name as received"),
        "sheet": maybe(text("sheet")),
        "row": whole("one-based row", minimum=0),
        "received_at": moment("arrival of the file"),
    }
    name = {
        "source": text("source"),
        "kind": _KIND,
        "typed": text("name as typed"),
        "times": whole("cells in which it stands", minimum=1),
        "files": whole("files in which it stands", minimum=1),
        "held": flag("whether rows are held for it"),
        "provisional": maybe(text("provisional identifier under which rows are kept; null where there is none")),
        "first_seen": record("where it stood first", seen),
        "candidates": listing(f"up to {SHOWN} known names, best first", record("one known name", candidate)),
    }
    return record(
        "Names typed in received files that no register and no reviewed entry knows.",
        {"names": listing("most frequent first within each source", record("one name", name))},
    )


def accept_schema() -> Schema:
    return record(
        "An entry of names.csv.",
        {
            "source": text("source"),
            "kind": _KIND,
            "typed": text("name as typed"),
            "identifier": text("what it means from now on"),
            "added": flag("false where it meant that already"),
            "file": text("path of names.csv"),
        },
    )


def check_schema() -> Schema:
    doubt = {
        "source": text("source"),
        "line": whole("line of names.csv", minimum=2),
        "kind": _KIND,
        "typed": text("name of the entry"),
        "identifier": text("identifier of the entry"),
        "fault": text("what speaks against it", enum=list(get_args(Fault))),
        "message": text("the same in words"),
    }
    return record(
        "Whether the reviewed names still serve.",
        {
            "sound": flag("whether there is nothing to look at"),
            "entries": whole("reviewed entries", minimum=0),
            "doubts": listing("entries to look at", record("one entry", doubt)),
        },
    )
