"""How far a long piece of work has come, told to whoever listens; nobody has to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Hears = Callable[[str, int, int], None]
"""Called with what is counted, how many are done, and how many there are (0 where nobody knows)."""

_listeners: list[Hears] = []


@contextmanager
def heard_by(listener: Hears) -> Iterator[None]:
    """Tell a listener of the work that is done meanwhile in this process."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report(what: str, done: int, total: int = 0) -> None:
    """Say how many of something are done."""
    for listener in _listeners:
        listener(what, done, total)


def counted(what: str, items: Sequence[Item]) -> Iterator[Item]:
    """The items one by one, each reported when it is begun and the last when it is done."""
    for done, item in enumerate(items):
        report(what, done, len(items))
        yield item
    report(what, len(items), len(items))
