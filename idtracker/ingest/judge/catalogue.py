"""The whole catalogue: programme, sources and register, loaded together and refused together when anything is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.discover import discover
from idtracker.model.config.programme import Programme, load_programme
from idtracker.model.config.source import Source
from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.register.match_decisions import Matches
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names


@dataclass(frozen=True)
class ProgrammeCatalogue:
    """Everything that people wrote down about what is expected."""

    programme: Programme
    sources: dict[str, Source]
    register: Register
    names: dict[str, Names]
    matches: Matches = field(default_factory=Matches)

    def source(self, source_id: str) -> Source:
        """The source of that id; UsageError with the nearest name where there is none."""
        if source_id in self.sources:
            return self.sources[source_id]
        from difflib import get_close_matches

        near = get_close_matches(source_id, list(self.sources), n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known sources: {', '.join(self.sources) or 'none'}."
        raise UsageError(f"There is no source `{source_id}`. {hint}")

    def names_of(self, source_id: str) -> Names:
        """The reviewed names of a source; none for a source that is not in the catalogue."""
        return self.names.get(source_id, Names())

    def require_organisation(self, org_id: str) -> None:
        """UsageError, with the nearest identifier, where the register does not hold the organisation."""
        known = list(self.register.organisations["org_id"])
        if org_id not in known:
            from difflib import get_close_matches

            near = get_close_matches(org_id, known, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else " Add it to _reference/organisations.csv."
            raise UsageError(f"`{org_id}` is not in the register of organisations.{hint}")


def load_catalogue(sources_dir: Path) -> ProgrammeCatalogue:
    """Load all definitions; DefinitionError lists every problem of every source."""
    if not sources_dir.is_dir():
        raise DefinitionError(
            [f"{sources_dir}: there is no folder of sources; name one with --sources or IDTRACKER_SOURCES"]
        )
    register = Register.load(sources_dir)
    sources = discover(sources_dir)
    programme = load_programme(sources_dir)
    names = {source_id: Names.load(source.folder) for source_id, source in sources.items()}
    problems = [p for source in sources.values() for p in check_source(source, register, programme.groups)]
    problems += [p for reviewed in names.values() for p in reviewed.check(register)]
    if problems:
        raise DefinitionError(problems)
    closed = {name for lock in programme.locks for name in lock.sources} - set(sources)
    if closed:
        named = ", ".join(f"`{name}`" for name in sorted(closed))
        raise DefinitionError([f"{sources_dir.name}/programme.yml: locks: sources: there is no source {named}"])
    return ProgrammeCatalogue(
        programme=programme,
        sources=sources,
        register=register,
        names=names,
        matches=Matches.load(sources_dir, register),
    )
