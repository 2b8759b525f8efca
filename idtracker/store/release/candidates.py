"""Which accepted and held rows an audience may see, as temporary tables of one connection.

`_chosen`: rid, source_id, submission_id, part, feeds, kind (facts, waivable, held), sheet, row_number, row_piece, classification,
releasable_to, indicator_id, place_id, period, value, own (identifier that others refer to; of a held row its own), refs (what it refers to).
`_known`: target, value: the identifiers that chosen rows have.
`_shown`: classification, releasable_to, shown: the markings of chosen rows, and what the audience reads in their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from idtracker.model.config.source import Part, Source
from idtracker.model.marking import marking_of
from idtracker.model.published.audience import Audience
from idtracker.model.tables import FACTS, columns_of, referenced
from idtracker.store.connection import registered
from idtracker.store.release.lines import keep_seen_lines
from idtracker.store.release.small_counts import drop_small_counts
from idtracker.store.tables import quoted, quoted_list

LISTS = {("decision", "product_ids"): "analysis_product", ("decision", "objective_ids"): "objective"}
"""Columns that hold several identifiers, `;` between, and the table that these are looked up in."""
_OF_KIND = {("share_event", "object_id"): ("object_type = 'PRODUCT'", "analysis_product")}
"""Columns that refer to a table where a condition holds."""
_ABOUT = ("indicator_id", "place_id", "period", "value")


@dataclass(frozen=True, slots=True)
class Accepted:
    """Files of one part of a source, of one kind."""

    source_id: str
    part: Part
    kind: str
    files: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Reports:
    """What there is to choose from: files of accepted rows, files of held rows by source, and every line of a correction (see lines.py)."""

    accepted: Sequence[Accepted]
    held: Mapping[str, Sequence[Path]]
    lines: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Reference:
    """What of the register a choice goes by: the indicators that count people, and the place that each place is a part of."""

    people: frozenset[str]
    parents: Mapping[str, str]


def choose_rows(
    connection: duckdb.DuckDBPyConnection,
    reports: Reports,
    sources: Mapping[str, Source],
    audience: Audience,
    now: datetime,
    reference: Reference,
) -> None:
    """Make the tables, and `_lines` of corrections. What follows from a row that is taken out is taken out as well, until nothing follows."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _chosen ({_COLUMNS})")
    for files in (one for one in reports.accepted if one.files):
        connection.execute(f"INSERT INTO _chosen BY NAME {_rows_sql(connection, files)}")
    for source_id, paths in reports.held.items():
        feeds = {part.id: part.feeds for part in sources[source_id].parts}
        connection.execute(f"INSERT INTO _chosen BY NAME {_held_sql(source_id, paths, feeds)}")
    connection.execute("UPDATE _chosen SET rid = rowid")
    _drop_unseen(connection, audience)
    _drop_embargoed(connection, audience, now)
    left = -1
    while (here := _count(connection)) != left:
        left = here
        keep_seen_lines(connection, reports.lines)
        drop_small_counts(connection, audience.smallest_count, reference.people, reference.parents)
        _drop_dangling(connection)


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute("SELECT count(*) FROM _chosen").fetchall()[0][0])


_COLUMNS = """rid BIGINT, source_id VARCHAR, submission_id VARCHAR, part VARCHAR, feeds VARCHAR, kind VARCHAR, sheet VARCHAR,
    row_number BIGINT, row_piece BIGINT, classification VARCHAR, releasable_to VARCHAR, indicator_id VARCHAR, place_id VARCHAR,
    period VARCHAR, value DOUBLE, own VARCHAR, refs STRUCT(target VARCHAR, value VARCHAR, needed BOOLEAN)[]"""


def _rows_sql(connection: duckdb.DuckDBPyConnection, files: Accepted) -> str:
    read = f"read_parquet([{quoted_list(files.files)}], union_by_name = true)"
    there = {str(name) for name, *_ in connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()}
    feeds = files.part.feeds
    about = ", ".join(f'"{name}"' for name in _ABOUT if name in there)
    own = referenced().get(feeds)
    return f"""SELECT '{files.source_id}' AS source_id, submission_id, {quoted(files.part.id)} AS part, '{feeds}' AS feeds,
        '{files.kind}' AS kind, coalesce(sheet, '') AS sheet, row_number, row_piece, classification, releasable_to,
        {about + "," if about else ""} {f'"{own}"' if own in there else "NULL"} AS own, {_refs_sql(feeds, there)} AS refs FROM {read}"""


