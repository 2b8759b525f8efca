"""Fixtures of the tests of shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from shape_tables import part_of, shape_table, table_of

from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Column


@pytest.fixture
def shape_column() -> Callable[..., Shaped]:
    """Shape one column called `x` of texts as one type."""

    def shaped(texts: Sequence[str | None], kind: str, *, fmt: dict[str, Any] | None = None, **options: Any) -> Shaped:
        column = Column.model_validate({"field": "x", "type": kind, **options})
        return shape_table(table_of({"x": texts}), part_of(column), **(fmt or {}))

    return shaped
