"""Answers and the questions they belong to, whether a question is a column of the file or columns side by side are questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.shape.shaped import Shaped
from idtracker.ingest.shape.unpivot import MEASURE
from idtracker.model.config.source import Column, Part
from idtracker.model.text import fold

AsChosen = Callable[[Sequence[str], str], str]
"""Names that a question may go by, and an answer as typed -> the choice meant, else the answer as it is."""


def answers_of(shaped: Shaped, part: Part, column: Column) -> Iterator[tuple[list[str], npt.NDArray[np.int64]]]:
    """What the question of a field's cells may be called, and the rows of these cells; nothing where they are no answers.

    A question goes by the heading in the file and, of columns side by side, by what its groups say (`question` in
    `(?P<question>q1)/answer`). These groups are the question, and so no answer to it.
    """
    groups = _group_fields(shaped, part)
    if column.constant is not None or column.field in groups:
        return
    for heading, _, rows in shaped.locate(column.field, shaped.typed(column.field).notna().to_numpy()):
        said = [shaped.typed(name).iloc[rows[0]] for name in groups] if column.field in shaped.origins else []
        yield [heading, *(text for text in said if isinstance(text, str))], rows


def with_choices(shaped: Shaped, part: Part, table: RawTable, as_chosen: AsChosen) -> RawTable:
    """The table with each answer as the choice it means; what a column's own `map` names stays as it is typed."""
    cells = table.cells
    for column in part.columns:
        heading, own = shaped.headings[column.field], set(map(fold, column.map))
        for names, rows in answers_of(shaped, part, column) if heading in cells else ():
            typed = cells[heading].iloc[rows]
            meant = {t: as_chosen(names, t) for t in typed.unique() if fold(t) not in own}
            if any(text != choice for text, choice in meant.items()):
                texts = cells[heading].astype("object").to_numpy(copy=True)
                texts[rows] = [meant.get(t, t) for t in typed]
                cells = cells.assign(**{heading: texts}).astype({heading: cells[heading].dtype})
    return table if cells is table.cells else replace(table, cells=cells)


def _group_fields(shaped: Shaped, part: Part) -> list[str]:
    """Fields that the groups of `unpivot` fill."""
    groups = set(re.compile(part.unpivot.columns).groupindex) - {MEASURE} if part.unpivot else set()
    return [c.field for c in part.columns if c.field in shaped.origins and shaped.headings[c.field] in groups]
