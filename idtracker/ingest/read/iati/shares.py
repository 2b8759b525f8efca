"""Percentages of one activity: shares of sectors, and of countries and regions, must add up to 100 (IATI 2.03 guidance)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from idtracker.model.findings import Findings

Cells = tuple[str | None, ...]
_TOLERANCE = 0.5
_WHOLE = 100.0
_DAC, _DEFAULT = "1", (None, "DAC")


@dataclass(slots=True)
class _Shares:
    """The shares of one activity in one vocabulary: its first record (one-based), and each percentage, None where left out."""

    first: int
    stated: list[float | None] = field(default_factory=list)

    @property
    def total(self) -> float:
        return sum(s for s in self.stated if s is not None)

    def is_whole(self, may_be_less: bool) -> bool:
        """One share without a percentage is the whole; where regions are named as well, countries may be less."""
        if all(s is None for s in self.stated):
            return len(self.stated) == 1
        return self.total <= _WHOLE + _TOLERANCE and (may_be_less or self.total >= _WHOLE - _TOLERANCE)


def check_shares(rows: Mapping[str, Sequence[Cells]], columns: Mapping[str, Sequence[str]]) -> Findings:
    """`share.sum` for each activity whose shares of one kind and vocabulary do not add up; rows are records of the section.

    Activities without an identifier, or with one that another activity of the file has too, cannot be told apart and are left out.
    """
    findings = Findings()
    activity = columns["activity"]
    name, region = activity.index("iati-identifier"), activity.index("recipient-region")
    with_regions = {row[name] for row in rows["activity"] if row[region]}
    count = Counter(row[name] for row in rows["activity"])
    for section in ("sector", "recipient-country"):
        odd = [
            (shares.first, activity_id, f"{shares.total:g}")
            for (activity_id, _), shares in _grouped(rows[section], columns[section])
            if activity_id
            and count[activity_id] == 1
            and not shares.is_whole(section == "recipient-country" and activity_id in with_regions)
        ]
        if odd:
            at, values, totals = zip(*odd, strict=True)
            findings.add(
                "share.sum", sheet=section, column="percentage", rows=at,
                values=[f"{v}: {t} %" for v, t in zip(values, totals, strict=True)], section=section,
            )  # fmt: skip
    return findings


def _grouped(rows: Sequence[Cells], columns: Sequence[str]) -> Iterator[tuple[tuple[str | None, str | None], _Shares]]:
    """Shares by activity and vocabulary, in the order of the file."""
    name, vocabulary, share = (columns.index(c) for c in ("iati-identifier", "vocabulary", "percentage"))
    shares: dict[tuple[str | None, str | None], _Shares] = {}
    for number, row in enumerate(rows, 1):
        key = (row[name], _DAC if row[vocabulary] in _DEFAULT else row[vocabulary])
        shares.setdefault(key, _Shares(number)).stated.append(_figure(row[share]))
    yield from shares.items()


def _figure(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
