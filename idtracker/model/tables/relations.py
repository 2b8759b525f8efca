"""What the relations that columns state amount to, over all tables of facts."""

from __future__ import annotations

from idtracker.model.tables import FACTS, Table, columns_of


def referenced() -> dict[str, str]:
    """Fact tables that others refer to, each with its identifier, in the order of the tables."""
    named = {spec.references for model in FACTS.values() for spec in columns_of(model) if spec.references}
    identifiers = {table: column for table, _, column in (name.partition(".") for name in named)}
    return {table: identifiers[table] for table in sorted(identifiers, key=list(FACTS).index)}


def referring(model: type[Table], target: str) -> tuple[str, ...]:
    """Columns of a table that refer to the fact table `target`."""
    return tuple(s.name for s in columns_of(model) if s.references and s.references.partition(".")[0] == target)


def days_of(model: type[Table]) -> tuple[tuple[str, str], ...]:
    """Columns of the first and last day that a row speaks of, where one is filled: period, else dates, else one day."""
    specs = columns_of(model)
    periods = [(f"{s.name}_start", f"{s.name}_end") for s in specs if s.kind == "period"]
    stretches = [(s.name, s.about_until) for s in specs if s.about_until]
    return (*periods, *stretches, *((s.name, s.name) for s in specs if s.about_day))


def bounds_of(model: type[Table]) -> frozenset[str]:
    """Columns of a table that are the lower or upper bound of another."""
    return frozenset(name for spec in columns_of(model) for name in spec.between or ())
