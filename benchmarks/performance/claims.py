"""The claims about single parts, each beside its bound."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from benchmarks.performance.claim import Claim
from benchmarks.performance.commands import command_claims
from benchmarks.performance.judging import judging_claims
from benchmarks.performance.places import Workshop
from benchmarks.performance.reading import reading_claims


def all_claims(shop: Workshop) -> Iterator[Claim]:
    """Every claim, in the order of its cost."""
    return chain(command_claims(shop), judging_claims(shop), reading_claims(shop))
