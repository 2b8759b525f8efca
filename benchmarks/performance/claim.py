"""A claim: what was measured, what it is compared with in the same run, and the highest ratio allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

HEADING = f"{'claim':<48}{'measured':>10}{'compared':>10}  {'unit':<5}{'ratio':>7}{'bound':>7}"


@dataclass(frozen=True)
class Claim:
    """Seconds (or megabytes) of the thing claimed and of what it is compared with; `bound` is the highest ratio."""

    name: str
    measured: float
    compared: float
    bound: float
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.measured / self.compared

    @property
    def is_kept(self) -> bool:
        return self.ratio <= self.bound

    def line(self) -> str:
        return (
            f"{self.name:<48}{self.measured:>10,.2f}{self.compared:>10,.2f}  {self.unit:<5}"
            f"{self.ratio:>7.2f}{self.bound:>7.2f}{'' if self.is_kept else '  exceeded'}"
        )


def best_of(action: Callable[[], object], times: int = 3) -> float:
    """Shortest of several runs in seconds: what the machine can do when nothing disturbs it."""
    return min(_seconds(action) for _ in range(times))


def best_in_turn(one: Callable[[], object], other: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Shortest of several runs of each, taken in turn so that both meet the same machine."""
    pairs = [(_seconds(one), _seconds(other)) for _ in range(times)]
    return min(first for first, _ in pairs), min(second for _, second in pairs)


def _seconds(action: Callable[[], object]) -> float:
    began = perf_counter()
    action()
    return perf_counter() - began
