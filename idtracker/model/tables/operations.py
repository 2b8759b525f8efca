"""Tables about the work itself: submissions, findings, held rows, obligations, freshness, runs, audit."""

from __future__ import annotations

from idtracker.model.tables.base import Flag, Integer, Moment, Table, column


class Submission(Table):
    """One received file and what became of it. Rows read = accepted + held + unchanged + superseded."""

    key = ("submission_id",)

    submission_id: str = column("Hash of source and content", "text", required=True)
    source_id: str = column("Source", "text", required=True)
    file_name: str = column("File name as received", "text", required=True)
    sha256: str = column("SHA-256 of the bytes; empty where the file was refused unread", "text")
    size_bytes: Integer = column(
        "Size; empty where it would tell of rows that are not shown", "integer", ge=0, unit="bytes"
    )
    edition: str = column("Edition found in the file name", "text")
    received_at: Moment = column("Arrival, UTC", "instant", required=True)
    submitted_by: str = column("Organisation that sent it", "organisation")
    state: str = column("State", "code", codelist="submission_state", required=True)
    state_since: Moment = column("Since when it has been in that state, UTC", "instant", required=True)
    corrects: str = column("Submissions whose rows it corrects, `;` between; empty for a report of its own", "text")
    rows_read: Integer = column("Rows read", "integer", required=True, ge=0)
    rows_accepted: Integer = column("Rows that say something new", "integer", required=True, ge=0)
    rows_held: Integer = column("Rows held back with reasons", "integer", required=True, ge=0)
    rows_unchanged: Integer = column("Rows that repeat what was known on arrival", "integer", required=True, ge=0)
    rows_superseded: Integer = column(
        "Rows outdone by a later edition or replaced by a correction, or repeated in the file",
        "integer",
        required=True,
        ge=0,
    )
    periods: str = column(
        "Periods reported, `;` between: those with a fair part of its rows; of dated rows, periods over by the arrival",
        "text",
    )
    last_day: Moment = column("Latest day that its dated rows speak of, not after its arrival", "date")
    rule_set_version: str = column("Version of the rules that judged it", "text", required=True)
    withdrawn_at: Moment = column("Withdrawn, UTC", "instant")
    withdrawn_why: str = column("Reason of the withdrawal", "text")


class SubmissionState(Table):
    """One stretch of time in which a submission was in one state, with the account of its rows.

    It is received at the beginning of its first stretch. What comes later (a correction, a waiver or its end, a stronger
    report, a withdrawal) opens the next one.
    """

    submission_id: str = column("Submission", "text", required=True)
    source_id: str = column("Source", "text", required=True)
    state: str = column("State", "code", codelist="submission_state", required=True)
    since: Moment = column("From when, UTC", "instant", required=True)
    until: Moment = column("Until when; empty while it lasts", "instant")
    rows_accepted: Integer = column("Rows that said something new", "integer", required=True, ge=0)
    rows_held: Integer = column("Rows held back", "integer", required=True, ge=0)
    rows_unchanged: Integer = column("Rows that repeated what was known", "integer", required=True, ge=0)
    rows_superseded: Integer = column("Rows outdone, replaced or repeated", "integer", required=True, ge=0)


class Finding(Table):
    """One location of one finding."""

    submission_id: str = column("Submission", "text", required=True)
    source_id: str = column("Source", "text", required=True)
    rule: str = column("Rule broken", "text", required=True)
    severity: str = column("critical, error, warning or advisory", "text", required=True)
    dimension: str = column("Data-quality dimension", "text", required=True)
    sheet: str = column("Sheet or section", "text")
    row: Integer = column("One-based row", "integer")
    cell: str = column("Spreadsheet address", "text")
    value: str = column("Value as typed", "text")
    message: str = column("What is wrong", "text", required=True)
    message_ar: str = column("What is wrong, in Arabic", "text", required=True)
    remedy: str = column("How to put it right", "text", required=True)
    remedy_ar: str = column("How to put it right, in Arabic", "text", required=True)
    suggestion: str = column("Nearest allowed value", "text")
    column: str = column("Column as headed in the file", "text")  # last: it hides the function of that name


