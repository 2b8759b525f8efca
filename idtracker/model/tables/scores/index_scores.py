"""Tables of the published indices that a programme names: each worked out by its method on the present edition of its file."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import Flag, Integer, MadeOf, Moment, Table, column
from idtracker.model.tables.outside_inputs import INDEX_DATA, INDEX_ENTRY, INDEX_METHOD

_WORKED_OUT = (INDEX_METHOD, INDEX_DATA)
_MARKED = dict.fromkeys(("classification", "releasable_to"), (INDEX_ENTRY,))


_SHA256 = "SHA-256 of the data file"


class ProgrammeIndex(Table):
    """One published index that programme.yml names: its method, the edition of its data file, and whether it could be worked out."""

    key = ("index_id",)
    has_series = False

    index_id: str = column("Index, as programme.yml names it", "text", required=True)
    title: str = column("What it measures", "text", required=True)
    title_ar: str = column("The same in Arabic", "text")
    method_id: str = column("Method, by the name of its file", "text", required=True)
    method_version: str = column("Version of the method; empty where its definition is wrong", "text")
    root_code: str = column("Node that is the whole index", "code")
    data_file: str = column("Data file, below the folder of programme.yml", "text", required=True)
    data_sha256: str = column(f"{_SHA256}; empty where it could not be used", "text")
    edition_number: Integer = column("Which edition of the file this is; it counts from 1", "integer", ge=1)
    first_seen_at: Moment = column("When the tracker first saw this edition, UTC", "instant")
    is_worked_out: Flag = column(
        "Whether it could be worked out; where not it has no scores, and `problem` or `findings` says why",
        "flag",
        required=True,
    )
    problem: str = column("What is wrong, and what to do", "text")
    rows_read: Integer = column("Rows of the file", "integer", ge=0)
    unit_count: Integer = column("Rows that could be used: units, or units in periods", "integer", ge=0)
    scored_count: Integer = column("Of these, how many have a score of the whole index", "integer", ge=0)
    finding_count: Integer = column("What the data leave empty or ask to be looked at, in cases", "integer", ge=0)
    findings: str = column(
        "Those that are about no unit that has a row, a sentence each, the first of many; that no edition had been seen by the instant named",
        "text",
    )
    made_of: ClassVar[MadeOf] = {
        **dict.fromkeys(("index_id", "method_id", "data_file"), (INDEX_ENTRY,)),
        **dict.fromkeys(("title", "title_ar"), (INDEX_ENTRY, INDEX_METHOD)),
        **dict.fromkeys(("method_version", "root_code"), (INDEX_METHOD,)),
        **dict.fromkeys(("data_sha256", "edition_number", "first_seen_at", "rows_read"), (INDEX_DATA,)),
        **dict.fromkeys(("is_worked_out", "problem"), (INDEX_ENTRY, *_WORKED_OUT)),
        **dict.fromkeys(("unit_count", "scored_count", "finding_count", "findings"), _WORKED_OUT),
        **_MARKED,
    }


class IndexScore(Table):
    """What a published index says of one unit at one node or indicator of its tree, by the present edition of its data file."""

    key = ("index_id", "unit_name", "unit_period", "node_code")
    has_series = False

    index_id: str = column("Index, as programme.yml names it", "text", required=True)
    unit_name: str = column(
        "Unit as the data file names it: a country, a place, an organisation", "text", required=True
    )
    unit_period: str = column("Period as the data file names it; empty where it has none", "text")
    node_code: str = column("Node of the tree, or indicator", "code", required=True)
    is_indicator: Flag = column("Whether it is an indicator; else it is a node", "flag", required=True)
    value: float = column(
        "Of an indicator: its value per denominator, with gaps filled where that comes before the common scale; empty for nodes",
        "number",
    )
    score: float = column(
        "Value of the node, or the indicator on the common scale, in the unit of the method; empty where it cannot be worked out",
        "number",
    )
    rank: float = column(
        "Rank of the unit on the node, halves where several share one; empty for indicators", "number", ge=1
    )
    band: str = column("Band of the node, where the method states bands", "text")
    coverage: float = column(
        "Share of the node's weight that rests on a value, filled-in ones included; empty for indicators",
        "number",
        ge=0,
        le=1,
    )
    imputed_share: float = column(
        "Share of its weight that was filled in and reported by nobody; empty without a score", "number", ge=0, le=1
    )
    findings: str = column("What keeps it empty or asks to be looked at, a sentence each", "text")
    method_version: str = column("Version of the method", "text", required=True)
    data_sha256: str = column(_SHA256, "text", required=True)
    made_of: ClassVar[MadeOf] = {
        "index_id": (INDEX_ENTRY,),
        **dict.fromkeys(("unit_name", "unit_period"), (INDEX_DATA,)),
        **dict.fromkeys(("node_code", "is_indicator", "method_version"), (INDEX_METHOD,)),
        **dict.fromkeys(("value", "score", "rank", "band", "coverage", "imputed_share", "findings"), _WORKED_OUT),
        "data_sha256": (INDEX_DATA,),
        **_MARKED,
    }
