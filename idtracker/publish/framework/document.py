"""What `framework` prints and `Tracker.framework()` gives: stages with their questions, and elements, of one quarter."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, code_of

Answer = Annotated[str, code_of("kpq_answer")]
Direction = Annotated[str, code_of("framework_direction")]


class TeamReply(Document):
    """one team (an organisation and what it answers for) that is asked a question"""

    org_id: str = Field(description="organisation")
    organisation: str = Field(description="its name")
    scope_id: str = Field(description="programme or objective that it answers for")
    answer: Answer | None = Field(description="answer; null where it is silent")
    confidence: Annotated[str, code_of("ancr")] | None = Field(description="analytical confidence; null where unstated")
    has_evidence: bool | None = Field(description="whether it cites evidence; null where it is silent")
    rank_difference: int | None = Field(description="steps above the lower median of all answers, below it if negative")
    baseline_answer: Answer | None = Field(description="answer at the baseline")
    last_answered: str | None = Field(description="last quarter in which it answered")


class Answers(Document):
    """how a question was answered: counts, never a mean"""

    roster: Count = Field(description="teams that are asked")
    answered: Count = Field(description="of these, teams that answered")
    by_answer: dict[str, Count] = Field(description="teams by answer")
    by_confidence: dict[str, Count] = Field(description="answers by confidence; UNSTATED where none is stated")
    lowest: Answer | None = Field(description="lowest answer")
    highest: Answer | None = Field(description="highest answer")
    is_disagreement: bool | None = Field(description="whether answers differ; null where fewer than two rank")
    baseline: str | None = Field(description="quarter of the first answers")
    rose: Count = Field(description="teams that say more than then")
    fell: Count = Field(description="teams that say less than then")
    paired: Count = Field(description="teams that answered both times")
    last_answered: str | None = Field(description="last quarter in which anybody answered")
    teams: list[TeamReply] = Field(description="each team that is asked")


class EvidenceCounts(Document):
    """how many series of figures have a value, and which way they changed since their baseline; no one number"""

    evidence: Count = Field(description="series")
    value: Count = Field(description="with a value")
    missing: Count = Field(description="without a value")
    improved: Count = Field(description="better, as far as intervals allow")
    worsened: Count = Field(description="worse, as far as intervals allow")
    unchanged: Count = Field(description="unchanged, both figures being exact")
    indistinct: Count = Field(description="whose change lies within its interval")
    no_interval: Count = Field(description="whose change has no interval: nothing is claimed")
    unjudged: Count = Field(description="of which neither more nor less is better")
    unknown: Count = Field(description="with a value but no baseline")
    point_better: Count = Field(description="whose bare figure is better, whatever its error")
    point_worse: Count = Field(description="whose bare figure is worse, whatever its error")
    overdue: Count = Field(description="overdue reports of sources that feed them")


class EvidenceFigure(Document):
    """one series of figures"""

    evidence: str = Field(description="name in the framework")
    metric_id: str = Field(description="metric")
    metric: str = Field(description="name of the metric")
    measure: str = Field(description="which figure of it")
    scope: str = Field(description="what it is about")
    unit: str = Field(description="unit")
    value: float | None = Field(description="value; null where there is none")
    lower: float | None = Field(description="lower end of its interval")
    upper: float | None = Field(description="upper end of its interval")
    n: Count | None = Field(description="units behind it")
    suppressed_reason: Annotated[str, code_of("suppression_reason")] | None = Field(description="why there is no value")
    baseline: str | None = Field(description="quarter of the baseline")
    baseline_value: float | None = Field(description="value then")
    change: float | None = Field(description="change since then")
    change_lower: float | None = Field(description="lower end of its interval")
    change_upper: float | None = Field(description="upper end of its interval")
    interval_basis: Annotated[str, code_of("interval_basis")] = Field(description="what that interval rests on")
    direction: Direction = Field(description="better or worse, as far as the interval allows")
    point_direction: Direction | None = Field(description="which way the bare figures differ")
    direction_text: str = Field(description="the direction in words; where there is no value, why")


class Missing(Document):
    """one thing that is missing, and who could supply it"""

    gap: Annotated[str, code_of("framework_gap")] = Field(description="what is missing")
    evidence: str | None = Field(description="series without a value")
    scope: str | None = Field(description="what that series is about")
    suppressed_reason: str | None = Field(description="why it has none")
    org_id: str | None = Field(description="organisation that could supply it; null where nothing that is owed would")
    organisation: str | None = Field(description="its name")
    source: str | None = Field(description="source that owes the report")
    report_period: str | None = Field(description="period of that report")
    sentence: str = Field(description="the same in one sentence")


class QuestionPage(Document):
    """one key performance question"""

    question: str = Field(description="code")
    text: str = Field(description="the question")
    function: str | None = Field(description="function of the framework that it serves")
    counts: EvidenceCounts = Field(description="its evidence")
    answers: Answers = Field(description="who answered what")
    figures: list[EvidenceFigure] = Field(description="each series of its evidence")
    missing: list[Missing] = Field(description="what is missing")
    sentences: list[str] = Field(description="evidence, answers, disagreement and what is missing, a line each")


class StagePage(Document):
    """one stage of the intervention cycle"""

    stage: str = Field(description="code")
    text: str = Field(description="name")
    activity_status: list[str] = Field(description="codes of IATI's ActivityStatus that it corresponds to")
    questions: list[QuestionPage] = Field(description="questions that are reviewed at it")


class ElementPage(Document):
    """one element of the framework"""

    element: str = Field(description="code")
    text: str = Field(description="what it says")
    group: str = Field(description="heading that it stands under")
    states: str = Field(description="`change` where its evidence is change since the baseline alone")
    counts: EvidenceCounts = Field(description="its evidence")


class CompositeVariant(Document):
    """one choice behind the number of a stage made otherwise"""

    choice: Literal["worst", "best", "weight", "left_out", "equal_weights", "aggregation"] = Field(
        description="a goalpost moved by a tenth of their distance, a weight halved or doubled, a figure left out, all weights equal, the other mean"
    )
    evidence: str | None = Field(description="figure that it is about; null where about all")
    setting: str | None = Field(description="what it is then; null where a figure is left out")
    value: float | None = Field(description="number of the stage then; null where it would be withheld")
    difference: float | None = Field(description="that less the number as agreed")


class CompositeStage(Document):
    """the number of one stage, with everything that it hangs on"""

    stage: str = Field(description="code")
    text: str = Field(description="name")
    value: float | None = Field(description="0 to 100; null where less than two thirds of the weight has a value")
    lower: float | None = Field(
        description="with every figure at its worse end; null where one of them has no interval"
    )
    upper: float | None = Field(description="with every figure at its better end")
    coverage: float = Field(description="share of the weight that has a value")
    figures: list[str] = Field(description="series that enter")
    missing: list[str] = Field(description="of these, series without a value: nothing is put in their place")
    without_interval: list[str] = Field(description="of these, series whose metric states no interval")
    sensitivity: list[CompositeVariant] = Field(description="each goalpost and weight varied, each figure left out")
    sentence: str = Field(description="the same in words")


class CompositePage(Document):
    """a number per stage by goalposts that stakeholders agreed; only where it is asked for"""

    agreed_by: list[str] = Field(description="who agreed goalposts and weights")
    agreed_on: str = Field(description="when")
    aggregation: Literal["arithmetic", "geometric"] = Field(description="mean of a stage's figures")
    stages: list[CompositeStage] = Field(description="stages with a figure that enters")


class FrameworkPage(Document):
    """The framework of a programme in one quarter, by stage and question. Nothing is averaged into one number unless that is asked for."""

    framework: str | None = Field(description="framework and version; null where none can be used")
    title: str | None = Field(description="its title")
    period: str | None = Field(description="quarter; null where nothing is published of any")
    classification: str | None = Field(description="high-water mark of everything on the page")
    releasable_to: str | None = Field(description="groups that may see all of it")
    stages: list[StagePage] = Field(description="stages in the order of the cycle")
    elements: list[ElementPage] = Field(description="elements; none where a stage or question was named")
    composite: CompositePage | None = Field(
        description="the optional composite; null where it was not asked for, or the framework has none that can be used"
    )
    problems: list[str] = Field(description="what is wrong with the framework's definition")
