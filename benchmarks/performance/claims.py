"""The claims about single parts, each beside its bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from benchmarks.performance.audiences import audiences_claims
from benchmarks.performance.claim import Claim
from benchmarks.performance.draws import draws_claims
from benchmarks.performance.judging import judging_claims
from benchmarks.performance.measure import SCRIPT, measure, middle, python
from benchmarks.performance.metrics import metrics_claims
from benchmarks.performance.places import Workshop, run
from benchmarks.performance.reading import reading_claims


def _command_claims(shop: Workshop) -> Iterator[Claim]:
    """What the table measures too, held against other things."""
    compared = middle([measure(python("-c", "import pandas, dagster")) for _ in range(shop.repeats)])
    help_usage = middle([measure([SCRIPT, "--help"]) for _ in range(shop.repeats)])
    yield Claim("idtracker --help / import of pandas and dagster", help_usage.seconds, compared.seconds, 0.5)
    first, done = shop.first_run(shop.bundled())
    again, _ = shop.measured(done, run)
    yield Claim("a run with nothing new / the first run", again.seconds, first.seconds, 0.15)


CLAIMS: Mapping[str, Callable[[Workshop], Iterator[Claim]]] = {
    "commands": _command_claims,
    "draws": lambda _: draws_claims(),
    "metrics": metrics_claims,
    "judging": judging_claims,
    "reading": reading_claims,
    "audiences": audiences_claims,
}
"""Every claim by its group, in the order of their cost."""
