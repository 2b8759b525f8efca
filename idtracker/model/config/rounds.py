"""When a programme holds its rounds, counted from the end of the quarter."""

from __future__ import annotations

from pydantic import Field

from idtracker.model.config.values import Strict


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
