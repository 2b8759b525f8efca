"""Which quarter a report is about, and how months, half years and years become quarters."""

import pytest

from idtracker.model.errors import UsageError

MONTHS = ("2026-04", "2026-05", "2026-06")


def rows_of(*values, org="GB-GOV-1"):
    return [{"period": month, "value": value, "org_id": org} for month, value in zip(MONTHS, values, strict=False)]


def test_months_are_averaged(merge):
    cell = merge(rows_of(40, 50, 60)).iloc[0]
    assert (cell["value"], cell["obs_count"], cell["org_count"], cell["method"]) == (50, 3, 1, "SINGLE")


def test_months_are_averaged_where_one_is_missing(merge):
    assert merge(rows_of(40, 50))["value"].tolist() == [45]


def test_months_are_summed_only_where_all_three_are_present(merge):
    change = {"roll_up": "sum", "goalpost_high": 500.0}
    assert merge(rows_of(40, 50, 60), change)["value"].tolist() == [150]
    assert merge(rows_of(40, 50), change).empty


def test_a_sum_of_another_organisation_stands_where_months_are_missing(merge):
    whole = {"period": "2026-Q2", "value": 90, "org_id": "GB-GOV-8"}
    cells = merge([*rows_of(40, 50), whole], {"roll_up": "sum", "goalpost_high": 500.0})
    assert cells[["value", "org_ids"]].values.tolist() == [[90, "GB-GOV-8"]]


def test_a_missing_month_is_not_zero_and_a_zero_is_not_missing(merge):
    change = {"roll_up": "sum", "goalpost_high": 500.0}
    assert merge(rows_of(40, None, 60), change).empty
    assert merge(rows_of(40, 0, 60), change)["value"].tolist() == [100]


def test_the_last_month_counts_where_roll_up_is_last(merge):
    cell = merge(rows_of(40, 50), {"roll_up": "last"}).iloc[0]
    assert (cell["value"], cell["obs_count"]) == (50, 1)


def test_a_quarterly_report_beats_the_same_organisations_months(merge):
    cells = merge([*rows_of(10, 10, 10), {"period": "2026-Q2", "value": 70}])
    assert cells[["value", "obs_count"]].values.tolist() == [[70, 1]]


def test_the_error_of_averaged_months(merge):
    rows = [{**row, "standard_error": 3.0} for row in rows_of(40, 50, 60)]
    assert merge(rows).iloc[0]["standard_error"] == pytest.approx((3 * 9) ** 0.5 / 3)
    rows[1].pop("standard_error")
    assert merge(rows)["error_basis"].tolist() == ["ASSUMED"]


@pytest.mark.parametrize(
    ("period", "quarters"),
    [
        ("2025/26", ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]),
        ("2025", ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]),
        ("2025-H2", ["2025-Q3", "2025-Q4"]),
        ("2025-Q3", ["2025-Q3"]),
        ("2025-09", ["2025-Q3"]),
        ("2025-09-30", ["2025-Q3"]),
        ("2025-W40", ["2025-Q4"]),
        ("2026-W14", ["2026-Q2"]),
        ("2026-W01", ["2026-Q1"]),
        ("2025-W27", ["2025-Q3"]),
        ("2025-W14", ["2025-Q2"]),
        ("2024-10/P1Y", ["2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3"]),
        ("2025-04/P6M", ["2025-Q2", "2025-Q3"]),
        ("2024-11/P1Y", ["2025-Q1", "2025-Q2", "2025-Q3"]),
    ],
)
def test_a_period_applies_to_the_quarters_it_fills(merge, period, quarters):
    around = ("2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")
    cells = merge([{"period": period, "value": 60}], {"max_age_days": 0}, periods=around)
    assert cells["period"].tolist() == quarters


def weeks(first, count, value=10):
    return [{"period": f"2026-W{number:02d}", "value": value} for number in range(first, first + count)]


def test_weeks_are_summed_where_every_thursday_of_the_quarter_has_one(merge):
    change = {"roll_up": "sum", "goalpost_high": 500.0}
    assert merge(weeks(14, 13), change)["value"].tolist() == [130]
    assert merge(weeks(14, 12), change).empty
    assert merge(weeks(13, 13), change).empty


def test_a_week_across_the_edge_counts_in_one_quarter_alone(merge):
    cells = merge(
        [{"period": "2026-W13", "value": 10}, {"period": "2026-W14", "value": 90}], periods=("2026-Q1", "2026-Q2")
    )
    assert cells["value"].tolist() == [10, 90]


def test_a_total_of_a_year_from_october_counts_by_the_year_alone(merge):
    year = [{"period": "2025-10/P1Y", "value": 400}]
    change = {"roll_up": "sum", "goalpost_high": 500.0}
    assert merge(year, change, periods=("2026-Q2",)).empty
    assert merge(year, {**change, "frequency": "year"}, periods=("2026-Q2",))["value"].tolist() == [400]


def test_a_financial_year_gives_way_to_a_quarter_and_a_half_year_to_neither(merge):
    rows = [
        {"period": "2025/26", "value": 60},
        {"period": "2025-H2", "value": 70},
        {"period": "2025-Q4", "value": 80},
    ]
    cells = merge(rows, periods=("2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"))
    assert cells["value"].tolist() == [60, 70, 80, 60]


def test_a_total_over_a_year_is_not_divided(merge):
    year = [{"period": "2025", "value": 400}]
    change = {"roll_up": "sum", "goalpost_high": 500.0}
    assert merge(year, change, periods=("2025-Q2",)).empty
    assert merge(year, {**change, "frequency": "year"}, periods=("2025-Q2",))["value"].tolist() == [400]


def test_only_quarters_can_be_asked_for(merge):
    with pytest.raises(UsageError, match="2026-04"):
        merge(rows_of(40), periods=("2026-04",))
