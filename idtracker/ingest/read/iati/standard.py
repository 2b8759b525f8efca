"""Where the published IATI standard is at hand: schemas and codelists of each version. None of it is part of this library.

The installed package `pyIATI` holds the versions 1.01 to 2.03; of it only the data are read. `IDTRACKER_IATI_STANDARD` names a
folder that goes before it, with newer codelists or a later version: laid out as the package does it (`2-03/schemas`,
`2-03/codelists`, `2-03/codelist-mapping.xml`), or flat, `iati-activities-schema.xsd` with `codelists` in or beside its folder.
What the folder lacks is taken from the package. `none` says that files are not checked at all.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

SETTING = "IDTRACKER_IATI_STANDARD"
NOT_WANTED = "none"
PACKAGE = "pyIATI"
_SCHEMA, _MAPPING, _GROWING = "iati-activities-schema.xsd", "codelist-mapping.xml", "codelists_non_embedded"
_VERSION_FOLDER = re.compile(r"(\d)[-.](\d\d)")
_STATED_VERSION = re.compile(rb"<(?:\w+:)?schema\b[^>]*?\sversion=[\"']([^\"']+)[\"']", re.S)


class Held(NamedTuple):
    """A file or folder of the standard, and where it is from, as findings call that: `pyIATI 0.4.1`."""

    path: Path
    origin: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of the standard: what is at hand of it, what goes before first. `growing` are folders of lists that grow."""

    version: str
    schemas: tuple[Held, ...] = ()
    mappings: tuple[Held, ...] = ()
    codelists: tuple[Held, ...] = ()
    growing: tuple[Held, ...] = ()

    def before(self, other: Edition) -> Edition:
        """Both together, this one first."""
        return Edition(
            self.version,
            self.schemas + other.schemas,
            self.mappings + other.mappings,
            self.codelists + other.codelists,
            self.growing + other.growing,
        )


@dataclass(frozen=True, slots=True)
class Standard:
    """What is at hand: versions in order, where they are from, and the `fingerprint` of all that a check follows from.

    `is_misplaced` says that a folder is named and does not hold the standard: nothing is taken from elsewhere then.
    """

    origin: str
    fingerprint: str
    editions: tuple[Edition, ...] = ()
    is_misplaced: bool = False

    def edition(self, version: str) -> Edition | None:
        return next((e for e in self.editions if e.version == version), None)


def is_wanted() -> bool:
    """Whether files are to be checked against the standard at all."""
    return os.environ.get(SETTING) != NOT_WANTED


def standard_at_hand() -> Standard:
    """The named folder before the installed package; without versions where there is neither, or no check is wanted."""
    named = os.environ.get(SETTING)
    if not is_wanted():
        return Standard("", NOT_WANTED)
    package = _package()
    roots = [package] if package else []
    if named:
        folder = Path(named).expanduser().absolute()
        if not folder.is_dir() or not list(_editions_of(Held(folder, ""))):
            return Standard("", "misplaced", is_misplaced=True)
        roots.insert(0, Held(folder, f"{folder.name} ({_content_of(folder)[:12]})"))
    editions: dict[str, Edition] = {}
    for edition in (e for root in roots for e in _editions_of(root)):
        known = editions.get(edition.version)
        editions[edition.version] = known.before(edition) if known else edition
    origin = ", ".join(root.origin for root in roots)
    return Standard(origin, origin, tuple(sorted(editions.values(), key=lambda e: e.version)))


@lru_cache(maxsize=1)
def _package() -> Held | None:
    from importlib import metadata

    try:
        found = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return None
    folder = Path(str(found.locate_file("iati/resources/standard")))
    return Held(folder, f"{PACKAGE} {found.version}") if folder.is_dir() else None


def _content_of(folder: Path) -> str:
    """What the files of a folder hold; read again where one of them has changed."""
    files = [f for f in sorted(folder.rglob("*")) if f.suffix in (".xsd", ".xml")]
    files += sorted((folder.parent / "codelists").glob("*.xml")) if (folder / _SCHEMA).is_file() else []
    return _digest(tuple((str(f), (s := f.stat()).st_size, s.st_mtime_ns) for f in files if f.is_file()))


@lru_cache(maxsize=4)
def _digest(files: tuple[tuple[str, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for name, size, _ in files:
        digest.update(f"{name}\0{size}\0".encode())
        digest.update(Path(name).read_bytes())
    return digest.hexdigest()


def _editions_of(root: Held) -> Iterator[Edition]:
    def present(*paths: Path) -> tuple[Held, ...]:
        return tuple(Held(path, root.origin) for path in paths if path.exists())

    flat, growing = root.path / _SCHEMA, present(root.path / _GROWING)
    for folder in sorted(root.path.iterdir()):
        if (named := _VERSION_FOLDER.fullmatch(folder.name)) and folder.is_dir():
            yield Edition(
                f"{named[1]}.{named[2]}",
                present(folder / "schemas" / _SCHEMA),
                present(folder / _MAPPING),
                present(folder / "codelists"),
                growing,
            )
    if flat.is_file() and (stated := _STATED_VERSION.search(flat.read_bytes())):
        yield Edition(
            stated[1].decode(errors="replace").strip(),
            present(flat),
            present(root.path / _MAPPING, root.path.parent / _MAPPING),
            present(root.path / "codelists", root.path.parent / "codelists"),
            growing,
        )
