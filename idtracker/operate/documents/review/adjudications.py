"""What `adjudicate list`, `show`, `decide` and `revoke` print."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment, RowNumber

Objection = Literal["outside", "no_reports"]


class CellReport(Document):
    """one report"""

    org_id: str = Field(description="organisation whose word it is")
    org_name: str = Field("", description="its name; empty where the register has none")
    origin: str | None = Field(description="open source quoted")
    value: float = Field(description="value in the indicator's unit")
    weight: float = Field(description="share in the value of the cell")
    use: str = Field(description="whether it is used, else why not; a code of report_use")
    grade: str | None = Field(description="Admiralty grade of the row")
    file_name: str | None = Field(description="file")
    sheet: str | None = Field(description="sheet")
    row_number: RowNumber | None = Field(description="one-based row")


class Cell(Document):
    """one cell"""

    indicator_id: str = Field(description="indicator")
    indicator_name: str = Field("", description="its name; empty where the register has none")
    place_id: str = Field(description="place")
    place_name: str = Field("", description="its name; empty where the register has none")
    period: str = Field(description="quarter")


class DisputedCell(Cell):
    """one cell"""

    value: float | None = Field(description="value of the cell now")
    spread: float | None = Field(description="range of the reports on the scale from 0 to 100")
    method: str | None = Field(description="how the value was made; a code of merge_method")
    obs_status: str | None = Field(description="SDMX observation status")
    is_disagreement: bool | None = Field(description="whether the cell waits for a decision")
    report_count: Count = Field(description="reports about the cell, used or not")
    reports: list[CellReport] = Field(description="reports by value, one entry per row they come from")


class Queue(Document):
    """Cells whose reports disagree."""

    waiting: Count = Field(description="cells that wait for a decision")
    cells: list[DisputedCell] = Field(description="widest spread first")


class Decision(Document):
    """one decision"""

    adjudication_id: str = Field(description="identifier of the decision")
    indicator_id: str = Field(description="indicator")
    indicator_name: str = Field("", description="its name; empty where the register has none")
    place_id: str = Field(description="place")
    place_name: str = Field("", description="its name; empty where the register has none")
    period: str = Field(description="quarter")
    value: float | None = Field(description="value decided; null leaves the cell undecided again")
    standard_error: float | None = Field(description="its standard error")
    decided_by: str = Field(description="role or organisation that answers for it")
    decided_at: Moment = Field(description="when it was decided, ISO 8601, UTC")
    why: str = Field(description="reason")


class CellHistory(DisputedCell):
    """Everything known about one cell."""

    decisions: list[Decision] = Field(description="decisions about it, oldest first")


class KeptDecision(Decision):
    """A decision that was kept."""

    warning: Objection | None = Field(description="`outside` what was reported, or `no_reports` about the cell")
