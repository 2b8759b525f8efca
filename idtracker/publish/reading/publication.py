"""One publication as it is read: its database, and what its manifest says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.publish.current import snapshot_database
from idtracker.publish.manifest import DATABASE

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Publication:
    """A published database that stays what it is, also when a newer one appears; nothing beside its own folder is read."""

    database: Path
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_home(cls, home: Home, audience_id: str) -> Publication:
        """What is published now for an audience. NotPublishedError where nothing is."""
        return cls.at(snapshot_database(home, audience_id))

    @classmethod
    def at(cls, path: str | Path) -> Publication:
        """The publication in a folder, or of a database file; UsageError where there is none.

        A file that was taken out of its folder has no manifest: it is read as it is, and not as it was known earlier.
        """
        place = Path(path).resolve()
        database = place / DATABASE if place.is_dir() else place
        if not database.is_file():
            raise UsageError(f"{path}: there is no publication: name a folder with {DATABASE} in it, or such a file.")
        return cls(database, _manifest(database.parent / _MANIFEST))

    @property
    def folder(self) -> Path:
        return self.database.parent

    @cached_property
    def as_of(self) -> pd.Timestamp:
        """The instant of knowledge (UTC). UsageError where the manifest is not there to say it."""
        if "as_of" not in self.manifest:
            raise UsageError(
                f"{self.database.name}: there is no readable {_MANIFEST} beside it, so that nothing says on which day it was known; "
                "name the folder of the publication."
            )
        return pd.Timestamp(str(self.manifest["as_of"]))

    @property
    def audience(self) -> str | None:
        """Whose publication it is."""
        return str(self.manifest["audience"]) if "audience" in self.manifest else None

    @property
    def notice(self) -> str:
        """What every reader must know, such as that figures are invented."""
        return str(self.manifest.get("notice", ""))

    @property
    def baseline(self) -> str | None:
        """The quarter that the programme named as its baseline when it was published; None where it named none."""
        baseline = self._versions.get("baseline")
        return None if baseline is None else str(baseline)

    @property
    def _versions(self) -> Mapping[str, Any]:
        versions = self.manifest.get("versions")
        return versions if isinstance(versions, dict) else {}

    def sibling(self, name: str) -> Path | None:
        """The database of another kept publication of the same audience, by the name of its folder; None where none has it."""
        other = self.folder.parent / name / DATABASE
        if name != Path(name).name or name.startswith(".") or not other.is_file() or self.audience is None:
            return None
        return other if _manifest(other.parent / _MANIFEST).get("audience") == self.audience else None


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) and "content" in loaded else {}
