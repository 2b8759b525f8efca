"""The table of who may read what is published, and who did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pandas as pd

from idtracker.ingest.access.readership import Readership
from idtracker.model.instants import naive_utc
from idtracker.model.published.readers import ReaderEntry
from idtracker.model.tables import OPERATIONS, conform_types


def readership_frame(
    readership: Readership,
    readers: Sequence[ReaderEntry],
    sees: Mapping[str, Sequence[str]],
    delays: Mapping[str, timedelta],
) -> pd.DataFrame:
    """Who may read, who read what, and days of which nothing is kept; `sees` are the sources that each audience may see, `delays` how far it is behind.

    Nothing where nobody ever read: of a home without a log of access nothing is known. Nobody may read before the log begins.
    """
    rows: list[dict[str, object]] = []
    for entry in readers if readership.begun else ():
        if entry.org_id is not None and entry.since is not None and readership.begun is not None:
            began = max(entry.since, readership.begun)
            about = {"org_id": entry.org_id, "audience_id": entry.audience, "until_on": entry.until}
            rows.append({"state": "may_read", "known_at": pd.Timestamp(began), **about})
    for read in readership.reads if readers else ():
        made = (
            None
            if read.published_at is None
            else naive_utc(read.published_at - delays.get(read.audience_id, timedelta()))
        )
        about = {"org_id": read.org_id, "audience_id": read.audience_id, "publication": read.publication}
        at = {"known_at": naive_utc(read.first_at), "published_at": made, "read_count": read.count}
        rows.append({"state": "read", **about, **at})
    rows += [{"state": "not_kept", "known_at": pd.Timestamp(day)} for day in (readership.not_kept if readers else ())]
    for row in rows:
        row["source_ids"] = ";".join(sorted(sees.get(str(row.get("audience_id")), ()))) or None
    return conform_types(pd.DataFrame(rows), OPERATIONS["readership"])
