"""One thing that is wrong in the reference data: where it stands, which rule it breaks, and what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ProblemRule = Literal[
    "file", "heading", "row", "repeated", "reference", "order", "gap", "overlap", "successor", "circle", "clash",
    "hierarchy", "bounds", "unit", "rate", "sequence", "hole", "names", "retired", "dropped_code",
]  # fmt: skip
PROBLEM_RULES: tuple[ProblemRule, ...] = get_args(ProblemRule)
_EXPECTED = "; expected "


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

    def __str__(self) -> str:
        return f"{self.at}: {self.text}"

    @property
    def message(self) -> str:
        """What is wrong, without what was expected."""
        return self.text.partition(_EXPECTED)[0]

    @property
    def expected(self) -> str | None:
        """What was expected, where there is one answer."""
        return self.text.partition(_EXPECTED)[2] or None