class HeldRow(Table):
    """One stretch of time in which one row was held back, with everything it said and why it waits."""

    held_id: str = column(
        "Identifier of the row: hash of submission, part and place in the file", "text", required=True
    )
    submission_id: str = column("Submission", "text", required=True)
    source_id: str = column("Source", "text", required=True)
    part: str = column("Part of the source", "text", required=True)
    sheet: str = column("Sheet or section", "text", required=True)
    row_number: Integer = column("One-based row", "integer", required=True)
    row_piece: Integer = column(
        "Which of the rows made of one row of the file, 0 the first (periods side by side, lists in cells)",
        "integer",
        required=True,
        ge=0,
    )
    of_submission_id: str = column("Submission in which the row first came, where this is a correction of it", "text")
    of_sheet: str = column("Its sheet there", "text")
    of_row_number: Integer = column("Its one-based row there", "integer")
    of_row_piece: Integer = column("Which of the rows made of that row", "integer")
    rules: str = column("Rules that hold it, `;` between", "text", required=True)
    is_waivable: Flag = column("Whether a waiver can let it through: there is a value to use", "flag", required=True)
    cells: str = column("The row as typed, JSON", "text", required=True)
    held_from: Moment = column("From when it was held, UTC", "instant")
    held_to: Moment = column("Until when; empty while it is held", "instant")


class Waiver(Table):
    """One decision to let held rows through until a day, or to end an earlier one."""

    waiver_id: str = column("Identifier", "text", required=True)
    source_id: str = column("Source", "text", required=True)
    submission_id: str = column("Submission whose rows it is about", "text", required=True)
    held_id: str = column("The one row it is about; empty: every row of the submission held by the rules alone", "text")
    rules: str = column("Rules it looks past, `;` between", "text", required=True)
    given_by: str = column("Organisation or role that answers for it", "text", required=True)
    why: str = column("Reason", "text", required=True)
    given_at: Moment = column("When it was given, UTC", "instant", required=True)
    until_on: Moment = column(
        "Last day in force; a day before `given_at` ends an earlier waiver", "date", required=True
    )


class Adjudication(Table):
    """One decision about what the value of one indicator, place and quarter is, with its reason."""

    key = ("adjudication_id",)

    adjudication_id: str = column("Identifies the decision", "text", required=True)
    indicator_id: str = column("Indicator", "indicator", required=True)
    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    value: float = column("Value decided, in the indicator's unit; empty revokes an earlier decision", "number")
    standard_error: float = column("Standard error of the value decided; may be empty", "number", ge=0)
    decided_by: str = column("Organisation or role that answers for it", "text", required=True)
    decided_at: Moment = column("When it was decided, UTC", "instant", required=True)
    why: str = column("Reason", "text", required=True)


class Resolution(Table):
    """One decision about what became of a question that was judged, with its reason."""

    key = ("resolution_id",)

    resolution_id: str = column("Identifies the decision", "text", required=True)
    question_id: str = column("Question: scenario, place, horizon and unit", "text", required=True)
    subject: str = column("The question in words", "text", required=True)
    outcome: float = column(
        "100 or 0 for a likelihood that came about or not, else the value; empty revokes an earlier decision", "number"
    )
    resolved_on: Moment = column("Date on which the outcome was known", "date", required=True)
    decided_by: str = column("Organisation or role that answers for it", "text", required=True)
    decided_at: Moment = column("When it was decided, UTC", "instant", required=True)
    why: str = column("Reason", "text", required=True)


class Obligation(Table):
    """One report owed by one organisation for one period, and whether it came."""

    key = ("source_id", "org_id", "period")

    source_id: str = column("Source", "text", required=True)
    org_id: str = column("Organisation that owes it", "organisation", required=True)
    period: str = column("Period", "period", required=True)
    period_start: Moment = column("First day of the period", "date", required=True)
    period_end: Moment = column("Last day of the period", "date", required=True)
    due_on: Moment = column(
        "Due date, moved past weekends and holidays of the source's calendar", "date", required=True
    )
    overdue_on: Moment = column("Day from which a missing report is overdue", "date", required=True)
    is_derogated: Flag = column("Not owed by derogation", "flag", required=True)
    received_at: Moment = column("First accepted arrival for the period", "instant")
    days_late: Integer = column("Arrival minus due date; negative is early", "integer", unit="days")
    state: str = column("received, late, due, overdue, derogated", "text", required=True)


