"""An index computed on a file: the table that is read, the document and the table that come of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from idtracker.model.composite.definition import Index
from idtracker.model.errors import UnusableFileError
from idtracker.operate.documents.methods.checked import ComputedUnit, MethodComputed, MethodFinding, Stage

if TYPE_CHECKING:
    import pandas as pd

    from idtracker.analyse.composite.engine import Computed
    from idtracker.analyse.composite.findings import Finding


def read_table(content: bytes, name: str) -> pd.DataFrame:
    """A CSV file (comma, semicolon or tab) as text, so that NA may be Namibia; UnusableFileError where it is none.

    The first column names the units where the definition names no other; a column without a heading is nobody's.
    """
    import pandas as pd

    from idtracker.ingest.marking.scan import find_marking

    marking = find_marking(content, file_name=Path(name).name)
    if marking:
        raise UnusableFileError(f"{name} is marked {marking}: it is not looked into.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnusableFileError(f"{name} is not UTF-8 text: save it as CSV in UTF-8.") from problem
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        rows = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, header=None)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as problem:
        raise UnusableFileError(f"{name} is no table: {problem}") from problem
    headings = [heading.strip() for heading in rows.iloc[0]]
    repeated = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if repeated:
        raise UnusableFileError(f"{name}: heading `{repeated[0]}` stands twice; give each column its own.")
    named = rows.iloc[1:].set_axis(headings, axis=1).reset_index(drop=True)
    return named[[heading for heading in headings if heading]]


def computed_on(index: Index, data: pd.DataFrame) -> Computed:
    """The index on a table as `read_table` gives it."""
    from idtracker.analyse.composite.engine import compute

    return compute(index, with_units(index, data))


def with_units(index: Index, data: pd.DataFrame) -> pd.DataFrame:
    """The table with its first column as index where nothing else names the units."""
    is_named = index.data.unit is not None or "unit" in data.columns
    return data if is_named else data.set_index(data.columns[0])


def computed_document(index: Index, computed: Computed, stage: Stage) -> MethodComputed:
    """Every unit with its values at one stage."""
    root = index.hierarchy.root.code
    values = values_at(computed, stage)
    banded = computed.bands.get(root)
    units = [
        ComputedUnit(
            unit=str(keys["unit"]),
            period=None if "period" not in keys else str(keys["period"]),
            values={str(code): _number(value) for code, value in row.items()},
            rank=_number(computed.ranks[root].iloc[place]),
            band=None if banded is None or banded.isna().iloc[place] else str(banded.iloc[place]),
            coverage=min(1.0, max(0.0, float(computed.coverage[root].iloc[place]))),
        )
        for place, (keys, row) in enumerate(
            zip(computed.keys.to_dict("records"), values.to_dict("records"), strict=True)
        )
    ]
    return MethodComputed(
        method_version=index.method_version, root=root, stage=stage, weights=computed.weights, units=units,
        findings=[finding_of(f) for f in computed.findings],
    )  # fmt: skip


def computed_table(index: Index, computed: Computed, stage: Stage) -> pd.DataFrame:
    """The same as a table: units, values (the root first), rank, band and coverage of the root."""
    import pandas as pd

    root = index.hierarchy.root.code
    values = values_at(computed, stage)
    values = values[list(reversed(values.columns))] if stage == "nodes" else values
    told = {f"{root}_rank": computed.ranks[root], f"{root}_coverage": computed.coverage[root]}
    told |= {f"{code}_band": computed.bands[code] for code in computed.bands}
    further = [pd.DataFrame(told)] if stage == "nodes" else []
    return pd.concat([computed.keys, values, *further], axis=1)


def values_at(computed: Computed, stage: Stage) -> pd.DataFrame:
    """The frame of a stage."""
    found: pd.DataFrame = computed.effective if stage == "weights" else getattr(computed, stage)
    return found


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def finding_of(found: Finding) -> MethodFinding:
    """A finding as documents have it."""
    return MethodFinding(
        rule=found.rule, severity=found.severity, where=found.where, unit=found.unit, message=found.message,
        remedy=found.remedy,
    )  # fmt: skip
