"""What `status` prints. Its parts are made when the state is worked out; what was kept is put together without this module."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment, code_of


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
    tables: list[PublishedTable] = Field(description="published tables; empty before the first publication")
    wrong_definitions: list[WrongDefinition] = Field(
        description="what is left out until its definition is mended; empty where all are sound"
    )
    last_run: LastRun | None = Field(description="the last run; null before the first")
    chain: ChainEnd | None = Field(description="the last link of the audit chain; null where nothing is sealed")
