"""The register: reviewed organisations, places, indicators and codelists, those bundled and those of the programme."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from itertools import compress
from pathlib import Path

import pandas as pd

from idtracker.model.errors import DefinitionError
from idtracker.model.register.checks.breaks import check_sources
from idtracker.model.register.csv_rows import RegisterRows, read_rows
from idtracker.model.register.places_above import with_areas
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.register.table_specs import CODELIST, SPEC_OF, SPECS

OVERLAY_FOLDER = "_reference"
BUNDLED_FOLDER = "idtracker/model/register/data"


@dataclass(frozen=True, eq=False)
class Register:
    """Every reference table with the columns and types of its canonical table.

    `code_aliases` (scheme, value, code) lists reviewed other spellings of codes. `origins` gives the `file:line` of each
    row of a table; `broken` the identifiers of its rows that could not be read, None where a whole file could not;
    `fingerprint` is the SHA-256 over every file that was read.
    """

    organisations: pd.DataFrame
    organisation_aliases: pd.DataFrame
    places: pd.DataFrame
    place_codes: pd.DataFrame
    indicators: pd.DataFrame
    codelists: pd.DataFrame
    code_aliases: pd.DataFrame
    units: pd.DataFrame
    currencies: pd.DataFrame
    exchange_rates: pd.DataFrame
    series_breaks: pd.DataFrame
    code_crosswalks: pd.DataFrame
    place_shares: pd.DataFrame
    origins: Mapping[str, tuple[str, ...]]
    broken: Mapping[str, frozenset[str] | None]
    fingerprint: str

    @classmethod
    def load(cls, sources_dir: Path | None = None) -> Register:
        """Bundled tables plus the overlays in `<sources_dir>/_reference`; DefinitionError names everything that is wrong.

        Overlay rows add; a row with the same identifier (or scheme, version and code) replaces the earlier one.
        """
        register, problems = cls.gather(sources_dir)
        if stopping := [str(p) for p in problems if p.stops]:
            raise DefinitionError(stopping)
        return register

    @classmethod
    def sound(
        cls, sources_dir: Path, names: Collection[str] | None = None, bundled: Path | None = None
    ) -> tuple[Register, list[str]]:
        """The register without the programme's rows that are wrong or clash, and what is wrong with each of them.

        `names` are the sources that there are; None: whatever a row says of a source is not looked up. `bundled` is a folder
        of bundled tables as they once were; None: those of this program.
        What refers to such a row finds nothing. DefinitionError where a whole file is wrong, or where bundled rows cannot
        do without one.
        """
        aside: frozenset[str] = frozenset()
        wrong: dict[str, None] = {}
        while True:
            register, problems = cls.gather(sources_dir, aside, bundled)
            problems += [] if names is None else check_sources(register, names)
            stopping = [p for p in problems if p.stops]
            wrong |= dict.fromkeys(p.in_both for p in stopping)
            if any(p.rule in ("file", "heading") for p in stopping):
                raise DefinitionError(list(wrong))
            there = {origin for table in register.origins.values() for origin in table}
            more = {origin for p in stopping for origin in (p.at, *p.others)} & there
            if any(p.at in there for p in stopping) and all(o.startswith(BUNDLED_FOLDER) for o in more):
                raise DefinitionError(list(wrong))
            own = {origin for origin in more if not origin.startswith(BUNDLED_FOLDER)}
            if not own:
                return register, list(wrong)
            aside |= own

    @classmethod
    def gather(
        cls,
        sources_dir: Path | None = None,
        aside: frozenset[str] = frozenset(),
        bundled: Path | None = None,
    ) -> tuple[Register, list[RegisterProblem]]:
        """The sound rows of every table but those `aside`, and every problem of the others and between them.

        `aside` names rows of overlays by file and line, `bundled` a folder of bundled tables as they once were. Nothing is
        raised.
        """
        misnamed: list[RegisterProblem] = []
        overlays = tuple((path, name, path.read_bytes()) for path, name in _overlays(sources_dir, misnamed))
        register, problems = _of_files(overlays, aside, tuple(_bundled(bundled)) if bundled else None)
        return register, [*misnamed, *problems]

    def at_home(self, country: str) -> Register:
        """The register without bundled districts and sites of other countries than the programme's, where it names one.

        What they are called means other places elsewhere: Koura is a district of Lebanon, too.
        """
        return _at_home(self, country) if country else self

    def tables(self) -> dict[str, pd.DataFrame]:
        """The canonical reference tables by name."""
        return {spec.table: getattr(self, spec.name) for spec in SPECS if spec.table}

    def codes(self, scheme: str) -> list[str]:
        """The codes of a codelist in their order; empty where there is no such codelist."""
        listed = self.codelists.loc[self.codelists["scheme"] == scheme, "code"]
        return list(dict.fromkeys(listed))


@lru_cache(maxsize=4)
def _at_home(register: Register, country: str) -> Register:
    places = with_areas(register.places)
    is_bundled = pd.Series(register.origins["places"]).str.startswith(BUNDLED_FOLDER)
    is_away = is_bundled & ~places["level"].isin(["country", "adm1"]) & (places["country_id"] != country)
    if not is_away.any():
        return register
    frames, origins = {}, dict(register.origins)
    for name in ("places", "place_codes"):
        rows = getattr(register, name)
        kept = ~rows["place_id"].isin(places.loc[is_away, "place_id"])
        frames[name] = rows[kept].reset_index(drop=True)
        origins[name] = tuple(compress(origins[name], kept))
    fingerprint = hashlib.sha256(f"{register.fingerprint}\0{country}".encode()).hexdigest()
    return replace(register, **frames, origins=origins, fingerprint=fingerprint)


@lru_cache(maxsize=4)
def _of_files(
    overlays: tuple[tuple[Path, str, bytes], ...],
    aside: frozenset[str],
    bundled: tuple[tuple[str, str, bytes], ...] | None,
) -> tuple[Register, tuple[RegisterProblem, ...]]:
    """The register of the bundled tables under some overlays (path, table, content), and its problems. Nobody may change it.

    `bundled` (place, table, content) are bundled tables as they once were; None: those of this program.
    """
    from idtracker.model.register.checks.all import check_register

    tables = {spec.name: RegisterRows(spec) for spec in SPECS}
    problems: list[RegisterProblem] = []
    digest = hashlib.sha256()
    for place, name, content in _bundled(None) if bundled is None else bundled:
        rows, faults = read_rows(content, place, tables[name].spec)
        tables[name].extend(rows)
        problems += faults
        digest.update(f"{place}\0{len(content)}\0".encode() + content)
    stated: dict[tuple[object, ...], str] = {}
    for path, name, content in overlays:
        rows, faults = read_rows(content, str(path), tables[name].spec)
        problems += [*faults, *_stated_twice(rows, stated)]
        tables[name] = tables[name].replaced_by(rows.without(aside) if aside else rows)
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    register = Register(
        **{name: rows.to_frame() for name, rows in tables.items()},
        origins={name: tuple(rows.origins) for name, rows in tables.items()},
        broken={name: frozenset(rows.broken) if rows.is_whole else None for name, rows in tables.items()},
        fingerprint=digest.hexdigest(),
    )
    return register, (*problems, *check_register(register))


def register_files(sources_dir: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What a register is read from, by path and content: files of the programme, and those that are bundled."""
    own = {path.relative_to(sources_dir).as_posix(): path.read_bytes() for path, _ in _overlays(sources_dir, [])}
    return own, {place.removeprefix(f"{BUNDLED_FOLDER}/"): content for place, _, content in _bundled(None)}


