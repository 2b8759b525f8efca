"""The whole reference data held against itself, the reviewed names and the published store; nothing stops at the first fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from idtracker.model.config.discover import source_folders
from idtracker.model.config.programme import load_programme
from idtracker.model.errors import DefinitionError, NotPublishedError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.register.checks.breaks import check_sources
from idtracker.model.register.checks.in_force import in_force
from idtracker.model.register.checks.shared import is_known
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.register.register import BUNDLED_FOLDER, Register
from idtracker.model.register.reviewed_names import NameKind, Names
from idtracker.model.register.table_specs import SPECS
from idtracker.operate.documents.reference import Coverage, ReferenceCheck, ReferenceProblem, Scheme, TableRows
from idtracker.operate.services.reference.store import problems_in_store
from idtracker.publish.current import snapshot_database
from idtracker.publish.geography.gather_boundaries import gather_boundaries

_AT = re.compile(r"(?s)^(?P<at>.+?:\d+): (?P<text>.*)$")
_TABLES: dict[NameKind, tuple[str, str]] = {
    "organisation": ("organisations", "org_id"),
    "place": ("places", "place_id"),
    "indicator": ("indicators", "indicator_id"),
}


def reference_check(home: Home, today: date) -> ReferenceCheck:
    """The document of `reference check`: every problem with file and line, and how far organisations have public codes."""
    register, problems = Register.gather(home.sources)
    sources = [folder.name for folder in source_folders(home.sources)]
    problems = [*problems, *check_sources(register, sources), *in_force(register, today)[1], *_names(home, register)]
    problems += _boundaries(home, register)
    database = _published(home)
    if database is not None:
        problems += problems_in_store(database, home.sources, register)
    return ReferenceCheck(
        sound=not problems,
        stops_run=any(p.stops for p in problems),
        published=database is not None,
        tables=reference_tables(register),
        coverage=_coverage(register),
        problems=[_problem_document(p, home) for p in problems],
    )


def _names(home: Home, register: Register) -> Iterator[RegisterProblem]:
    """What is wrong with the reviewed names of every source, and entries whose identifier the register does not hold."""
    for path in sorted(home.sources.glob("*/names.csv")):
        try:
            names = Names.load(path.parent)
        except DefinitionError as problem:
            for line in problem.problems:
                match = _AT.match(line)
                yield (
                    RegisterProblem(match["at"], "names", match["text"])
                    if match
                    else RegisterProblem(str(path), "names", line)
                )
            continue
        for entry in names.entries:
            table, key = _TABLES[entry.kind]
            if not is_known(register, table, set(getattr(register, table)[key]), entry.identifier):
                text = f"`identifier` is `{entry.identifier}`; expected a known {entry.kind}"
                yield RegisterProblem(entry.origin, "names", text)


def _boundaries(home: Home, register: Register) -> Iterator[RegisterProblem]:
    """What is wrong with the files of boundaries that the programme names; none of it stops a run. A place without one is no fault."""
    try:
        programme = load_programme(home.sources)
    except DefinitionError:
        return  # every command that reads it says so
    for problem in gather_boundaries(programme, home.sources, register).problems:
        if problem.rule != "without":
            at = f"{home.sources}/{problem.at}"
            yield RegisterProblem(at, "boundary", problem.text.en, stops=False, text_ar=problem.text.ar)


def _published(home: Home) -> Any:
    try:
        return snapshot_database(home, DEFAULT_AUDIENCE)
    except NotPublishedError:
        return None


def _problem_document(problem: RegisterProblem, home: Home) -> ReferenceProblem:
    file, _, line = problem.at.rpartition(":")
    file, line = (file, line) if line.isdigit() else (problem.at, "")
    return ReferenceProblem(
        rule=problem.rule,
        file=file.removeprefix(f"{home.sources.parent}/"),
        line=int(line) if line else None,
        message=problem.message,
        expected=problem.expected,
        message_ar=problem.message_ar,
        expected_ar=problem.expected_ar,
        stops_run=problem.stops,
    )


def reference_tables(register: Register) -> list[TableRows]:
    """Rows of each table, and how many of them are the programme's own."""
    tables = []
    for spec in SPECS:
        origins = register.origins[spec.name]
        own = sum(not origin.startswith(f"{BUNDLED_FOLDER}/") for origin in origins)
        tables.append(TableRows(table=spec.table or spec.name, rows=len(origins), own=own))
    return tables


def _coverage(register: Register) -> Coverage:
    """How many organisations each scheme of identifiers covers, and which have none but a local one."""
    aliases = register.organisation_aliases[register.organisation_aliases["scheme"] != "name"]
    schemes = [
        Scheme(scheme=str(scheme), codes=len(rows), organisations=int(rows["org_id"].nunique()))
        for scheme, rows in aliases.groupby("scheme", sort=True)
    ]
    ids = register.organisations["org_id"].drop_duplicates()
    local = ids[ids.str.startswith("XX-LOCAL-") & ~ids.isin(aliases["org_id"])]
    return Coverage(organisations=len(ids), schemes=schemes, only_local=sorted(local))
