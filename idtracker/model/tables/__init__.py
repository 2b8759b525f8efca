"""The canonical tables: one class each, the single data model of the project.

What needs pandas or pandera is imported when it is first asked for: a command that only reads goes without.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from idtracker.model.tables import derived, effect, joint_work, operations, reference, reporting
from idtracker.model.tables.base import (
    PROVENANCE,
    ColumnSpec,
    Fact,
    Table,
    bounds_of,
    columns_of,
    companions,
    days_of,
    fields_of,
    grain,
    name_of,
    referring,
)
from idtracker.model.tables.framework import tables as of_framework
from idtracker.model.tables.judgements import tables as judged
from idtracker.model.tables.rounds import tables as of_rounds
from idtracker.model.tables.scores import (
    changes,
    consequences,
    index_scores,
    method_scores,
    missing,
    pairs,
    uncertainty,
    warnings,
)
from idtracker.model.tables.vintages import OVER_TIME

if TYPE_CHECKING:
    from idtracker.model.tables.frames import conform_types, empty_frame, frame_of, frame_of_batches
    from idtracker.model.tables.schemas import schema_of

_LATER = {
    "conform_types": "frames",
    "empty_frame": "frames",
    "frame_of": "frames",
    "frame_of_batches": "frames",
    "schema_of": "schemas",
}


def _named(module: ModuleType, base: type[Table]) -> dict[str, type[Table]]:
    models = [
        m
        for m in vars(module).values()
        if isinstance(m, type) and issubclass(m, base) and m.__module__ == module.__name__
    ]
    return {name_of(m): m for m in models}


FACTS: dict[str, type[Table]] = {
    **_named(reporting, Fact),
    **_named(joint_work, Fact),
    **_named(effect, Fact),
}
DERIVED: dict[str, type[Table]] = {
    **_named(derived, Table),
    **_named(method_scores, Table),
    **_named(changes, Table),
    **_named(pairs, Table),
    **_named(missing, Table),
    **_named(judged, Table),
    **_named(warnings, Table),
    **_named(of_rounds, Table),
    **_named(consequences, Table),
    **_named(of_framework, Table),
}
SIMULATED: dict[str, type[Table]] = _named(uncertainty, Table)
"""Derived tables of the latest round alone; of any other they are worked out on request."""
INDICES: dict[str, type[Table]] = _named(index_scores, Table)
"""Published indices of the programme, by the present editions of their data files."""
REFERENCE: dict[str, type[Table]] = _named(reference, Table)
OPERATIONS: dict[str, type[Table]] = _named(operations, Table)
TABLES: dict[str, type[Table]] = {**FACTS, **DERIVED, **OVER_TIME, **SIMULATED, **INDICES, **REFERENCE, **OPERATIONS}

__all__ = [
    "DERIVED",
    "FACTS",
    "INDICES",
    "OPERATIONS",
    "OVER_TIME",
    "PROVENANCE",
    "REFERENCE",
    "SIMULATED",
    "TABLES",
    "ColumnSpec",
    "Fact",
    "Table",
    "bounds_of",
    "columns_of",
    "companions",
    "conform_types",
    "days_of",
    "empty_frame",
    "fields_of",
    "frame_of",
    "frame_of_batches",
    "grain",
    "referenced",
    "referring",
    "schema_of",
]


def referenced() -> dict[str, str]:
    """Fact tables that others refer to, each with its identifier, in the order of the tables."""
    named = {spec.references for model in FACTS.values() for spec in columns_of(model) if spec.references}
    identifiers = {table: column for table, _, column in (name.partition(".") for name in named)}
    return {table: identifiers[table] for table in sorted(identifiers, key=list(FACTS).index)}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value
