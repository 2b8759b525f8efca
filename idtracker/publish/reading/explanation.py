"""An explained figure: a tree of what, value and because, with the same keys wherever they stand; what `explain` prints too."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from idtracker.model.document import Document, Moment, OneOf, Share
from idtracker.model.tables import TABLES

Score = Annotated[float, Field(ge=0, le=100)]
Error = Annotated[float, Field(ge=0)]
Table = Annotated[str, OneOf(lambda: TABLES)]
Kind = Literal["score", "cell", "governorate", "report", "decision", "change", "cause"]


class Explanation(Document):
    """A figure, file or fact and everything behind it, as a tree."""

    model_config = ConfigDict(extra="allow")

    what: str = Field(description="what is spoken of")
    value: Any = Field(description="its value; null where there is none")
    because: list[Explanation] = Field(description="what it follows from")
    measure: str = Field(default="", description="which figure of the metric")
    unit: str = Field(default="", description="unit of the value")
    says: str = Field(default="", description="one line about the value: interval, standing, where it comes from")
    kind: Kind = Field(default="cell", description="what a node is")
    before: Any = Field(default=None, description="the value before, where the node tells of a change")
    after: Any = Field(default=None, description="the value after, of a figure of a network metric that changed")
    sentence: str = Field(default="", description="a change in one sentence, in the language asked for")
    since: str = Field(default="", description="what a change is since: a quarter, an instant or a publication")
    since_node_code: str = Field(
        default="",
        description="what the method of then calls the node; another than now where the whole of two methods is compared",
    )
    since_method_version: str = Field(default="", description="method that made the score before")
    cause: str = Field(
        default="",
        description="why a score moved: a code of change_cause; of a network metric, of network_change_cause",
    )
    points_error: Error | None = Field(
        default=None, description="standard error of the points of a cause where orders were sampled, 0 where exact"
    )
    node_code: str = Field(default="", description="node of the index")
    indicator_id: str = Field(default="", description="indicator of a cell")
    place_id: str = Field(default="", description="place of a cell")
    period: str = Field(default="", description="quarter of a cell")
    low: float | None = Field(default=None, description="lower bound of a score")
    high: float | None = Field(default=None, description="upper bound of a score")
    band: str | None = Field(default=None, description="band of a score")
    completeness: Share = Field(default=0, description="share of the weight that is present")
    method_version: str = Field(default="", description="method that made a score")
    weight: Share | None = Field(
        default=None, description="weight in force in the node above; of a report its share in the value"
    )
    points: float = Field(default=0, description="points that it adds to the score above, an arithmetic mean")
    factor: float = Field(default=0, description="factor of the score above, a geometric mean")
    score: Score | None = Field(default=None, description="value between its goalposts")
    standard_error: Error | None = Field(default=None, description="standard error in the unit of the value")
    score_error: Error | None = Field(default=None, description="the same on the 0-100 scale, in points")
    error_basis: str | None = Field(default=None, description="what a cell's error rests on: a code of error_basis")
    error_coverage: Share | None = Field(default=None, description="share of a score's weight whose error is stated")
    error_estimated: Share | None = Field(default=None, description="share of it whose error is estimated")
    error_assumed: Share | None = Field(default=None, description="share of it whose error the method assumes")
    imputed_share: Share | None = Field(
        default=None, description="share of a score's weight that nobody reported and the method fills in"
    )
    leaf_score: Score | None = Field(default=None, description="a cell on the scale, as the tree made it")
    leaf_error: Error | None = Field(default=None, description="its standard error in points")
    is_imputed: bool = Field(default=False, description="whether the tree filled it in, since nobody reported it")
    terms: list[str] = Field(default=[], description="what the tree did with a cell, in order")
    is_carried: bool = Field(default=False, description="whether the value is carried forward")
    origin_period: str = Field(default="", description="quarter that the value comes from")
    population_share: Share = Field(
        default=0, description="share of the population among the governorates that have a value"
    )
    part_of_value: float = Field(default=0, description="what a governorate adds to the value of the country")
    org_id: str = Field(default="", description="organisation of a report")
    origin: str | None = Field(default=None, description="open source that a report quotes")
    use: str = Field(default="", description="what became of a report: a code of report_use")
    table: Table = Field(default="", description="table in which a row stands")
    fact_id: str | None = Field(default=None, description="fact that a row is")
    submission_id: str | None = Field(default=None, description="submission that said it")
    sheet: str | None = Field(default=None, description="sheet or section")
    row_number: int | None = Field(default=None, description="one-based row of the sheet")
    waiver: str = Field(default="", description="who let the row through, why and until when")
    file_name: str = Field(default="", description="file in which a row stands")
    sha256: str | None = Field(default=None, description="SHA-256 of that file; null where it was refused unread")
    rule_set_version: str = Field(default="", description="version of the rules that judged it")
    received_at: Moment = Field(default="", description="its arrival, ISO 8601, UTC")
