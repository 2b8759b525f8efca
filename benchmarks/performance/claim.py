"""A claim: what was measured, what it is compared with in the same run, and the highest ratio allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import process_time

HEADING = f"{'claim':<52}{'measured':>10}{'compared':>10}  {'unit':<5}{'ratio':>7}{'bound':>7}"


@dataclass(frozen=True)
class Claim:
    """Processor seconds (or megabytes) of the thing claimed and of what it is compared with; `bound` is the highest ratio."""

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
            f"{self.name:<52}{self.measured:>10,.2f}{self.compared:>10,.2f}  {self.unit:<5}"
            f"{self.ratio:>7.2f}{self.bound:>7.2f}{'' if self.is_kept else '  exceeded'}"
        )

    def document(self) -> dict[str, object]:
        """The claim as a JSON document, under a name that a file may have."""
        name = "".join(c if c.isalnum() else "_" for c in self.name)
        return {**asdict(self), "name": name, "claim": self.name, "ratio": self.ratio, "kept": self.is_kept}


def best_in_turn(one: Callable[[], object], other: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Least processor time of this process for each of two, taken in turn so that both meet the same machine."""
    pairs = [(_seconds(one), _seconds(other)) for _ in range(times)]
    return min(first for first, _ in pairs), min(second for _, second in pairs)


def _seconds(action: Callable[[], object]) -> float:
    began = process_time()
    action()
    return process_time() - began
