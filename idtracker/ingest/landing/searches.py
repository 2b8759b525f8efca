"""The search for markings of what waits in the inbox, done ahead so that nobody waits for the writer's lock meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress

from idtracker.ingest.landing.inbox import scan_inbox
from idtracker.ingest.marking.scan import Searched, search
from idtracker.model.config.limits import Limits
from idtracker.model.config.programme import load_programme
from idtracker.model.config.source import Source
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.steps.progress import counted

_MOST_KEPT = 10_000
_Key = tuple[str, str, str]
_ahead: dict[_Key, Searched] = {}


def search_ahead(home: Home, sources: Iterable[Source]) -> None:
    """Search every waiting file and keep what was found, by the hash of its bytes, until it is taken in."""
    with suppress(IdtrackerError):
        limits = load_programme(home.sources).limits
        waiting = [path for source in sources for path in scan_inbox(home, source).files]
        for path in counted("files searched for markings", waiting):
            with suppress(OSError):
                if path.stat().st_size <= limits.file_bytes and len(_ahead) < _MOST_KEPT:
                    content = path.read_bytes()
                    key = _key(content, path.name, limits)
                    if key not in _ahead:
                        _ahead[key] = search(content, limits, path.name)


def take_search(content: bytes, file_name: str, limits: Limits) -> Searched:
    """What was found ahead in these very bytes, once; else what is found now."""
    return _ahead.pop(_key(content, file_name, limits), None) or search(content, limits, file_name)


def _key(content: bytes, file_name: str, limits: Limits) -> _Key:
    return hashlib.sha256(content).hexdigest(), file_name, limits.model_dump_json()
