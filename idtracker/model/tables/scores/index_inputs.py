"""What each column of the tables of published indices is computed from: files, and no column of another table."""

from __future__ import annotations

from collections.abc import Mapping

INDEX_ENTRY, INDEX_METHOD, INDEX_DATA = "@index.entry", "@index.method", "@index.data"
"""What programme.yml says of an index, the file of its method, and its data file: inputs that are no columns."""
_WORKED_OUT = (INDEX_METHOD, INDEX_DATA)
_MARKED = dict.fromkeys(("classification", "releasable_to"), (INDEX_ENTRY,))

OF_INDICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "programme_index": {
        **dict.fromkeys(("index_id", "method_id", "data_file"), (INDEX_ENTRY,)),
        **dict.fromkeys(("title", "title_ar"), (INDEX_ENTRY, INDEX_METHOD)),
        **dict.fromkeys(("method_version", "root_code"), (INDEX_METHOD,)),
        **dict.fromkeys(("data_sha256", "edition_number", "first_seen_at", "rows_read"), (INDEX_DATA,)),
        **dict.fromkeys(("is_worked_out", "problem"), (INDEX_ENTRY, *_WORKED_OUT)),
        **dict.fromkeys(("unit_count", "scored_count", "finding_count", "findings"), _WORKED_OUT),
        **_MARKED,
    },
    "index_score": {
        "index_id": (INDEX_ENTRY,),
        **dict.fromkeys(("unit_name", "unit_period"), (INDEX_DATA,)),
        **dict.fromkeys(("node_code", "is_indicator", "method_version"), (INDEX_METHOD,)),
        **dict.fromkeys(("value", "score", "rank", "band", "coverage", "imputed_share", "findings"), _WORKED_OUT),
        "data_sha256": (INDEX_DATA,),
        **_MARKED,
    },
}
