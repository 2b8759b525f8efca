"""Documents of `judgement`: questions and what became of them, a resolution, and how well those who judged did."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment, Share, code_of

State = Literal["open", "due", "resolved", "disputed"]


class Sign(Document):
    """one indicator that was named as a sign of a scenario"""

    code: str = Field(description="indicator, or node of the method, as named")
    is_known: bool = Field(description="whether the register or the method has it; else nothing warns of it")
    warnings: list[str] = Field(description="warnings about it that stand for the place, a sentence each")


class JudgedQuestion(Document):
    """one question in one scheme, as it was last judged"""

    question_id: str = Field(description="identifier: scenario, place, horizon and unit")
    scenario: str = Field(description="the scenario or question in words")
    place_id: str | None = Field(description="place; null where it has none")
    horizon_on: Moment | None = Field(description="date up to which it speaks; null where none is stated")
    scheme: str = Field(description="phia_yardstick, icd203_yardstick or quantity")
    unit: str = Field(description="% for a likelihood, else the unit of the quantity")
    period: str = Field(description="latest quarter in which it was judged")
    estimate: float | None = Field(description="equal pool of that quarter; null where nobody states an estimate")
    change: float | None = Field(description="change since the quarter before")
    assessors: Count = Field(description="organisations whose estimate counts")
    state: State = Field(
        description="open; due: its date has passed without an outcome; resolved; or disputed: reports contradict"
    )
    outcome: float | None = Field(description="100 or 0 for a likelihood, else the value")
    resolved_on: Moment | None = Field(description="date on which the outcome was known")
    basis: Annotated[str, code_of("resolution_basis")] | None = Field(description="how the outcome is known")
    signs: list[Sign] = Field(description="indicators named as signs of it, beside the warnings about them that stand")


class JudgedQuestions(Document):
    """Questions that were judged, those that wait for an outcome first."""

    as_of: Moment = Field(description="day that the publication speaks of")
    due: Count = Field(description="questions whose date has passed without an outcome, or whose outcome is disputed")
    questions: list[JudgedQuestion] = Field(description="the questions")


class KeptResolution(Document):
    """A decision about the outcome of a question that was kept."""

    resolution_id: str = Field(description="identifier of the decision, for `acts revoke`")
    question_id: str = Field(description="the question")
    subject: str = Field(description="the question in words")
    outcome: float = Field(description="100 or 0 for a likelihood, else the value")
    resolved_on: Moment = Field(description="date on which the outcome was known")
    by: str = Field(description="role or organisation that answers for it")
    why: str = Field(description="reason")
    at: Moment = Field(description="when it was decided, ISO 8601, UTC")


class Calibrated(Document):
    """the record of one organisation, of all, or of the pools, in one scheme and horizon"""

    assessor: str = Field(description="organisation; ALL for every judgement, CROWD for pools of two or more")
    scheme: str = Field(description="phia_yardstick, icd203_yardstick or quantity")
    horizon: Annotated[str, code_of("judgement_horizon")] = Field(description="how far ahead it looked")
    questions: Count = Field(description="resolved questions")
    judgements: Count = Field(description="judgements or pools about them")
    brier: Share | None = Field(description="Brier score, 0 is best; null below ten questions")
    brier_low: Share | None = Field(description="lower bound, 90 %")
    brier_high: Share | None = Field(description="upper bound, 90 %")
    reliability: float | None = Field(description="part of the score: likelihoods unlike the frequencies that followed")
    resolution: float | None = Field(description="part of the score: frequencies told apart by term")
    uncertainty: float | None = Field(description="part of the score: of the questions themselves")
    within_terms: float | None = Field(description="rest of the score, of likelihoods that differ within a term")
    hit_rate: Share | None = Field(description="how often ranges at 90 % held the value; null below ten questions")
    hit_low: Share | None = Field(description="lower bound, 90 %")
    hit_high: Share | None = Field(description="upper bound, 90 %")
    crowd_error: float | None = Field(description="of pools: their mean squared error")
    individual_error: float | None = Field(description="of pools: mean squared error of their members")
    diversity: float | None = Field(description="of pools: what asking several bought, the difference of the two")


class Record(Document):
    """How well resolved questions were judged."""

    rows: list[Calibrated] = Field(description="one for each organisation, scheme and horizon")
