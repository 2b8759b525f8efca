"""Versions of everything beside the received files that content depends on."""

from __future__ import annotations

import hashlib

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.findings import rule_set_version
from idtracker.model.framework.load import framework_fingerprint
from idtracker.model.home import Home
from idtracker.model.methods.index_files import indices_fingerprint
from idtracker.model.steps.versions import versions_text
from idtracker.model.warnings.load import rules_fingerprint
from idtracker.publish.geography.gather_boundaries import boundaries_fingerprint
from idtracker.quality.expectations.stated import stated_fingerprint

_OF_THEIR_OWN = {
    *("notice", "handling", "baseline", "readers", "method", "indices", "framework", "boundaries"),
    *("clock", "audiences", "formats", "rounds", "audit", "audit_days"),
}
"""Keys of programme.yml that other versions, the notice or the day stand for, and those that no table of the owner follows from."""


def versions_of(home: Home, catalogue: ProgrammeCatalogue) -> dict[str, str]:
    """Everything beside the received files that published content depends on."""
    programme = f"{catalogue.programme.marking.columns} {catalogue.programme.baseline}"
    if catalogue.programme.readers:
        programme += f" {catalogue.programme.readers}"
    methods = "\0".join([*(s.fingerprint for s in catalogue.methods), catalogue.methods.merging.model_dump_json()])
    definitions = "\0".join([programme, *(f"{s.id}={s.fingerprint}" for s in catalogue.sources.values())])
    return {
        "rule_set": rule_set_version(),
        "method": ", ".join(scoring.version for scoring in catalogue.methods),
        "methods": hashlib.sha256(methods.encode()).hexdigest()[:12],
        "warnings": rules_fingerprint(home.sources)[:12],
        "indices": indices_fingerprint(home.sources, catalogue.programme.indices)[:12],
        "framework": framework_fingerprint(home.sources, catalogue.programme.framework)[:12],
        "boundaries": boundaries_fingerprint(catalogue.programme, home.sources)[:12],
        "register": catalogue.register.fingerprint[:12],
        "matches": catalogue.matches.fingerprint[:12],
        "steps": versions_text(),
        "sources": hashlib.sha256(definitions.encode()).hexdigest()[:12],
        "programme": programme_fingerprint(catalogue.programme)[:12],
    }


def owner_versions(home: Home, catalogue: ProgrammeCatalogue) -> dict[str, str]:
    """The same of the owner's publication, which has the pages of the expectations as well."""
    return versions_of(home, catalogue) | {"expectations": stated_fingerprint(home.sources)[:12]}


def programme_fingerprint(programme: Programme) -> str:
    """What stands for the title, the country, the span of the tracker, the groups and whatever else no other version stands for."""
    return hashlib.sha256(programme.model_dump_json(exclude=_OF_THEIR_OWN).encode()).hexdigest()
