"""A small group of actors takes the other with it: the whole less the one would tell of the other."""

from __future__ import annotations

import pandas as pd

from idtracker.analyse.metrics.values import measure
from tests.unit.analyse.metrics.metrics_given import read_reference, table


def test_a_small_group_is_withheld_with_the_other() -> None:
    """Eight actors were approached by one department and acted a day later; a ninth by two at once."""
    rows = [("A" + str(n), "ACCESS", "1", "2026-01-01", "GB-GOV-1") for n in range(9)]
    rows += [("A" + str(n), "INFLUENCE", "4", "2026-01-02", "GB-GOV-1") for n in range(9)]
    columns = ["actor_id", "ladder", "level", "observed_on", "org_id"]

    def measured(more: list[tuple[str, ...]]) -> pd.DataFrame:
        given = {"pai_record": table("pai_record", pd.DataFrame(rows + more, columns=columns, dtype="str"))}
        found = measure(given, read_reference(), ["2026-Q1"], pd.Timestamp("2026-06-30"), metric_ids=["IM-43"])
        return found[found["scope"] == "programme"].set_index("measure")

    alone = measured([])
    assert (
        alone.loc["days_to_act_single", "value"] == 1
        and alone.loc["days_to_act_joint", "suppressed_reason"] == "no_units"
    )
    one = measured([("A8", "ACCESS", "1", "2026-01-01", "GB-GOV-8")])
    assert one.loc["days_to_act", ["value", "n"]].tolist() == [1, 9]
    for name, n in (("days_to_act_single", 8), ("days_to_act_joint", 1)):
        assert one.loc[name, ["n", "suppressed_reason"]].tolist() == [n, "small_count"]
        assert one.loc[name, ["value", "numerator", "denominator"]].isna().all()
