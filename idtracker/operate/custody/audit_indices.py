"""What is wrong with the kept editions of the data files of indices: whether each is there as it was kept."""

from __future__ import annotations

from idtracker.ingest.indices.editions import IndexEditions
from idtracker.ingest.landing.audit import FROM_BACKUP, Audited
from idtracker.model.home import Home


def audit_indices(home: Home, audited: Audited) -> None:
    """Every edition can be read, and its bytes are those that were kept."""
    for path, fault in IndexEditions(home).faults():
        audited.add("indices", path.relative_to(home.root).as_posix(), fault, FROM_BACKUP)
