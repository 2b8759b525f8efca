"""Where identifiers stand in the canonical tables, and the tables with each reviewed entity under one identifier."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd

from idtracker.model.register.entities import apply_entity_columns
from idtracker.model.tables import FACTS, TABLES, columns_of, companions

_ACTIVITY = "activity.activity_id"


@cache
def organisation_columns() -> dict[str, tuple[str, ...]]:
    """Table -> its columns that hold an organisation, or several."""
    return {
        name: tuple(s.name for s in columns_of(model) if s.kind == "organisation" or s.name.endswith("org_ids"))
        for name, model in TABLES.items()
    }


@cache
def activity_columns() -> dict[str, tuple[str, ...]]:
    """Table -> its columns that may hold an activity."""
    return {
        name: tuple(
            s.name for s in columns_of(model) if _ACTIVITY in (s.references, s.may_reference, f"{name}.{s.name}")
        )
        for name, model in TABLES.items()
    }


@cache
def named_columns() -> dict[str, tuple[tuple[str, str | None], ...]]:
    """Fact table -> its organisation columns, each with the column of the name as typed, if there is one."""
    return {
        name: tuple(
            (spec.name, next((c.name for c in companions(model, spec.field)), None))
            for spec in columns_of(model)
            if spec.kind == "organisation"
        )
        for name, model in FACTS.items()
    }


def apply_entity_map(frames: Mapping[str, pd.DataFrame], entity: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """The tables as counted: every member of an entity under the entity's identifier. The frames given stay as they are."""
    return apply_entity_columns(frames, entity, organisation_columns(), activity_columns())
