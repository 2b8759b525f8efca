"""One thing that is wrong in the reference data: where it stands, which rule it breaks, and what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from idtracker.model.messages import message

ProblemRule = Literal[
    "file", "heading", "row", "repeated", "reference", "order", "gap", "overlap", "successor", "circle", "clash",
    "hierarchy", "bounds", "unit", "rate", "sequence", "hole", "names", "retired", "dropped_code",
    "break", "crosswalk", "place_share", "future", "boundary",
]  # fmt: skip
PROBLEM_RULES: tuple[ProblemRule, ...] = get_args(ProblemRule)
_EXPECTED = "; expected "
_EXPECTED_AR = "؛ المتوقع: "


@dataclass(frozen=True, slots=True)
class RegisterProblem:
    """`at` is `file:line`, `others` the rows that it clashes with: nobody can say which of them is right.

    A problem that `stops` makes whatever uses the row wrong; others should be seen to.
    """

    at: str
    rule: ProblemRule
    text: str
    stops: bool = True
    others: tuple[str, ...] = ()
    text_ar: str = ""

    @classmethod
    def worded(
        cls,
        at: str,
        rule: ProblemRule,
        name: str,
        others: tuple[str, ...] = (),
        stops: bool = True,
        **details: object,
    ) -> RegisterProblem:
        """A problem in both languages: the text `name` of model/register/messages/declarations.yml."""
        text = message("model/register/declarations", name, **details)
        return cls(at, rule, text.en, stops, others, text.ar)

    def __str__(self) -> str:
        return f"{self.at}: {self.text}"

    @property
    def in_both(self) -> str:
        """The problem with its place, and below it the same in Arabic where the rule has a text in it."""
        return f"{self}\n  {self.text_ar}" if self.text_ar else str(self)

    @property
    def message(self) -> str:
        """What is wrong, without what was expected."""
        return self.text.partition(_EXPECTED)[0]

    @property
    def expected(self) -> str | None:
        """What was expected, where there is one answer."""
        return self.text.partition(_EXPECTED)[2] or None

    @property
    def message_ar(self) -> str | None:
        """The same in Arabic, where the rule has a text in it."""
        return self.text_ar.partition(_EXPECTED_AR)[0] or None

    @property
    def expected_ar(self) -> str | None:
        """What was expected, in Arabic."""
        return self.text_ar.partition(_EXPECTED_AR)[2] or None
