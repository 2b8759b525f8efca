"""Refusal of a whole file: raised inside this package, turned into one critical finding where a file is read, never seen outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from idtracker.model.findings import Group, rule
from idtracker.model.messages import Message, details_of, message


class RefusalError(Exception):
    """The file as a whole cannot be used. `details` fill the text of the rule and quote no cell."""

    def __init__(self, rule_id: str, **details: str | Message) -> None:
        self.rule_id = rule_id
        self.details = details_of(details)
        super().__init__(rule_id)


def worded(name: str, /, **details: object) -> Message:
    """The text `name` of `messages/reading.yml` in both languages."""
    return message("ingest/read/reading", name, **details)


def sized(unit: str, count: int) -> Message:
    """So many of a unit, which is the name of a text, such as `2,000 columns`."""
    return worded(unit, count=f"{count:,}")


def megabytes(size: int) -> Message:
    return sized("megabytes", -(-size // (1 << 20)))


def unreadable(reason: str, /, **details: object) -> RefusalError:
    """Refusal of what cannot be read; `reason` is the name of a text."""
    return RefusalError("file.unreadable", reason=worded(reason, **details))


def too_large(limit: Message, actual: Message) -> RefusalError:
    """Refusal by a limit: both texts carry their unit."""
    return RefusalError("file.too_large", limit=limit, found=actual)


def group_of(refusal: RefusalError) -> Group:
    """The finding that a refusal becomes."""
    return Group(rule(refusal.rule_id), details=refusal.details)


@contextmanager
def refusing(reason: str) -> Iterator[None]:
    """Whatever a parsing library throws at damaged bytes, a panic of compiled code included, refuses the file."""
    try:
        yield
    except (RefusalError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as problem:
        raise unreadable(reason) from problem
