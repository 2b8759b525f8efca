"""Counts of people below a threshold: not shown, and not to be worked out from a total and its other parts either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import duckdb
import pandas as pd

from idtracker.store.connection import registered
from idtracker.store.tables import quoted_list

Cell = tuple[str, str, str]
"""Indicator, period and place of a count."""


def drop_small_counts(
    connection: duckdb.DuckDBPyConnection, smallest: int, people: frozenset[str], parents: Mapping[str, str]
) -> None:
    """Take observations of small counts out of `_chosen`, and as many others as keep anybody from working them out.

    Whatever organisation reports it, and in whatever file: a count that one file shows and another hides is no secret.
    """
    if smallest <= 1 or not people:
        return
    frame = connection.execute(
        f"""SELECT indicator_id, period, place_id, min(value) AS least, max(value) AS most FROM _chosen
        WHERE feeds = 'observation' AND kind <> 'held' AND indicator_id IN ({quoted_list(sorted(people))}) GROUP BY ALL ORDER BY ALL"""
    ).df()
    rows = frame.itertuples(index=False, name=None)
    counts = {(i, p, place): (float(least), float(most)) for i, p, place, least, most in rows if not pd.isna(least)}
    hidden = hidden_counts(counts, smallest, parents)
    if not hidden:
        return
    frame = pd.DataFrame(sorted(hidden), columns=["indicator_id", "period", "place_id"], dtype="str")
    with registered(connection, {"_hidden_frame": frame}):
        connection.execute(
            "DELETE FROM _chosen WHERE (indicator_id, period, place_id) IN (FROM _hidden_frame) AND feeds = 'observation'"
        )


def hidden_counts(counts: Mapping[Cell, tuple[float, float]], smallest: int, parents: Mapping[str, str]) -> set[Cell]:
    """The counts that are not shown. `counts`: least and most value of each; `parents`: place -> the place that it is a part of.

    Hidden is every count above 0 and below `smallest`, and what would give one away: where a total is shown and one of its parts alone is
    hidden, the smallest of the other parts as well, or the total where there is no other. The same holds one level up and down, until
    nothing gives anything away.
    """
    hidden = {cell for cell, (least, _) in counts.items() if 0 < least < smallest}
    parts: dict[Cell, list[Cell]] = defaultdict(list)
    for indicator, period, place in sorted(counts):
        above = (indicator, period, parents.get(place, ""))
        if above in counts:
            parts[above].append((indicator, period, place))
    is_settled = False
    while not is_settled:
        is_settled = True
        for total, own in sorted(parts.items()):
            lacking = [cell for cell in (total, *own) if cell in hidden]
            if len(lacking) != 1:
                continue
            others = [cell for cell in own if cell not in hidden]
            zero_last = sorted(others, key=lambda cell: (counts[cell][1] == 0, counts[cell][1], cell))
            hidden.add(zero_last[0] if zero_last else total)
            is_settled = False
    return hidden
