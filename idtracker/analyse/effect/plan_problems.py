"""What is wrong with what a plan was asked, in both languages."""

from __future__ import annotations

from idtracker.model.errors import UsageError
from idtracker.model.messages import Message, message


class PlanError(UsageError):
    """A plan that cannot be made of what was stated; `said` is the sentence in both languages, `code` its name."""

    def __init__(self, code: str, /, **details: object) -> None:
        self.code = code
        self.said: Message = message("analyse/effect/plan", code, **details)
        super().__init__(self.said.en)
