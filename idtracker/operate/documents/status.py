"""What `status` prints. Its parts are made when the state is worked out; what was kept is put together without this module."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment, Share, Some, code_of


class SourceState(Document):
    """one source"""

    id: str = Field(description="source")
    org_id: str = Field(description="organisation that reports")
    org_name: str = Field("", description="its name; empty where the register has none")
    org_name_ar: str = Field("", description="its name in Arabic")
    state: Annotated[str, code_of("freshness_state")] = Field(description="state")
    data_time: Moment | None = Field(description="end of the latest period reported, ISO 8601, UTC")
    arrived_at: Moment | None = Field(description="latest accepted arrival, ISO 8601, UTC")
    expected_next: Moment | None = Field(description="when the next report is due, ISO 8601, UTC")
    owner: str | None = Field(description="team that answers for the source")
    whose_turn: str | None = Field(description="who has to act")
    why: str = Field(description="the state in one sentence")


class MissingScore(Document):
    """one score that a missing report would change"""

    place_id: str = Field(description="place")
    period: str = Field(description="quarter")
    node_code: str = Field(description="node")
    score: float | None = Field(description="score as it is")
    width: float | None = Field(description="width of its interval now, points")
    width_unknown: float | None = Field(
        description="width now if cells that are absent were counted, as values of which nothing is known"
    )
    width_with: float | None = Field(description="expected width with the report")
    narrowing: float | None = Field(description="width_unknown less width_with")
    completeness: Share | None = Field(description="share of the weight that is present now")
    completeness_with: Share | None = Field(description="the same with the report")
    cells_count: Count | None = Field(
        description="cells of the place that would be new; 0 where its score gains through other places alone"
    )
    indicators: list[str] = Field(description="their indicators")
    reported_count: Count | None = Field(
        description="in how many of the source's last quarters it had them; the fewest"
    )
    of_count: Count | None = Field(description="how many quarters were looked at")
    error_basis: Annotated[str, code_of("error_basis")] | None = Field(
        description="what their expected errors rest on, the weakest"
    )


class MissingReport(Document):
    """one report that is owed and has not come; figures are those of the headline's score that it tells most of"""

    source: str = Field(description="source")
    org_id: str = Field(description="organisation that owes it")
    org_name: str = Field(description="its name in the language asked for")
    report_period: str = Field(description="period that it is about")
    state: Literal["due", "overdue"] = Field(description="state")
    due_on: str | None = Field(description="due date")
    overdue_on: str | None = Field(description="day from which it is overdue")
    estimate: Annotated[str, code_of("missing_estimate")] = Field(
        description="whether there is an estimate, else why not"
    )
    place: str = Field(description="name of the place; empty without an estimate")
    place_id: str | None = Field(description="place; null without an estimate, as all that follows")
    period: str | None = Field(description="quarter")
    node_code: str | None = Field(description="node")
    score: float | None = Field(description="score as it is")
    width: float | None = Field(description="width of its interval now, points")
    width_unknown: float | None = Field(
        description="width now if cells that are absent were counted, as values of which nothing is known"
    )
    width_with: float | None = Field(description="expected width with the report")
    narrowing: float | None = Field(description="width_unknown less width_with")
    completeness: Share | None = Field(description="share of the weight that is present now")
    completeness_with: Share | None = Field(description="the same with the report")
    scores: list[MissingScore] = Field(description="every score that it would change; empty without an estimate")
    sentence: str = Field(description="the same in one sentence")


class MissingList(Document):
    """Reports that are owed and have not come, the one that would narrow the headline's interval most first."""

    reports: list[MissingReport] = Field(description="every report that feeds scores")


class PublishedTable(Document):
    """one table"""

    table: str = Field(description="table")
    rows: Count = Field(description="rows, for facts those known now")
    data_time: Moment | None = Field(description="end of the latest period in it, ISO 8601, UTC")
    recorded_at: Moment | None = Field(description="since when its newest row has been known, ISO 8601, UTC")


class WrongDefinition(Document):
    """one source from which nothing is taken, or the reference data"""

    source: str | None = Field(
        description="source that is stopped; null for rows of the reference data that were left out"
    )
    problems: list[str] = Field(description="what is wrong, each with file and line")


class LastRun(Document):
    """the last run; null before the first"""

    run_id: str | None = Field(description="identifier of the run")
    started_at: str = Field(description="start, ISO 8601, UTC")
    ended_at: str | None = Field(description="end, ISO 8601, UTC")
    outcome: Literal["done", "nothing_new", "failed"] = Field(description="how it ended")
    submissions_count: Count | None = Field(description="submissions that arrived")
    message: str | None = Field(description="steps that failed")


class OpenAction(Document):
    """one action that a published round agreed and that is still to be done"""

    round_id: str = Field(description="round that agreed it")
    number: Some = Field(description="number in its record")
    text: str = Field(description="what is to be done, in English where it was written so")
    owner_org_id: str = Field(description="organisation that answers for it")
    due_on: Moment = Field(description="day by which it is to be done")
    is_overdue: bool = Field(description="whether that day has passed on the day spoken of")


class ChainEnd(Document):
    """the last link of the audit chain; null where nothing is sealed"""

    links: Count = Field(description="links of the chain")
    link: str = Field(description="hash of the last one")
    sealed_at: str = Field(description="when it was sealed, ISO 8601, UTC")


class Status(Document):
    """How fresh each source and each published table is."""

    as_of: Moment = Field(description="day spoken of, ISO 8601, UTC")
    notice: str = Field(description="notice of the programme; empty where there is none")
    sources: list[SourceState] = Field(description="every source")
    missing: list[MissingReport] = Field(
        description="overdue reports that would narrow the headline's interval most, one of each source and three at most; empty with --as-of"
    )
    tables: list[PublishedTable] = Field(description="published tables; empty before the first publication")
    wrong_definitions: list[WrongDefinition] = Field(
        description="what is left out until its definition is mended; empty where all are sound"
    )
    last_run: LastRun | None = Field(description="the last run; null before the first")
    chain: ChainEnd | None = Field(description="the last link of the audit chain; null where nothing is sealed")
    actions: list[OpenAction] = Field(
        description="actions of published rounds that are still open, the first due first; they change no exit code"
    )
