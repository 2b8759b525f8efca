"""Refusal of a whole file: raised inside this room, turned into one critical finding at its door, never seen outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from idtracker.ingest.read.refusals_ar import in_arabic
from idtracker.model.findings import Group, rule
from idtracker.model.messages import Message, details_of


class RefusalError(Exception):
    """The file as a whole cannot be used. `details` fill the text of the rule and quote no cell."""

    def __init__(self, rule_id: str, **details: str | Message) -> None:
        self.rule_id = rule_id
        self.details = details_of(details)
        super().__init__(rule_id)


def unreadable(reason: str) -> RefusalError:
    return RefusalError("file.unreadable", reason=reason)


def group_of(refusal: RefusalError) -> Group:
    """The finding that a refusal becomes, its details in both languages."""
    return Group(rule(refusal.rule_id), details=in_both_languages(refusal.details))


def in_both_languages(details: dict[str, str]) -> dict[str, str]:
    """Details with their Arabic wording beside them, under `<name>_ar`, where there is one."""
    arabic = {f"{k}_ar": said for k, v in details.items() if f"{k}_ar" not in details and (said := in_arabic(v))}
    return {**details, **arabic}


@contextmanager
def refusing(reason: str) -> Iterator[None]:
    """Whatever a parsing library throws at damaged bytes, a panic of compiled code included, refuses the file."""
    try:
        yield
    except (RefusalError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as problem:
        raise unreadable(reason) from problem
