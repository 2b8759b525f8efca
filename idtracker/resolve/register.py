"""The register: reviewed organisations, places, indicators and codelists, those bundled and those of the programme."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pandas as pd

from idtracker.errors import DefinitionError
from idtracker.resolve.reading import CODELIST, SPECS, Rows, read_rows

OVERLAY_FOLDER = "_reference"


@dataclass(frozen=True, eq=False)
class Register:
    """Every reference table with the columns and types of its canonical table, checked as a whole.

    `code_aliases` (scheme, value, code) lists reviewed other spellings of codes. `origins` gives the `file:line` of each
    row of a table; `fingerprint` is the SHA-256 over every file that was read.
    """

    organisations: pd.DataFrame
    organisation_aliases: pd.DataFrame
    places: pd.DataFrame
    place_codes: pd.DataFrame
    indicators: pd.DataFrame
    codelists: pd.DataFrame
    code_aliases: pd.DataFrame
    origins: Mapping[str, tuple[str, ...]]
    fingerprint: str

    @classmethod
    def load(cls, sources_dir: Path | None = None) -> Register:
        """Bundled tables plus the overlays in `<sources_dir>/_reference`; a broken row raises DefinitionError.

        Overlay rows add; a row with the same identifier (or scheme and code) replaces the earlier one.
        """
        from idtracker.resolve.check import check_register

        tables = {spec.name: Rows(spec) for spec in SPECS}
        problems: list[str] = []
        digest = hashlib.sha256()
        for place, name, content in _bundled():
            rows, faults = read_rows(content, place, tables[name].spec)
            tables[name].extend(rows)
            problems += faults
            digest.update(f"{place}\0{len(content)}\0".encode() + content)
        for path, name in _overlays(sources_dir, problems):
            content = path.read_bytes()
            rows, faults = read_rows(content, str(path), tables[name].spec)
            tables[name] = tables[name].replaced_by(rows)
            problems += faults
            digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
        if problems:
            raise DefinitionError(problems)
        register = cls(
            **{name: rows.to_frame() for name, rows in tables.items()},
            origins={name: tuple(rows.origins) for name, rows in tables.items()},
            fingerprint=digest.hexdigest(),
        )
        if clashes := check_register(register):
            raise DefinitionError(clashes)
        return register

    def tables(self) -> dict[str, pd.DataFrame]:
        """The canonical reference tables by name."""
        return {
            "organisation": self.organisations,
            "organisation_alias": self.organisation_aliases,
            "place": self.places,
            "place_code": self.place_codes,
            "indicator": self.indicators,
            "codelist": self.codelists,
        }

    def codes(self, scheme: str) -> list[str]:
        """The codes of a codelist in their order; empty where there is no such codelist."""
        listed = self.codelists.loc[self.codelists["scheme"] == scheme, "code"]
        return list(dict.fromkeys(listed))


def _bundled() -> Iterator[tuple[str, str, bytes]]:
    """Place, table and content of every bundled file, in a fixed order."""
    folder = resources.files("idtracker.reference")
    for spec in SPECS:
        if spec is CODELIST:
            lists = [f for f in (folder / "codelists").iterdir() if f.name.endswith(".csv")]
            for file in sorted(lists, key=lambda f: f.name):
                yield f"idtracker/reference/codelists/{file.name}", spec.name, file.read_bytes()
        elif (folder / spec.file).is_file():
            yield f"idtracker/reference/{spec.file}", spec.name, (folder / spec.file).read_bytes()


def _overlays(sources_dir: Path | None, problems: list[str]) -> list[tuple[Path, str]]:
    """Overlay files in the order of the tables; a file whose name is almost one of them is a problem."""
    folder = sources_dir / OVERLAY_FOLDER if sources_dir else None
    if folder is None or not folder.is_dir():
        return []
    known = {spec.file: spec.name for spec in SPECS}
    for path in sorted(folder.glob("*.csv")):
        near = difflib.get_close_matches(path.name, known, n=1, cutoff=0.85)
        if path.name not in known and near:
            problems.append(f"{path}: not a reference table; expected `{near[0]}`")
    return [(folder / file, name) for file, name in known.items() if (folder / file).is_file()]
