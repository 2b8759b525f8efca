"""What is shared by being read: reports that arrived, with the organisations whose people read what is published.

A report is available to an organisation that may read from the day on which it arrived, and shared with it when somebody of that organisation
first read a publication that was made after it arrived. Not with the organisation that sent it, and not where the audience may not see its source.
Whoever read is told by accounts, and whether the report was looked at within the publication is not: so it is at the earliest that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.quarter import Quarter, day_number
from idtracker.analyse.metrics.sharing.events import Entitlement

READS = "reads"
TABLE = "readership"
READ_INPUTS = {
    TABLE: ["state", "org_id", "audience_id", "known_at", "until_on", "published_at", "source_ids"],
    "obligation": ["source_id", "org_id", "period", "received_at", "is_derogated"],
}
SHOWN = ["state", "org_id", "audience_id", "known_at"]
_NEVER = np.datetime64("NaT", "us")
Instants = npt.NDArray[np.datetime64]


class _Reader(NamedTuple):
    """An organisation that may read what one audience gets, from an instant to another, and what it read: by the instant of the publication."""

    place: int
    since: np.datetime64
    until: np.datetime64
    sources: frozenset[str]
    published: Instants
    read: Instants
    places: npt.NDArray[np.intp]


def read(inputs: Inputs, quarter: Quarter) -> list[Entitlement]:
    """Reports that arrived in the four quarters to this one, for each other organisation that may read them, once.

    What was not read by a day of which nothing is kept is followed until that day and not owed: it may have been read then.
    """
    return inputs.remember(("read", quarter), lambda: list(_items(inputs, quarter)))


def days_of_reads(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Reads of the four quarters to this one, the days as `unit`: those of users for whom no organisation is named count."""
    rows, first, last = _known(inputs), quarter.window()[0].start, inputs.last_day(quarter)
    days = rows["known_at"].dt.normalize()
    here: pd.DataFrame = rows[(rows["state"] == "read") & (days >= first) & (days <= last)]
    return here.assign(unit=here["known_at"].dt.strftime("%Y-%m-%d").astype("str"), counts=here["org_id"].isna())


def is_named(inputs: Inputs) -> bool:
    """Whether anybody is known to read, or to be allowed to."""
    return len(_known(inputs)) > 0


def read_rows(inputs: Inputs, items: Sequence[Entitlement]) -> pd.DataFrame:
    """The reads behind items, each with its `unit`, and whether it counts; of an item that was not read the row that says who may."""
    rows = inputs.table(TABLE).take([item.by for item in items])
    return rows.assign(
        unit=pd.Series(units_of(inputs, items), rows.index, dtype="str"), counts=[item.is_shared for item in items]
    )


def units_of(inputs: Inputs, items: Sequence[Entitlement]) -> list[str]:
    """Names of items: source, reporting organisation and period of the report, and who reads."""
    reports = inputs.table("obligation")
    named = zip(*(reports[c].take([i.place for i in items]) for c in ("source_id", "org_id", "period")), strict=True)
    return [f"{' '.join(map(str, report))} read by {item.taker}" for report, item in zip(named, items, strict=True)]


def _known(inputs: Inputs) -> pd.DataFrame:
    """Rows until the day of knowledge."""

    def make() -> pd.DataFrame:
        rows = inputs.table(TABLE)
        return rows[rows["known_at"] <= inputs.as_of]

    return inputs.remember_for_both(("readership",), make)


def _items(inputs: Inputs, quarter: Quarter) -> Iterator[Entitlement]:
    if not is_named(inputs):
        return
    stands_for = inputs.successors(quarter)
    reports = inputs.table("obligation")
    arrived = reports["received_at"].to_numpy().astype("datetime64[us]")
    first = quarter.window()[0].start.to_datetime64()
    after = (inputs.last_day(quarter) + pd.Timedelta(days=1)).to_datetime64()
    derogated = reports["is_derogated"].to_numpy(dtype=bool, na_value=False)
    places = np.flatnonzero((arrived >= first) & (arrived < after) & ~derogated)
    senders = [stands_for.get(str(org), str(org)) for org in reports["org_id"].take(places)]
    sources = reports["source_id"].take(places).tolist()
    gaps = _gaps(inputs)
    for org, readers in _readers(inputs, stands_for).items():
        for place, sender, source in zip(places.tolist(), senders, sources, strict=True):
            may_read = [r for r in readers if source in r.sources and r.since <= arrived[place] < r.until]
            if sender != org and may_read:
                yield _waited(place, sender, org, arrived[place], may_read, gaps, after)