class Freshness(Table):
    """State of one source on one day: what it last said, when the next report is due, and whose turn it is."""

    source_id: str = column("Source", "text", required=True)
    org_id: str = column("Organisation that reports", "organisation", required=True)
    state: str = column("FRESH, DUE, OVERDUE, DELINQUENT or NEVER", "code", codelist="freshness_state", required=True)
    data_time: Moment = column("Latest day reported: end of the last period, or of dated rows the last day", "date")
    arrived_at: Moment = column("Latest accepted arrival", "instant")
    expected_next: Moment = column("When the next report is due", "date")
    owner: str = column("Team that answers for the source", "text")
    whose_turn: str = column("Who has to act", "text")
    why: str = column("The state in one sentence", "text", required=True)
    as_of_on: Moment = column("Day on which this was true", "date", required=True)


class Run(Table):
    """One run of the pipeline."""

    key = ("run_id",)

    run_id: str = column("Identifier", "text", required=True)
    started_at: Moment = column("Start, UTC", "instant", required=True)
    ended_at: Moment = column("End, UTC", "instant")
    outcome: str = column("done, nothing_new or failed", "text", required=True)
    submissions_count: Integer = column("New submissions", "integer", ge=0)
    message: str = column("Summary", "text")


class Audit(Table):
    """One act on the record: received, refused, withdrawn, corrected, waived; published, exported, read."""

    at: Moment = column("When, UTC", "instant", required=True)
    actor: str = column("Organisation or role; of publishing, exporting and reading the user", "text")
    action: str = column("What", "text", required=True)
    subject: str = column("What it is about, such as a submission, cell, round or publication", "text", required=True)
    detail: str = column("Why, or what followed", "text")


class Readership(Table):
    """One organisation that may read what is published, one publication that it read on a day, or a day of whose reads nothing is kept.

    Reads of users for whom programme.yml names no organisation are there without one; those of the team that runs the programme are not.
    """

    state: str = column("may_read, read, or not_kept: the lines of that day are gone", "text", required=True)
    org_id: str = column("Organisation that reads; empty where none is named", "organisation")
    audience_id: str = column("Audience whose publication it is", "text")
    known_at: Moment = column(
        "First instant at which it may read, or at which it read that day, UTC", "instant", required=True
    )
    until_on: Moment = column("Last day on which it may read; empty: there is none", "date")
    publication: str = column("Publication that was read", "text")
    published_at: Moment = column(
        "Instant up to which that publication tells what had arrived, UTC; empty where its making is not on record",
        "instant",
    )
    read_count: Integer = column("How often it was read that day", "integer", ge=0)
    source_ids: str = column("Sources whose rows the audience may see, `;` between", "text")


class Reconciliation(Table):
    """One fate of rows at one step, for one source or table: the rows of all reasons add up to the rows that came in."""

    step: str = column("landing_to_judged, accepted_to_store, facts_to_cells or cells_to_scores", "text", required=True)
    subject: str = column("Source, source and table, or table whose rows are accounted for", "text", required=True)
    reason: str = column(
        "What became of the rows; `unexplained` where nothing accounts for them", "text", required=True
    )
    rows: Integer = column("Rows with this fate", "integer", required=True, ge=0)
    rows_in: Integer = column("Rows of the subject that came into the step", "integer", required=True, ge=0)
    rows_out: Integer = column("Rows of the subject that the next step uses", "integer", required=True, ge=0)


class Drift(Table):
    """One comparison of a source's latest period with its earlier ones."""

    source_id: str = column("Source", "text", required=True)
    table_name: str = column("Fact table that it feeds", "text", required=True)
    period: str = column("Latest period", "period", required=True)
    measure: str = column("volume, fill or distribution", "text", required=True)
    column_name: str = column("Column compared; empty for the volume", "text")
    baseline: float = column(
        "Earlier periods: median of the rows, share of filled cells, or median of the values", "number", required=True
    )
    now: float = column("The same of the latest period", "number", required=True)
    statistic: float = column(
        "Relative difference of rows, difference of shares, or Kolmogorov-Smirnov distance",
        "number",
        required=True,
        ge=0,
    )
    threshold: float = column("Above which it is drift", "number", required=True, ge=0)
    is_drift: Flag = column(
        "Whether it exceeds the threshold; a distribution also has to be unlikely by chance", "flag", required=True
    )