def _bundled(folder: Path | None) -> Iterator[tuple[str, str, bytes]]:
    """Place, table and content of every bundled file, in a fixed order; of those in a folder instead of this program's."""
    root = folder or resources.files("idtracker.model.register") / "data"
    for spec in SPECS:
        if spec is CODELIST:
            lists = [f for f in (root / "codelists").iterdir() if f.name.endswith(".csv")]
            for file in sorted(lists, key=lambda f: f.name):
                yield f"{BUNDLED_FOLDER}/codelists/{file.name}", spec.name, file.read_bytes()
        elif (root / spec.file).is_file():
            yield f"{BUNDLED_FOLDER}/{spec.file}", spec.name, (root / spec.file).read_bytes()


def _overlays(sources_dir: Path | None, problems: list[RegisterProblem]) -> list[tuple[Path, str]]:
    """Overlay files in the order of the tables; a file or folder whose name is almost one of them is a problem."""
    root = sources_dir / OVERLAY_FOLDER if sources_dir else None
    if root is None or not root.is_dir():
        return []
    files, folders = [spec.file for spec in SPECS], [spec.folder for spec in SPECS if spec.folder]
    for path in sorted(root.iterdir()):
        known = folders if path.is_dir() else files if path.suffix.lower() == ".csv" else []
        near = difflib.get_close_matches(path.name, known, n=1, cutoff=0.85)
        if path.name not in known and near:
            kind = "a folder of reference tables" if path.is_dir() else "a reference table"
            problems.append(RegisterProblem(str(path), "file", f"not {kind}; expected `{near[0]}`"))
    overlays = []
    for spec in SPECS:
        inside = sorted((root / spec.folder).glob("*.csv")) if spec.folder else []
        overlays += [(path, spec.name) for path in (root / spec.file, *inside) if path.is_file()]
    return overlays


def _stated_twice(rows: RegisterRows, stated: dict[tuple[object, ...], str]) -> Iterator[RegisterProblem]:
    """Rows of one overlay file that an earlier overlay file states as well."""
    if rows.spec.folder is None:
        return
    for key, origin in zip(rows.keys(), rows.origins, strict=True):
        earlier = stated.setdefault((rows.spec.name, *key), origin)
        if earlier != origin:
            text = f"repeats the {', '.join(rows.spec.replaces)} of {earlier}; expected it in one file"
            yield RegisterProblem(origin, "repeated", text, others=(earlier,))


def overlay_file(sources_dir: Path, table: str) -> Path:
    """Where a programme keeps its rows of a table of the register, such as `exchange_rates`."""
    return sources_dir / OVERLAY_FOLDER / SPEC_OF[table].file
