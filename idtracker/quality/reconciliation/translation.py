"""Which observations declarations leave out: about both sides of a break, without a value in its crosswalk, of a place that was not.

Worked out in SQL from the rows of the reference tables, one break after the other; it shares no code with the merge.
"""

from __future__ import annotations

import duckdb
import pandas as pd

NOT_TRANSLATED, NO_PLACE = "not_translated", "place_not_there"
_CONCERNED = """indicator_id = $indicator AND ($source IS NULL OR source_id = $source)
    AND ($restated IS NULL OR CAST(recorded_from AS DATE) < $restated)"""


def leave_out_absent(own: duckdb.DuckDBPyConnection, place_share: pd.DataFrame) -> None:
    """Give computed rows of `_placed` of a place before it was, or after, the reason NO_PLACE.

    One about several quarters counts in those in which its place was there.
    """
    for old, new, day in zip(*(place_share[c] for c in ("from_place_id", "to_place_id", "valid_from")), strict=True):
        q = day.year * 4 + (day.month - 1) // 3
        for place, where, rest in ((old, "q_from >= $q", "q_to = $q - 1"), (new, "q_to < $q", "q_from = $q")):
            computed = "place_id = $place AND derived_from IS NOT NULL AND reason IS NULL"
            own.execute(
                f"UPDATE _placed SET reason = '{NO_PLACE}' WHERE {computed} AND {where}", {"place": place, "q": q}
            )
            across = "q_from < $q AND q_to >= $q"
            own.execute(f"UPDATE _placed SET {rest} WHERE {computed} AND {across}", {"place": place, "q": q})


def leave_out_untranslated(
    own: duckdb.DuckDBPyConnection, series_break: pd.DataFrame, code_crosswalk: pd.DataFrame
) -> None:
    """Give the rows of `_placed` that no break lets through the reason NOT_TRANSLATED."""
    if series_break.empty:
        return
    own.execute("ALTER TABLE _placed ADD COLUMN carried_value DOUBLE")
    own.execute("UPDATE _placed SET carried_value = value")
    own.register("_code_crosswalk", code_crosswalk)
    plain = series_break.astype("object").where(series_break.notna(), None)
    for row in plain.sort_values(["valid_from", "break_id"]).to_dict("records"):
        day = row["valid_from"]
        about = {"indicator": row["indicator_id"], "source": row["source_id"], "restated": row["restated_on"]}
        about |= {"q": day.year * 4 + (day.month - 1) // 3}
        own.execute(
            f"UPDATE _placed SET reason = '{NOT_TRANSLATED}' WHERE reason IS NULL AND {_CONCERNED} AND q_from < $q AND q_to >= $q",
            about,
        )
        if row["crosswalk"] == "linear":
            by = {"factor": row["factor"], "addend": row["addend"] or 0.0}
            own.execute(
                f"UPDATE _placed SET carried_value = $factor * carried_value + $addend WHERE {_CONCERNED} AND q_to < $q",
                about | by,
            )
        if row["crosswalk"] == "codes":
            _look_up(own, about | {"name": row["break_id"]})


def _look_up(own: duckdb.DuckDBPyConnection, about: dict[str, object]) -> None:
    looked_up = (
        "(SELECT any_value(new_value) FROM _code_crosswalk WHERE break_id = $name AND old_value = carried_value)"
    )
    own.execute(f"UPDATE _placed SET carried_value = {looked_up} WHERE {_CONCERNED} AND q_to < $q", about)
    del about["name"]
    own.execute(
        f"""UPDATE _placed SET reason = '{NOT_TRANSLATED}'
        WHERE reason IS NULL AND carried_value IS NULL AND {_CONCERNED} AND q_to < $q""",
        about,
    )
