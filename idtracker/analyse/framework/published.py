"""The framework as a row of the table `definition`, and read back from it."""

from __future__ import annotations

import pandas as pd

from idtracker.model.framework.definition import Framework
from idtracker.model.marking import Marking
from idtracker.model.tables import TABLES, columns_of, conform_types

DEFINITION, FRAMEWORK_ROW = "definition", "framework"


def framework_row(framework: Framework | None, own: Marking) -> pd.DataFrame:
    """The row of the sound part of a framework, marked as what follows from no row; none without a framework."""
    rows = [
        {
            "kind": FRAMEWORK_ROW,
            "definition_id": f"{one.id} {one.version}",
            "definition": one.model_dump_json(),
            **own.columns,
        }
        for one in ([] if framework is None else [framework])
    ]
    model = TABLES[DEFINITION]
    return conform_types(pd.DataFrame(rows, columns=[spec.name for spec in columns_of(model)]), model)


def framework_in(definition: str) -> Framework:
    """The framework that such a row states."""
    return Framework.model_validate_json(definition)
