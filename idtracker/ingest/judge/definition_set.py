"""Everything that people wrote down and that facts, cells and scores follow from, as files: by path and content.

Under it the same received bytes give the same facts, whatever the definitions are later.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, catalogue_then
from idtracker.model.composite.load import of_programme
from idtracker.model.config.discover import definition_files
from idtracker.model.files import write_bytes
from idtracker.model.home import Home
from idtracker.model.register.match_decisions import matches_path
from idtracker.model.register.register import register_files

_BUNDLED = "_bundled"
_PROGRAMME = "programme.yml"


def definition_set(home: Home, catalogue: ProgrammeCatalogue) -> dict[str, bytes]:
    """The files by their paths in a folder of sources: programme, reference data, matches, methods and sources in use.

    The bundled reference data lie under `_bundled`. Of a source whose definition is wrong it is the last sound one.
    """
    own, bundled = register_files(home.sources)
    methods = of_programme(home.sources)
    singles = [home.sources / _PROGRAMME, matches_path(home.sources)]
    singles += [methods[scoring.method_id] for scoring in catalogue.methods if scoring.method_id in methods]
    files = own | {f"{_BUNDLED}/{name}": content for name, content in bundled.items()}
    for path in singles:
        if path.is_file():
            files[path.relative_to(home.sources).as_posix()] = path.read_bytes()
    for source in catalogue.sources.values():
        for name, content in definition_files(source.folder, source.format.codebook).items():
            files[f"{source.id}/{name}"] = content
    return dict(sorted(files.items()))


def catalogue_of_set(files: dict[str, bytes], folder: Path, day: date) -> ProgrammeCatalogue:
    """The definitions of such files, laid out in an empty folder, as they were in force on a day (UTC). DefinitionError."""
    for name, content in files.items():
        write_bytes(folder / name, content)
    return catalogue_then(folder, folder / _BUNDLED).on(datetime.combine(day, time()))
