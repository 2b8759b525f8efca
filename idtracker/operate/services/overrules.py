"""Markings overruled: a person says that a file was refused for a word that is no marking, on the record."""

from __future__ import annotations

import hashlib
from datetime import datetime

from idtracker.ingest.decisions.overrules import Overrule, Overrules
from idtracker.ingest.marking.scan import find_marking
from idtracker.model.config.programme import load_programme
from idtracker.model.errors import UsageError
from idtracker.model.home import Home


def overrule(
    home: Home, source_id: str, content: bytes, file_name: str, *, by: str, why: str, at: datetime
) -> Overrule:
    """Let a source take in these bytes in spite of what was taken for a marking. UsageError where nothing was."""
    marking = find_marking(content, load_programme(home.sources).limits, file_name)
    if marking is None:
        raise UsageError(f"{file_name} carries no marking, so there is nothing to overrule; submit it as it is.")
    decision = Overrule(source_id, hashlib.sha256(content).hexdigest(), marking, by, why, at)
    Overrules(home).give(decision)
    return decision
