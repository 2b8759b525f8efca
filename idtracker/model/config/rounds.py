"""When a programme holds its rounds, counted from the end of the quarter, and against which quarter change is measured."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from idtracker.model.config.values import PeriodCode, Strict, Text, fault
from idtracker.model.errors import DefinitionError


class RoundDates(Strict):
    """Dates of a round, where `round open` does not state them."""

    cutoff_after_days: int | None = Field(
        None,
        ge=1,
        le=366,
        description="Days from the end of the quarter to the day at whose end (UTC) the cut-off falls.",
    )
    held_after_days: int | None = Field(
        None, ge=0, le=366, description="Days from the cut-off to the day on which the round is held."
    )


class Baseline(Strict):
    """The baseline of changes in culture: a quarter, or the quarter of a round."""

    period: PeriodCode | None = Field(None, description="Quarter of the baseline, such as 2024-Q1.")
    round: Text | None = Field(None, description="Round whose quarter is the baseline, by its identifier.")

    @model_validator(mode="after")
    def _names_one_quarter(self) -> Baseline:
        from idtracker.model.periods import period

        if (self.period is None) == (self.round is None):
            raise fault("name either `period` or `round`", "period")
        if self.period is not None and period(self.period).length != "quarter":
            raise fault(f"{self.period} is a {period(self.period).length}: name a quarter, such as 2024-Q1", "period")
        return self

    def quarter(self, rounds: Mapping[str, str]) -> str:
        """The code of the quarter; `rounds` has the quarter of each round there is. DefinitionError for a round that is not there."""
        if self.period is not None:
            return self.period
        if self.round is None or self.round not in rounds:
            known = ", ".join(sorted(rounds)) or "none yet"
            remedy = "Name one of these, or the quarter itself: `baseline: {period: 2024-Q1}`"
            raise DefinitionError(
                [f"programme.yml: baseline: round: there is no round `{self.round}`; there are: {known}. {remedy}."]
            )
        return rounds[self.round]
