"""Which observations a declared break leaves out: those about both of its sides, and values that its crosswalk does not have.

Worked out in SQL from the rows of the reference tables, one break after the other; it shares no code with the merge.
"""

from __future__ import annotations

import duckdb
import pandas as pd

NOT_TRANSLATED = "not_translated"
_CONCERNED = """indicator_id = $indicator AND ($source IS NULL OR source_id = $source)
    AND ($restated IS NULL OR CAST(recorded_from AS DATE) < $restated)"""


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
