"""A copy of an export on S3-compatible storage, SFTP or anything else that fsspec knows: its description comes last.

A reader who finds `datapackage.json` finds every file that it lists. While files are on their way there is none, but a marker that lists
them, so that a copy which was broken off can be made again. Credentials come from the environment alone (`AWS_*`, `FSSPEC_SFTP_*`), and
no message repeats what a service said, for that may hold them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.home import Home
from idtracker.publish.export.folder import DESCRIPTION, MADE_BY, check_target
from idtracker.publish.extras import extra_module

MARKER = ".idtracker-copying.json"
_PACKAGES = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "sftp": "paramiko",
    "ssh": "paramiko",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "az": "adlfs",
}
"""What a protocol needs that is not installed with this package."""
_OF_OBJECTS = ("s3", "s3a", "gs", "gcs", "abfs", "az")
"""Storages without folders: making one there would make the bucket, and a bucket that is misspelt shall not come to be."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A file system of fsspec, and the folder in it."""

    system: Any
    root: str
    url: str
    has_folders: bool

    def make_folder(self, path: str) -> None:
        """A folder and those above it, where the storage has such."""
        if self.has_folders:
            self.system.makedirs(path, exist_ok=True)

    def at(self, name: str) -> str:
        return f"{self.root}/{name}"

    def names(self) -> list[str]:
        """Everything below the folder, by its path from there, in order."""
        if not self.system.exists(self.root):
            return []
        return sorted(str(path).removeprefix(self.root).lstrip("/") for path in self.system.find(self.root))


def is_url(text: str) -> bool:
    """Whether a destination is the address of a storage and no folder of this machine."""
    return "://" in text


@contextmanager
def folder_for(destination: str) -> Iterator[Path]:
    """The folder to export into: the destination, or one that is there while its copy is made."""
    if not is_url(destination):
        yield Path(destination)
        return
    with tempfile.TemporaryDirectory(prefix="idtracker-export-") as folder:
        yield Path(folder) / "export"


def check_url(home: Home, url: str) -> None:
    """UsageError for an address that cannot be a destination; IdtrackerError where a package for it is missing. Nothing is sent."""
    _place(home, url)


def copy_export(home: Home, folder: Path, url: str) -> int:
    """Copy a finished export to an address, in place of an earlier copy: how many files it has, its description among them.

    UsageError where something is there that no export wrote; IdtrackerError where it cannot be written, and then it has no description.
    """
    place = _place(home, url)
    description = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    files = [str(resource["path"]) for resource in description["resources"]]
    try:
        before = _earlier(place)
        _send(place, folder, files, sorted(before - set(files)))
    except IdtrackerError:
        raise
    except Exception as problem:
        raise IdtrackerError(
            f"{place.url}: the copy was not finished ({type(problem).__name__}), and nobody can take it for whole: it has no {DESCRIPTION}. "
            "Credentials are read from the environment (AWS_*, FSSPEC_SFTP_USERNAME and FSSPEC_SFTP_PASSWORD)."
        ) from None
    return len(files) + 1


def _place(home: Home, url: str) -> _Place:
    parts = urlsplit(url)
    if not is_url(url) or not parts.scheme:
        raise UsageError("The destination of a copy is an address such as s3://bucket/folder or sftp://host/folder.")
    if parts.password is not None or parts.query or parts.fragment:
        raise UsageError(
            "Leave passwords, keys and options out of the address: credentials are read from the environment."
        )
    fsspec = extra_module("fsspec", "pipelines")
    if parts.scheme not in fsspec.available_protocols():
        raise UsageError(
            f"Nothing is known of the protocol `{parts.scheme}`; there are s3, sftp, gs, abfs, file and more."
        )
    try:
        system, root = fsspec.core.url_to_fs(url)
    except ImportError:
        package = _PACKAGES.get(parts.scheme, f"what fsspec wants for {parts.scheme}")
        raise IdtrackerError(f"{parts.scheme} needs a package that is not installed: pip install {package}") from None
    except Exception as problem:
        raise IdtrackerError(
            f"{parts.scheme}://{parts.hostname or ''}: no connection ({type(problem).__name__})."
        ) from None
    if parts.scheme in ("file", "local"):
        check_target(home, Path(root).resolve())
    system.invalidate_cache()
    return _Place(system, str(root).rstrip("/"), url.rstrip("/"), parts.scheme not in _OF_OBJECTS)


def _earlier(place: _Place) -> set[str]:
    """Files of an earlier copy; none where nothing is there. UsageError where anything else is."""
    names = set(place.names())
    stated: set[str] = set()
    for own in (DESCRIPTION, MARKER):
        if own in names:
            stated |= _stated(place, own) | {own}
    if strangers := sorted(names - stated):
        raise UsageError(f"{place.url} has something that no export wrote ({strangers[0]}); name another folder.")
    return stated - {DESCRIPTION, MARKER}


def _stated(place: _Place, name: str) -> set[str]:
    try:
        document = json.loads(place.system.cat_file(place.at(name)))
        return {str(r["path"]) for r in document["resources"]} if document["madeBy"] == MADE_BY else set()
    except (ValueError, KeyError, TypeError):
        return set()


def _send(place: _Place, folder: Path, files: list[str], gone: list[str]) -> None:
    """Marker, no description, the files, no earlier ones, the description, no marker: in this order."""
    system = place.system
    marker = {"madeBy": MADE_BY, "resources": [{"path": name} for name in sorted({*files, *gone})]}
    place.make_folder(place.root)
    system.pipe_file(place.at(MARKER), json.dumps(marker).encode())
    if system.exists(place.at(DESCRIPTION)):
        system.rm_file(place.at(DESCRIPTION))
    for name in files:
        _put(place, folder, name)
    for name in gone:
        if system.exists(place.at(name)):
            system.rm_file(place.at(name))
    _put(place, folder, DESCRIPTION)
    system.rm_file(place.at(MARKER))


def _put(place: _Place, folder: Path, name: str) -> None:
    """One file; IdtrackerError where another number of bytes arrived than was sent."""
    there = place.at(name)
    place.make_folder(there.rpartition("/")[0])
    place.system.put_file(str(folder / name), there)
    if place.system.size(there) != (folder / name).stat().st_size:
        raise IdtrackerError(f"{place.url}/{name}: not all of it arrived; the copy has no {DESCRIPTION}.")