def _refs_sql(feeds: str, there: set[str]) -> str:
    """What a row refers to, in SQL: a list of target, value, and whether the row is nothing without it."""
    lists = []
    for spec in columns_of(FACTS[feeds]):
        if spec.name not in there:
            continue
        if spec.references:
            lists.append(_ref(spec.references.partition(".")[0], f'"{spec.name}"', needed=spec.is_required))
        if (feeds, spec.name) in LISTS:
            lists.append(
                f"list_transform(string_split(coalesce(\"{spec.name}\", ''), ';'), lambda one: "
                f"{{'target': '{LISTS[feeds, spec.name]}', 'value': nullif(trim(one), ''), 'needed': false}})"
            )
        if (feeds, spec.name) in _OF_KIND:
            condition, target = _OF_KIND[feeds, spec.name]
            lists.append(_ref(target, f'CASE WHEN {condition} THEN "{spec.name}" END', needed=True))
    return " || ".join(lists) if lists else "[]"


def _ref(target: str, value: str, *, needed: bool) -> str:
    return f"[{{'target': '{target}', 'value': {value}, 'needed': {str(needed).lower()}}}]"


def _held_sql(source_id: str, paths: Sequence[Path], feeds: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN {quoted(part)} THEN '{table}'" for part, table in feeds.items())
    return f"""SELECT '{source_id}' AS source_id, submission_id, part, CASE part {cases} ELSE '' END AS feeds, 'held' AS kind,
        coalesce(sheet, '') AS sheet, row_number, row_piece, classification, releasable_to, held_id AS own, [] AS refs
        FROM read_parquet([{quoted_list(paths)}], union_by_name = true)"""


def _drop_unseen(connection: duckdb.DuckDBPyConnection, audience: Audience) -> None:
    """Take out rows whose marking the audience may not see, and keep what it reads of the others'."""
    pairs = connection.execute("SELECT DISTINCT classification, releasable_to FROM _chosen ORDER BY ALL").fetchall()
    shown = []
    for classification, released in pairs:
        marking = marking_of(classification, released)
        if audience.sees(marking):
            shown.append((classification, released, audience.shown(marking).releasable_to))
    frame = pd.DataFrame(shown, columns=["classification", "releasable_to", "shown"], dtype="str")
    with registered(connection, {"_shown_frame": frame}):
        connection.execute("CREATE OR REPLACE TEMP TABLE _shown AS SELECT * FROM _shown_frame")
    connection.execute(
        """DELETE FROM _chosen c WHERE NOT EXISTS (FROM _shown s WHERE s.classification IS NOT DISTINCT FROM c.classification
        AND s.releasable_to IS NOT DISTINCT FROM c.releasable_to)"""
    )


def _drop_embargoed(connection: duckdb.DuckDBPyConnection, audience: Audience, now: datetime) -> None:
    """Take out rows that an embargo keeps back at this instant. A held row that names no indicator or period is kept back with its source."""
    for embargo in audience.embargoed(now):
        lists = {"source_id": embargo.sources, "indicator_id": embargo.indicators, "period": embargo.periods}
        named = [(column, sorted(names)) for column, names in lists.items() if names]
        about = " AND ".join(f"{column} IN ({quoted_list(names)})" for column, names in named) or "TRUE"
        whole = (
            " AND ".join(f"{column} IN ({quoted_list(names)})" for column, names in named if column == "source_id")
            or "TRUE"
        )
        connection.execute(f"DELETE FROM _chosen WHERE ({about}) OR (kind = 'held' AND {whole})")


def _drop_dangling(connection: duckdb.DuckDBPyConnection) -> None:
    """Take out rows that are nothing without a row that is not there, until each has what it needs; keep the identifiers that are there."""
    known = "SELECT DISTINCT feeds AS target, own AS value FROM _chosen WHERE own IS NOT NULL AND kind <> 'held'"
    while True:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _known AS {known}")
        gone = connection.execute(
            """DELETE FROM _chosen WHERE rid IN (
            SELECT rid FROM (SELECT rid, unnest(refs) AS ref FROM _chosen) WHERE ref.needed AND ref.value IS NOT NULL
            AND NOT EXISTS (FROM _known k WHERE k.target = ref.target AND k.value = ref.value)) RETURNING rid"""
        ).fetchall()
        if not gone:
            return
