"""What `held list`, `show`, `export`, `replay` and `waive` print."""

from __future__ import annotations

from pydantic import Field

from idtracker.model.document import Count, Document, Moment, Some


class RuleRows(Document):
    """one rule"""

    rule: str = Field(description="rule")
    rows: Some = Field(description="rows that it holds")


class Submission(Document):
    """one submission"""

    submission_id: str = Field(description="submission")
    source: str = Field(description="source")
    file_name: str = Field(description="file name as received")
    received_at: Moment = Field(description="arrival, ISO 8601, UTC")
    rows: Some = Field(description="rows held")
    held_since: Moment = Field(description="since when the first of them has been held, ISO 8601, UTC")
    age_days: Count = Field(description="days since then")
    rules: list[RuleRows] = Field(description="rules that hold them")
    waivable: Count = Field(description="rows that a waiver could let through")
    whose_turn: str = Field(description="who has to act")
    whose_turn_name: str = Field("", description="the same by name")
    whose_turn_name_ar: str = Field("", description="the same by name, in Arabic")
    overtaken_by: str | None = Field(description="file name of a later edition; null where there is none")


class HeldList(Document):
    """Submissions with rows that are held."""

    as_of: Moment = Field(description="moment spoken of, ISO 8601, UTC")
    notice: str = Field(description="notice of the programme; empty where there is none")
    submissions: list[Submission] = Field(description="by source and arrival")
    rows: Count = Field(description="rows held in these submissions")
    overtaken_rows: Count = Field(description="rows held in files of which a later edition came")


class Place(Document):
    """the row of the first file, where this came in a correction"""

    submission_id: str = Field(description="submission")
    sheet: str = Field(description="sheet")
    row: str = Field(description="row")


class Reason(Document):
    """one reason"""

    rule: str = Field(description="rule")
    column: str | None = Field(description="heading of the row")
    value: str | None = Field(description="value as typed")
    message: str = Field(description="what is wrong")
    message_ar: str = Field(description="what is wrong, in Arabic")
    remedy: str = Field(description="how to put it right")
    remedy_ar: str = Field(description="how to put it right, in Arabic")
    suggestion: str | None = Field(description="nearest known value")


class Row(Document):
    """one row"""

    held_id: str = Field(description="name of the row")
    source: str = Field(description="source")
    submission_id: str = Field(description="submission")
    part: str = Field(description="part of the source")
    sheet: str = Field(description="sheet; empty where the file has none")
    row: str = Field(description="one-based row; `12/2` is the second of the rows made of row 12")
    corrects: Place | None = Field(description="the row of the first file, where this came in a correction")
    held_from: Moment = Field(description="since when it has been held, ISO 8601, UTC")
    is_waivable: bool = Field(description="whether a waiver could let it through")
    cells: dict[str, str | None] = Field(description="heading -> cell as typed; null where empty")
    reasons: list[Reason] = Field(description="every reason")


class HeldRows(Document):
    """Held rows with their reasons."""

    rows: list[Row] = Field(description="in the order of the file")


class Export(Document):
    """The workbook that was written."""

    source: str = Field(description="source")
    rows: Some = Field(description="rows in it")
    written: str = Field(description="path of the workbook")


class Replay(Document):
    """What judging the held rows again has changed."""

    released: Count = Field(description="rows that are held no longer")
    held: Count = Field(description="rows that are still held")
    submissions: list[Submission] = Field(description="submissions with rows that are still held")
    failed_steps: list[str] = Field(description="steps that failed")


class GivenWaiver(Document):
    """A waiver."""

    waiver_id: str = Field(description="name of the waiver")
    source: str = Field(description="source")
    submission_id: str = Field(description="submission")
    held_id: str | None = Field(description="the row; null where it is about every row that the rules alone hold")
    rules: list[str] = Field(description="rules that it looks past")
    given_by: str = Field(description="role or organisation that answers for it")
    why: str = Field(description="reason")
    given_at: Moment = Field(description="when it was given, ISO 8601, UTC")
    until_on: Moment = Field(description="last day in force, ISO 8601, UTC")
    in_force: bool = Field(description="false where it ends an earlier one")
