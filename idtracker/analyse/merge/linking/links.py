"""Where declarations come into a merge: on the rows, on decisions, on the cells, before carrying. Without any, nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.keys import PartitionBy
from idtracker.analyse.merge.linking.basis import (
    LINKED,
    decisions_on_one_basis,
    incomparable,
    on_one_basis,
    with_breaks,
    with_link_error,
)
from idtracker.analyse.merge.linking.places import ends_of_places, with_earlier_places, without_absent
from idtracker.model.method import Method

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Links:
    """The declarations of one plan: its rounds (Declared.rounds) and their tables, None where there are no rounds of them."""

    rounds: tuple[int, int]
    breaks: ir.Table | None
    codes: ir.Table | None
    of_places: ir.Table | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Further columns of cells until their errors are complete."""
        return LINKED if any(self.rounds) else ()

    @property
    def of_breaks(self) -> ir.Table | None:
        """Quarters by indicator that no history runs across."""
        return None if self.breaks is None else incomparable(self.breaks)

    @property
    def stops(self) -> Sequence[ir.Table]:
        """Quarters by indicator and by place into which nothing is carried."""
        ends = [] if self.of_places is None else [ends_of_places(self.of_places)]
        return [*([] if self.of_breaks is None else [self.of_breaks]), *ends]

    def on_one_basis(self, rows: ir.Table, terms: ir.Table) -> ir.Table:
        """The rows in quarters, translated to the basis of today."""
        if self.of_places is not None:
            rows = without_absent(rows, terms, self.of_places)
        if self.breaks is None or self.codes is None:
            return (
                rows.mutate(crosswalk_ids=ibis.null("string"), link_error=ibis.literal(0.0)) if self.columns else rows
            )
        return on_one_basis(rows, self.breaks, self.codes, self.rounds[0])

    def decided(self, decisions: ir.Table) -> ir.Table:
        """Decisions about cells, translated."""
        if self.breaks is None or self.codes is None:
            return decisions
        return decisions_on_one_basis(decisions, self.breaks, self.codes, self.rounds[0])

    def marked(self, cells: ir.Table) -> ir.Table:
        """Cells with crosswalk_ids, the error of translating in points as well, and the status B where a series breaks."""
        if not self.columns:
            return cells.mutate(crosswalk_ids=ibis.null("string"))
        if "link_points" not in cells.columns:
            cells = cells.mutate(link_points=100 * cells["link_error"] / cells["width"])
        return cells if self.of_breaks is None else with_breaks(cells, self.of_breaks)

    def completed(self, cells: ir.Table, terms: ir.Table, method: Method, partition_by: PartitionBy) -> ir.Table:
        """The cells of all places with those that new places take over from old ones, their errors complete."""
        if not self.columns:
            return cells
        if self.of_places is not None:
            cells = with_earlier_places(cells, terms, self.of_places, self.rounds[1], partition_by)
        return with_link_error(cells, method.uncertainty is not None)
