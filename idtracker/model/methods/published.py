"""The methods of a programme as rows of the table `method`, and read back from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from idtracker.model.composite.definition import Index
from idtracker.model.method import Method, load_method
from idtracker.model.methods.chosen import Methods, Scoring, bundled_methods

if TYPE_CHECKING:
    import pandas as pd

MERGING = "merging"
"""Role of a method that merges cells and makes no scores."""


def methods_frame(methods: Methods) -> pd.DataFrame:
    """One row for each method, every parameter in its JSON definition."""
    import pandas as pd

    from idtracker.model.tables import conform_types
    from idtracker.model.tables.reference import Method as MethodTable

    rows = [_row(scoring.method_id, scoring.role, scoring.definition) for scoring in methods]
    if methods.merging is not methods.headline.definition:
        same = [row for row in rows if row["method_version"] == methods.merging.method_version]
        if not same:
            rows.append(_row(methods.merging.method_version, MERGING, methods.merging))
    return conform_types(pd.DataFrame(rows), MethodTable)


def _row(method_id: str, role: str, definition: Index | Method) -> dict[str, str]:
    """A tree is written as its file states it: what a file leaves out is taken from levels and defaults."""
    stated = definition.model_dump(mode="json", exclude_unset=isinstance(definition, Index))
    return {
        "method_version": definition.method_version,
        "method_id": method_id,
        "role": role,
        "root_code": Scoring(method_id, "headline", definition).root,
        "title": definition.title,
        "definition": json.dumps(stated, ensure_ascii=False, sort_keys=True),
    }


def methods_of(rows: Iterable[Mapping[str, Any]]) -> Methods:
    """The methods of the rows of one publication; the tracker's own latest where there is no row yet."""
    read = [(row, _definition(str(row["definition"]))) for row in rows]
    scorings = [Scoring(str(row["method_id"]), row["role"], found) for row, found in read if row["role"] != MERGING]
    headlines = [scoring for scoring in scorings if scoring.role == "headline"]
    if not headlines:
        return bundled_methods()
    headline = headlines[0]
    if isinstance(headline.definition, Method):
        merging = headline.definition
    else:
        stated = [found for row, found in read if row["role"] == MERGING and isinstance(found, Method)]
        merging = stated[0] if stated else load_method()
    return Methods(merging, headline, tuple(s for s in scorings if s.role != "headline"))


def _definition(text: str) -> Index | Method:
    data = json.loads(text)
    return Index.model_validate(data) if "tree" in data else Method.model_validate(data)
