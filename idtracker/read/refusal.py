"""Refusal of a whole file: raised inside this room, turned into one critical finding at its door, never seen outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class RefusalError(Exception):
    """The file as a whole cannot be used. `details` fill the text of the rule and quote no cell."""

    def __init__(self, rule_id: str, **details: str) -> None:
        self.rule_id = rule_id
        self.details = details
        super().__init__(rule_id)


def unreadable(reason: str) -> RefusalError:
    return RefusalError("file.unreadable", reason=reason)


@contextmanager
def refusing(reason: str) -> Iterator[None]:
    """Whatever a parsing library throws at damaged bytes, a panic of compiled code included, refuses the file."""
    try:
        yield
    except (RefusalError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as problem:
        raise unreadable(reason) from problem
