"""Kinds of text that definition files hold: regular expressions, days, countries, periods. Each refuses what cannot work."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

IDENTIFIER = r"^[a-z][a-z0-9_]*$"
COUNTRY = r"^([A-Z]{2})?$"
PATTERN_WORDS = {
    IDENTIFIER: "lower-case letters, digits and _, beginning with a letter",
    COUNTRY: "an ISO 3166-1 code of two capitals such as JO",
}


class Strict(BaseModel):
    """An entry whose every key is known and which never changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def fault(message: str, *at: str | int) -> PydanticCustomError:
    """A problem of a whole entry that stands in one of its keys: `at` leads there from the entry."""
    return PydanticCustomError("fault", "{message}", {"message": message, "at": at})


def _compiles(value: str) -> str:
    try:
        re.compile(value)
    except re.error as problem:
        raise ValueError(f"not a regular expression: {problem}") from problem
    return value


def _has_named_group(value: str) -> str:
    if not re.compile(value).groupindex:
        raise ValueError("expected at least one named group, such as (?P<period>...)")
    return value


def _is_day(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip(), re.ASCII):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    raise ValueError("expected a day such as 2026-04-01")


@cache
def _countries_with_calendar() -> frozenset[str]:
    from holidays.registry import COUNTRIES

    return frozenset(names[1] for names in COUNTRIES.values())


def _has_calendar(value: str) -> str:
    if value not in _countries_with_calendar():
        raise ValueError("expected an ISO 3166-1 country with a known calendar, two capitals such as GB or JO")
    return value


def _is_period(value: str) -> str:
    from idtracker.model.periods import is_period

    if not is_period(value):
        raise ValueError("expected a period such as 2026-04, 2026-Q2, 2026-H1, 2026, 2025/26 or 2026-W14")
    return value


def _separator(value: object) -> object:
    r"""A separator as people write it: `tab` and `\t` (two characters, where YAML leaves them alone) mean the tab."""
    return "\t" if isinstance(value, str) and value.strip().casefold() in ("tab", r"\t") else value


def _can_separate(value: str) -> str:
    if value and not set(value).isdisjoint('"\r\n\0'):
        raise ValueError("quotation marks, line ends and NUL cannot separate cells")
    return value


Regex = Annotated[str, AfterValidator(_compiles)]
Separator = Annotated[
    str,
    StringConstraints(strip_whitespace=False, min_length=1, max_length=8),
    BeforeValidator(_separator),
    AfterValidator(_can_separate),
]
SeparatorInCell = Annotated[
    str, StringConstraints(strip_whitespace=False), BeforeValidator(_separator), AfterValidator(lambda v: v.strip(" "))
]
GroupRegex = Annotated[str, AfterValidator(_compiles), AfterValidator(_has_named_group)]
Day = Annotated[date, BeforeValidator(_is_day)]
Country = Annotated[str, AfterValidator(_has_calendar)]
PeriodCode = Annotated[str, AfterValidator(_is_period)]
Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
CountryCode = Annotated[str, Field(pattern=COUNTRY)]
Text = Annotated[str, Field(min_length=1)]
