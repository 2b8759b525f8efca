"""What came of an expectation: passed or not, and the keys of every row that failed it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.model.json_values import plain
from idtracker.quality.expectations.suite import Dimension, Expected, Severity

Key = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """One expectation against one table.

    `failed_count` counts rows; an expectation about the whole table, or one that could not be evaluated, fails with 0
    and says why in `observed`. `failing_keys` holds the key columns of every failing row, each combination once, as
    plain JSON values (instants in ISO form, missing as None); nothing is cut off.
    """

    table: str
    id: str
    type: str
    column: str
    success: bool
    severity: Severity
    dimension: Dimension
    failed_count: int
    failing_keys: list[Key]
    observed: str
    description: str

    def record(self) -> dict[str, Any]:
        """The fields by name. The keys are not copied: there may be as many as rows."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def held(table: str, expected: Expected, observed: str = "holds") -> ExpectationResult:
    """The result of an expectation that no row fails, or no more rows than it tolerates."""
    return ExpectationResult(
        table=table,
        id=expected.id,
        type=expected.type,
        column=expected.column,
        success=True,
        severity=expected.severity,
        dimension=expected.dimension,
        failed_count=0,
        failing_keys=[],
        observed=observed,
        description=expected.description,
    )


def outcomes_frame(outcomes: Sequence[ExpectationResult]) -> pd.DataFrame:
    """One row per outcome with the fields of Outcome as columns; `failing_keys` as JSON text, one list per row."""
    names = [f.name for f in fields(ExpectationResult)]
    frame = pd.DataFrame([o.record() for o in outcomes], columns=names)
    frame["failing_keys"] = [json.dumps(o.failing_keys, ensure_ascii=False) for o in outcomes]
    texts = [n for n in names if n not in ("success", "failed_count")]
    return frame.astype({**dict.fromkeys(texts, "str"), "success": "bool", "failed_count": "int64"})


def keys_at(frame: pd.DataFrame, positions: npt.ArrayLike, columns: Sequence[str]) -> list[Key]:
    """The key columns of the rows at zero-based positions, each combination once, in the order of the rows.

    A frame that has none of the columns gives the positions themselves, as `row`.
    """
    index = np.asarray(positions, dtype="int64")
    present = [c for c in columns if c in frame.columns]
    if not present:
        return [{"row": int(i)} for i in index]
    values = [_texts(frame[c].iloc[index]) or [_plain(v) for v in frame[c].iloc[index]] for c in present]
    return [dict(zip(present, row, strict=True)) for row in dict.fromkeys(zip(*values, strict=True))]


def _texts(cells: pd.Series) -> list[str]:
    """The values of a column of texts that has no empty cell: nothing has to be made of them; none of any other column."""
    return cells.tolist() if isinstance(cells.dtype, pd.StringDtype) and not cells.hasnans else []


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple, set, dict, np.ndarray)):
        listed = sorted(value, key=str) if isinstance(value, set) else value
        return json.dumps(listed.tolist() if isinstance(listed, np.ndarray) else listed, default=str)
    return plain(pd.Timestamp(value) if isinstance(value, np.datetime64) else value, instants=True)
