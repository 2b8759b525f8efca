"""The whole catalogue: programme, sources and register. What is wrong with one source stops that source alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.discover import definition_files, load_source, source_folders
from idtracker.model.config.programme import Programme, load_programme
from idtracker.model.config.source import Source
from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.home import Home
from idtracker.model.methods.chosen import Methods, bundled_methods, load_methods
from idtracker.model.register.checks.in_force import in_force
from idtracker.model.register.match_decisions import Matches
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names


@dataclass(frozen=True)
class ProgrammeCatalogue:
    """Everything that people wrote down about what is expected.

    `stopped` are the sources whose definition is wrong, each with what is wrong: nothing is taken from them. Where a sound
    definition of one is known from before, it is among `sources` as well, for what was taken under it stays as it is.
    `set_aside` says what is wrong with rows of the reference data that do without effect.
    """

    programme: Programme
    sources: dict[str, Source]
    register: Register
    names: dict[str, Names]
    matches: Matches = field(default_factory=Matches)
    stopped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    set_aside: tuple[str, ...] = ()
    methods: Methods = field(default_factory=bundled_methods)

    def source(self, source_id: str) -> Source:
        """The source of that id; DefinitionError where it is stopped, UsageError with the nearest name where there is none."""
        if source_id in self.stopped:
            raise DefinitionError(list(self.stopped[source_id]))
        if source_id in self.sources:
            return self.sources[source_id]
        from difflib import get_close_matches

        near = get_close_matches(source_id, list(self.sources), n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known sources: {', '.join(self.sources) or 'none'}."
        raise UsageError(f"There is no source `{source_id}`. {hint}")

    @property
    def running(self) -> list[str]:
        """The sources from which files are taken."""
        return [source_id for source_id in self.sources if source_id not in self.stopped]

    @property
    def known(self) -> list[str]:
        """The sources that somebody defined, rightly or not."""
        return sorted({*self.sources, *self.stopped})

    def names_of(self, source_id: str) -> Names:
        """The reviewed names of a source; none for a source that is not in the catalogue."""
        return self.names.get(source_id, Names())

    def on(self, now: datetime) -> ProgrammeCatalogue:
        """The catalogue with the declared breaks and shares of places that have begun; later ones are set aside."""
        register, problems = in_force(self.register, now.date())
        if not problems:
            return self
        return replace(self, register=register, set_aside=(*self.set_aside, *(p.in_both for p in problems)))

    def require_organisation(self, org_id: str) -> None:
        """UsageError, with the nearest identifier, where the register does not hold the organisation."""
        known = list(self.register.organisations["org_id"])
        if org_id not in known:
            from difflib import get_close_matches

            near = get_close_matches(org_id, known, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else " Add it to _reference/organisations.csv."
            raise UsageError(f"`{org_id}` is not in the register of organisations.{hint}")


def load_catalogue(sources_dir: Path) -> ProgrammeCatalogue:
    """All definitions, sound; DefinitionError lists every problem of every source and of the reference data."""
    catalogue = _load(sources_dir, None)
    if problems := [*catalogue.set_aside, *(p for lines in catalogue.stopped.values() for p in lines)]:
        raise DefinitionError(problems)
    return catalogue


def catalogue_of(home: Home) -> ProgrammeCatalogue:
    """The definitions of a home as far as they are sound: what is wrong with one source stops that source alone.

    DefinitionError where there is nothing to work with: no folder, a wrong programme.yml, a reference table that cannot be
    read, decisions about matches that contradict each other.
    """
    return _load(home.sources, home.definitions)


def catalogue_then(sources_dir: Path, bundled: Path) -> ProgrammeCatalogue:
    """Definitions as they once were, with the bundled tables of then, as far as they are sound; DefinitionError as catalogue_of()."""
    return _load(sources_dir, None, bundled)


@dataclass(frozen=True, slots=True)
class ReadDefinitions:
    """The definitions of a home, and the files that they were read from: path, size, times and inode of each."""

    catalogue: ProgrammeCatalogue
    files: list[tuple[str, int, int, int, int]]

    @classmethod
    def of(cls, home: Home) -> ReadDefinitions:
        files = _files(home)
        return cls(catalogue_of(home), files)

    def still(self, home: Home) -> ReadDefinitions:
        """These, or where any file changed since, what is defined now."""
        return self if self.files == _files(home) else self.of(home)


def _files(home: Home) -> list[tuple[str, int, int, int, int]]:
    files = []
    for root in (home.sources, home.definitions):
        for folder, inner, names in os.walk(root, followlinks=True):
            inner.sort()
            for path in (Path(folder, name) for name in sorted(names)):
                with suppress(FileNotFoundError):
                    stat = path.stat()
                    files.append((str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino))
    return files


def _load(sources_dir: Path, remembered: Path | None, bundled: Path | None = None) -> ProgrammeCatalogue:
    if not sources_dir.is_dir():
        raise DefinitionError(
            [f"{sources_dir}: there is no folder of sources; name one with --sources or IDTRACKER_SOURCES"]
        )
    folders = [folder.name for folder in source_folders(sources_dir)]
    register, set_aside = Register.sound(sources_dir, names=folders, bundled=bundled)
    programme = load_programme(sources_dir)
    register = register.at_home(programme.country)
    sources: dict[str, Source] = {}
    names: dict[str, Names] = {}
    stopped: dict[str, tuple[str, ...]] = {}
    for folder in source_folders(sources_dir):
        try:
            sources[folder.name], names[folder.name] = _load_source(folder, register, programme.groups)
        except DefinitionError as problem:
            stopped[folder.name] = tuple(problem.problems)
            if remembered is not None and (remembered / folder.name).is_dir():
                with suppress(DefinitionError):  # the register may have lost what it names
                    sources[folder.name], names[folder.name] = _load_source(
                        remembered / folder.name, register, programme.groups
                    )
    indicators = list(register.indicators["indicator_id"])
    organisations = set(register.organisations["org_id"])
    if unknown := list(_unknown_names(programme, {*sources, *stopped}, set(indicators), organisations)):
        raise DefinitionError([f"{sources_dir.name}/programme.yml: {problem}" for problem in unknown])
    matches = Matches.load(sources_dir, register)
    methods = load_methods(sources_dir, programme.method, indicators)
    return ProgrammeCatalogue(programme, sources, register, names, matches, stopped, tuple(set_aside), methods)


def _unknown_names(
    programme: Programme, sources: set[str], indicators: set[str], organisations: set[str]
) -> Iterator[str]:
    """What programme.yml says of sources, indicators and organisations that nobody defined: it would have no effect, and say nothing."""
    named = [("locks: sources", "source", {s for lock in programme.locks for s in lock.sources} - sources)]
    read_for = {entry.org_id for entry in programme.readers if entry.org_id is not None}
    named.append(("readers: org_id", "organisation", read_for - organisations))
    for audience in programme.audiences:
        place = f"audiences: {audience.id}: embargoes"
        named.append((f"{place}: sources", "source", {s for e in audience.embargoes for s in e.sources} - sources))
        named.append(
            (f"{place}: indicators", "indicator", {i for e in audience.embargoes for i in e.indicators} - indicators)
        )
    for place, kind, unknown in named:
        if unknown:
            yield f"{place}: there is no {kind} {', '.join(f'`{name}`' for name in sorted(unknown))}"


def remember_definitions(home: Home, catalogue: ProgrammeCatalogue) -> None:
    """Keep the sound definitions of a home, for the day on which one is wrong."""
    for source_id in catalogue.running:
        source, kept = catalogue.sources[source_id], home.definitions / source_id
        wanted = definition_files(source.folder, source.format.codebook)
        if {n: (kept / n).read_bytes() for n in wanted if (kept / n).is_file()} == wanted:
            continue
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for name, content in wanted.items():
            (kept / name).parent.mkdir(parents=True, exist_ok=True)
            (kept / name).write_bytes(content)


def _load_source(folder: Path, register: Register, groups: Collection[str]) -> tuple[Source, Names]:
    """A source and its reviewed names; DefinitionError with everything that is wrong."""
    source = load_source(folder)
    names = Names.load(folder)
    if problems := [*check_source(source, register, groups), *names.check(register)]:
        raise DefinitionError(problems)
    return source, names
