"""Small JSON documents beside files of the inbox: whatever lies there, reading one ends soon and gives plain texts."""

from __future__ import annotations

import json
import os
import stat
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from idtracker.model.errors import IdtrackerError
from idtracker.model.instants import parse_instant

MOST_BYTES = 1 << 16
LONGEST = 500
_ADDRESS = "@"


def read_side_file(path: Path, what: str) -> Mapping[str, Any]:
    """The object in a side file, called `what` in messages; IdtrackerError where there is none to be had.

    What is no regular file is never opened: a pipe would wait for ever, and a link may lead anywhere.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise _unusable(path, what, problem.strerror or str(problem)) from problem
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _unusable(path, what, "it is not a file")
    with os.fdopen(handle, "rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _unusable(path, what, f"it is longer than {MOST_BYTES:,} bytes")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise _unusable(path, what, str(problem)) from problem
    if not isinstance(document, dict):
        raise IdtrackerError(f"the {what} {path.name} is not a JSON object; correct or remove it")
    return document


def stated_text(path: Path, what: str, document: Mapping[str, Any], key: str) -> str:
    """A text of a side file, empty where it has none; IdtrackerError where it is no short plain text."""
    value = document.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST or any(_is_control(c) for c in value):
        raise _unusable(path, what, f"`{key}` is not a short text")
    return value.strip()


def instant_of(path: Path, what: str, document: Mapping[str, Any], key: str) -> datetime | None:
    """An instant of a side file in UTC, None where it has none; IdtrackerError where it is no ISO 8601 instant."""
    text = stated_text(path, what, document, key)
    try:
        return parse_instant(text) if text else None
    except (ValueError, OverflowError) as problem:
        raise _unusable(path, what, f"`{key}` is no ISO 8601 instant") from problem


def stated_party(path: Path, what: str, document: Mapping[str, Any], key: str) -> str:
    """Who it was: an organisation, a team or a post, and no e-mail address, which is kept nowhere."""
    text = stated_text(path, what, document, key)
    if _ADDRESS in text:
        raise _unusable(path, what, f"`{key}` holds an e-mail address; name an organisation or a post")
    return text


def _unusable(path: Path, what: str, why: str) -> IdtrackerError:
    return IdtrackerError(f"the {what} {path.name} cannot be used ({why}); correct or remove it")


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn")