def _waited(
    place: int,
    sender: str,
    org: str,
    arrived: np.datetime64,
    readers: Sequence[_Reader],
    gaps: Instants,
    after: np.datetime64,
) -> Entitlement:
    """One report for one organisation: read first by any of its readers, followed to the end, or to a day of which nothing is kept."""
    at, by = min((_first_read(reader, arrived) for reader in readers), key=lambda found: (np.isnat(found[0]), found[0]))
    is_shared = bool(at < after)
    begun, last = _day(arrived), _day(at) if is_shared else _day(after) - 1
    unknown = gaps[(gaps >= arrived.astype("datetime64[D]")) & (gaps < (at if is_shared else after))]
    if len(unknown):
        return Entitlement(READS, place, max(_day(unknown[0]) - begun, 0), False, sender, org, False, readers[0].place)
    return Entitlement(
        READS, place, max(last - begun, 0), is_shared, sender, org, True, by if is_shared else readers[0].place
    )


def _first_read(reader: _Reader, arrived: np.datetime64) -> tuple[np.datetime64, int]:
    """When a publication made at or after an instant was first read, and the place of that row; never: NaT."""
    n = int(np.searchsorted(reader.published, arrived))
    return (reader.read[n], int(reader.places[n])) if n < len(reader.read) else (_NEVER, reader.place)


def _gaps(inputs: Inputs) -> Instants:
    """Days of which nothing is kept, in order."""
    rows = _known(inputs)
    return np.sort(rows.loc[rows["state"] == "not_kept", "known_at"].to_numpy().astype("datetime64[us]"))


def _readers(inputs: Inputs, stands_for: Mapping[str, str]) -> dict[str, list[_Reader]]:
    """Who may read, by organisation as it is in the quarter."""
    rows = _known(inputs)
    reads = rows[(rows["state"] == "read") & rows["org_id"].notna() & rows["published_at"].notna()]
    by_reader = dict(list(reads.groupby(["org_id", "audience_id"])))
    found: dict[str, list[_Reader]] = {}
    for place, row in rows[rows["state"] == "may_read"].iterrows():
        org = str(row["org_id"])
        read_by_it = by_reader.get((org, row["audience_id"]), reads.iloc[:0]).sort_values(["published_at", "known_at"])
        reader = _reader(int(place), row, read_by_it)  # type: ignore[call-overload]
        found.setdefault(stands_for.get(org, org), []).append(reader)
    return dict(sorted(found.items()))


def _reader(place: int, row: pd.Series, reads: pd.DataFrame) -> _Reader:
    published, at = (reads[c].to_numpy().astype("datetime64[us]") for c in ("published_at", "known_at"))
    until = pd.Timestamp.max if pd.isna(row["until_on"]) else row["until_on"] + pd.Timedelta(days=1)
    sources = frozenset(str(row["source_ids"]).split(";")) if pd.notna(row["source_ids"]) else frozenset()
    order = _earliest_from(at)
    since = np.datetime64(row["known_at"], "us")
    return _Reader(
        place, since, np.datetime64(until, "us"), sources, published, at[order], reads.index.to_numpy()[order]
    )


def _earliest_from(at: Instants) -> npt.NDArray[np.intp]:
    """For each place the place of the earliest instant from there on."""
    order = np.arange(len(at))
    for n in range(len(at) - 2, -1, -1):
        if at[order[n + 1]] < at[n]:
            order[n] = order[n + 1]
    return order


def _day(moment: np.datetime64) -> int:
    return day_number(pd.Timestamp(moment))
