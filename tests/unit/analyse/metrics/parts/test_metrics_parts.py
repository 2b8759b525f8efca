"""Shares by objective, portfolio and department: each is what the metric says of the rows of that part alone."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import pandas as pd
import pytest

from idtracker.analyse.metrics.registry import metric_of, metrics
from idtracker.analyse.metrics.scopes.declared import KINDS, NAMES, SCOPES, Given, Sorted
from idtracker.analyse.metrics.values import measure
from tests.unit.analyse.metrics.metrics_given import Case, Frames, cases, read_reference, table

PARENTS = {"N1": None, "S1": "N1", "C1": "S1", "C2": "S1", "L1": "C1"}
BELOW = {"N1": {*PARENTS}, "S1": {*PARENTS} - {"N1"}, "C1": {"C1", "L1"}, "C2": {"C2"}, "L1": {"L1"}}
FUNDS = ["CSSF", "ISF", "OTHER"]
CASES = [case for case in cases() if SCOPES[case.metric_id].sorted_kinds]
LABELLED = {
    "analysis_product": ("product_id", "objective_id", [*PARENTS]),
    "decision": ("decision_id", "objective_ids", [*PARENTS]),
    "activity": ("activity_id", "objective_id", [*PARENTS]),
    "pai_record": ("actor_id", "objective_id", [*PARENTS]),
    "kpq_response": ("scope_id", "scope_id", [*PARENTS]),
    "enabler_assessment": ("scope_id", "scope_id", [*PARENTS]),
}
FIGURES = ["value", "numerator", "denominator", "n"]


def _drawn(text: str, choices: list[str]) -> str:
    return choices[crc32(text.encode()) % len(choices)]


def _labelled(given: Frames) -> Frames:
    """The tables of a case, with an objective and a fund for every thing that can have one, the same wherever it is named."""
    found = {name: frame.copy() for name, frame in given.items()}
    about = [found[name]["activity_id"].dropna() for name in ("effect_claim", "result_value") if name in found]
    if about and "activity" not in found:
        ids = sorted({*pd.concat(about)})
        found["activity"] = table("activity", pd.DataFrame({"activity_id": ids, "start_on": "2020-01-01"}, dtype="str"))
    for name, (key, column, choices) in LABELLED.items():
        if name in found:
            found[name][column] = [_drawn(str(k), choices) for k in found[name][key]]
    if "activity" in found:
        found["activity"]["fund"] = [_drawn(f"fund {k}", FUNDS) for k in found["activity"]["activity_id"]]
    rows = pd.DataFrame({"objective_id": [*PARENTS], "parent_id": [*PARENTS.values()], "level": "LOCAL"}, dtype="str")
    own = found.get("objective")
    found["objective"] = table("objective", rows) if own is None else pd.concat([own, table("objective", rows)])
    if own is not None:
        found["objective"]["fact_id"] = [f"o{n}" for n in range(len(found["objective"]))]
    return found


def _of(metric_id: str, tables: Frames, kind: str, label: str) -> Frames:
    """The rows of a part alone."""
    units = dict(SCOPES[metric_id].sorted_kinds)[kind]
    part = dict(tables)

    def keep(name: str, column: str, wanted: set[str]) -> None:
        if name in part:
            part[name] = part[name][part[name][column].isin(wanted)].reset_index(drop=True)

    if units == "products":
        keep("analysis_product", "objective_id", BELOW[label])
        keep(
            "round", "product_id", set(part.get("analysis_product", pd.DataFrame(columns=["product_id"]))["product_id"])
        )
    elif units in ("objectives", "teams", "constraints"):
        name = {"objectives": "objective", "teams": "kpq_response", "constraints": "enabler_assessment"}[units]
        keep(name, "objective_id" if units == "objectives" else "scope_id", BELOW[label])
    elif units in ("decisions", "actors"):
        keep(*(("decision", "objective_ids") if units == "decisions" else ("pai_record", "objective_id")), BELOW[label])
    elif units in ("activities", "claims", "reviews"):
        rows = part.get("activity", table("activity", pd.DataFrame(columns=["activity_id"])))
        is_in = rows["objective_id"].isin(BELOW[label]) if kind == "objective" else rows["fund"] == label
        wanted = set(rows["activity_id"][is_in & ~rows["status"].eq("5").fillna(False)])
        for name in {"activities": ("activity", "activity_cell", "participation"), "claims": ("effect_claim",)}.get(
            units, ("result_value",)
        ):
            keep(name, "activity_id", wanted)
    return part


def _parts() -> Iterator[tuple[Case, str]]:
    for case in CASES:
        for kind, _ in SCOPES[case.metric_id].sorted_kinds:
            if kind in ("objective", "portfolio"):
                yield case, kind


@pytest.mark.parametrize(("case", "kind"), list(_parts()), ids=lambda value: str(value))
def test_a_part_is_what_the_metric_says_of_its_rows_alone(case: Case, kind: str) -> None:
    tables, name = _labelled(case.given()), NAMES[kind]
    found = _measured(case, tables)
    shares = set(found.loc[found["scope"].str.startswith(f"{name}="), "measure"])
    for label in BELOW if kind == "objective" else FUNDS:
        alone = _of(case.metric_id, tables, kind, label)
        wanted = _measured(case, alone)
        wanted = wanted[wanted["scope"].str.contains("^programme$|^scheme=") & (wanted["n"] > 0)]
        wanted = wanted[wanted["measure"].isin(shares)]
        here = found[found["scope"].str.split(";").str[0] == f"{name}={label}"]
        assert len(here) == len(wanted), (label, here, wanted)
        of = ["period", "measure", *FIGURES] if case.metric_id != "IM-43" else ["period", "measure", "n"]
        order = ["period", "measure", "denominator", "numerator"]
        left, right = (rows.sort_values(order)[of].reset_index(drop=True) for rows in (here, wanted))
        pd.testing.assert_frame_equal(left.astype({"n": "int64"}), right.astype({"n": "int64"}))


def _measured(case: Case, tables: Frames) -> pd.DataFrame:
    return measure(tables, read_reference(), case.periods, case.as_of, metric_ids=[case.metric_id])


def test_the_property_is_not_held_over_nothing() -> None:
    """Parts with and without a value there are of every metric whose units are sorted into objectives or portfolios."""
    seen: dict[str, set[str]] = {}
    for case in CASES:
        found = _measured(case, _labelled(case.given()))
        scopes = found["scope"].str.split("=").str[0]
        seen.setdefault(case.metric_id, set()).update(set(scopes) & {"objective", "portfolio", "department"})
    for metric_id, kinds in seen.items():
        units = dict(SCOPES[metric_id].sorted_kinds)
        assert set(units) == kinds, metric_id


def test_small_parts_of_actors_are_withheld_together() -> None:
    """Five actors serve one objective and one another: the whole less the five would say what the one is."""
    rows = [
        {
            "actor_id": f"A{n}",
            "objective_id": "C1" if n < 5 else "C2",
            "ladder": "ACCESS",
            "level": level,
            "observed_on": day,
        }
        for n in range(6)
        for level, day in (("1", "2026-01-10"), ("2", "2026-02-10"))
    ]
    tables = _labelled({}) | {"pai_record": table("pai_record", pd.DataFrame(rows, dtype="str"))}
    found = measure(tables, read_reference(), ["2026-Q1"], pd.Timestamp("2026-06-30"), metric_ids=["IM-43"])
    found = found[found["measure"] == "access_up"].set_index("scope")
    assert found.loc["programme", "value"] == 100
    parts = found.drop("programme")
    assert parts["n"].to_dict() == {"objective=C1": 5, "objective=C2": 1, "objective=N1": 6, "objective=S1": 6}
    assert set(parts["suppressed_reason"]) == {"small_count"} and parts[["value", "numerator"]].isna().all(axis=None)
    tables["pai_record"] = tables["pai_record"][tables["pai_record"]["objective_id"] == "C1"]
    alone = measure(tables, read_reference(), ["2026-Q1"], pd.Timestamp("2026-06-30"), metric_ids=["IM-43"])
    assert alone[alone["scope"] == "objective=C1"]["value"].tolist()[0] == 100


def test_departments_have_the_products_and_activities_they_take_part_in() -> None:
    """FCDO has part in three of four products, the MOD in two, the body of the Home Office is no department."""
    contributions = [
        ("P1", "GB-GOV-1"),
        ("P1", "GB-GOV-8"),
        ("P2", "GB-GOV-1"),
        ("P2", "GB-HO-BODY"),
        ("P3", "GB-GOV-1"),
    ]
    contributions += [("P3", "GB-GOV-8"), ("P4", "XM-UN")]
    products = pd.DataFrame(
        {"product_id": ["P1", "P2", "P3", "P4"], "completed_on": "2026-02-01", "product_type": "JACS"}
    )
    tables = {
        "analysis_product": table("analysis_product", products.astype("str")),
        "product_contribution": table(
            "product_contribution", pd.DataFrame(contributions, columns=["product_id", "org_id"], dtype="str")
        ),
    }
    found = measure(tables, read_reference(), ["2026-Q1"], pd.Timestamp("2026-06-30"), metric_ids=["IM-01"])
    found = found[(found["measure"] == "value")].set_index("scope")[["numerator", "n"]]
    assert found.astype(int).T.to_dict("list") == {
        "programme": [2, 4], "department=GB-GOV-1": [2, 3], "department=GB-GOV-8": [2, 2],
    }  # fmt: skip


def test_objectives_in_a_circle_end() -> None:
    rows = pd.DataFrame({"objective_id": ["A", "B"], "parent_id": ["B", "A"], "level": "LOCAL"}, dtype="str")
    found = measure(
        {"objective": table("objective", rows)},
        read_reference(),
        ["2026-Q1"],
        pd.Timestamp("2026-06-30"),
        metric_ids=["IM-07"],
    )
    assert found.set_index("scope")["n"].to_dict() == {"programme": 2, "objective=A": 2, "objective=B": 2}


def test_every_metric_says_of_every_kind_whether_it_is_given() -> None:
    assert set(SCOPES) == set(metrics())
    for metric_id in SCOPES:
        for kind in KINDS:
            scope = metric_of(metric_id).scopes.of(kind)
            assert isinstance(scope, Given | Sorted) or len(scope.split()) > 3, (metric_id, kind)
