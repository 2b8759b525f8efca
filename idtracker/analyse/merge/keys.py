"""What names a report and a cell. Further key columns stand in front: with them many merges are made at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

PartitionBy = Sequence[str]


def cell_key(partition_by: PartitionBy) -> list[str]:
    """Columns that name a cell."""
    return [*partition_by, "indicator_id", "place_id", "quarter"]


def report_key(partition_by: PartitionBy) -> list[str]:
    """Columns that name a report; the origin of an organisation's own word is an empty text."""
    return [*cell_key(partition_by), "org", "origin"]


def word_of(reports: ir.Table) -> ir.StringValue:
    """Whose word a report is, in whatever case: the origin's that it quotes, else its organisation's own."""
    return (reports["origin"] == "").ifelse(reports["org"], reports["origin"]).lower()
