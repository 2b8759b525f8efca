"""Reads of what is published, as far as kept metrics rest on them: they are no moments of a timeline, and come at any time.

A reading that rests on reads carries a hash over those until its instant beside its signature, so that a new line of the log of access
makes the readings after it again and no other, and those of metrics that count reads alone.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from idtracker.analyse.metrics.known.tables import READS
from idtracker.analyse.metrics.registry import Metric
from idtracker.model.tables import TABLES, columns_of
from idtracker.store.history.change_points import ChangePoints

_SEPARATOR = "+"
_NOT_HASHED = ("read_count", "classification", "releasable_to")
"""A count still grows when the day is over for nobody, and counts in no metric; markings follow from those of everything."""


@dataclass(frozen=True, slots=True)
class ReadsKnown:
    """Instants of reads, in order, and a hash over all until each; both empty where no metric counts reads."""

    at: Sequence[pd.Timestamp] = ()
    hashes: Sequence[str] = ()

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, chosen: Sequence[Metric]) -> ReadsKnown:
        """What some metrics of a store count."""
        if not any(READS in metric.inputs for metric in chosen):
            return cls()
        listed = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[READS]) if c.name not in _NOT_HASHED)
        rows = connection.execute(
            f'SELECT known_at, md5(CAST(row({listed}) AS VARCHAR)) FROM "{READS}" ORDER BY ALL'
        ).fetchall()
        hashes, known = [], ""
        for _, one in rows:
            known = hashlib.sha256(f"{known}{one}".encode()).hexdigest()[:16]
            hashes.append(known)
        return cls([pd.Timestamp(at) for at, _ in rows], hashes)

    def until(self, at: pd.Timestamp) -> str:
        """The hash over the reads until an instant; empty where there are none."""
        n = bisect_right(self.at, at)
        return self.hashes[n - 1] if n else ""

    def sign(self, readings: ChangePoints) -> ChangePoints:
        """The same readings, each signed with what was read by then as well."""
        pairs = ((s, self.until(at)) for at, s in zip(readings.at, readings.signatures, strict=True))
        return ChangePoints(readings.at, tuple(f"{s}{_SEPARATOR}{known}" if known else s for s, known in pairs))

    def unsigned(self, at: pd.Timestamp, signature: str) -> str | None:
        """The signature of a kept reading without that of its reads; None where other reads are known until it now."""
        plain, _, known = signature.partition(_SEPARATOR)
        return plain if known == self.until(at) else None
