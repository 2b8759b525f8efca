"""The framework of the bundled programme shows what was planted: a department falls silent, working practices change."""

from __future__ import annotations

from conftest import RunHome  # type: ignore[attr-defined]

LATEST = "(SELECT max(period) FROM kpq_view)"


def test_the_department_that_fell_silent_is_named_for_every_question_and_no_other(programme: RunHome) -> None:
    silent = programme.sql(
        "SELECT org_id, min(period), max(period), count(DISTINCT subject_code) FROM framework_gap WHERE gap = 'SILENT_TEAM' GROUP BY org_id"
    )
    assert silent == [("GB-GOV-8", "2026-Q1", "2026-Q3", 12)]
    overdue = programme.sql(
        f"SELECT DISTINCT source_id, org_id FROM framework_gap WHERE gap = 'OVERDUE_REPORT' AND period = {LATEST} ORDER BY ALL"
    )
    assert overdue == [("mod_military_cooperation", "GB-GOV-8"), ("mod_security_assessment", "GB-GOV-8")]


def test_answers_rise_and_none_falls(programme: RunHome) -> None:
    rows = programme.sql(
        f"SELECT paired_count, rose_count, fell_count FROM kpq_view WHERE scope = 'programme' AND period = {LATEST}"
    )
    assert len(rows) == 12 and all(paired == 4 and rose >= 3 and fell == 0 for paired, rose, fell in rows)


def test_working_practices_changed_for_the_better_and_no_more_is_claimed_than_is_known(programme: RunHome) -> None:
    (row,) = programme.sql(
        "SELECT states, point_better_count, point_worse_count, improved_count + worsened_count, no_interval_count "
        f"FROM framework_element WHERE element_code = 'U4' AND period = {LATEST}"
    )
    assert row[0] == "change" and row[1] > 4 * row[2] and row[3] == 0 and row[4] > 0
    levels = programme.sql(
        "SELECT count(*) FROM framework_evidence WHERE subject_code = 'U4' AND baseline_value IS NOT NULL"
    )
    assert levels == [(0,)]


def test_every_direction_follows_from_the_row_itself(programme: RunHome) -> None:
    """Whatever is called better or worse has an interval beside zero; whatever has none is called neither."""
    rows = programme.sql("SELECT direction, change_lower, change_upper, value, change FROM framework_evidence")
    assert len(rows) > 2_000
    for direction, lower, upper, value, change in rows:
        assert (value is None) == (direction == "MISSING")
        if direction in ("BETTER", "WORSE"):
            assert lower > 0 or upper < 0
        if direction == "NOT_DISTINGUISHABLE":
            assert lower <= 0 <= upper and lower <= change <= upper
        if direction == "NO_INTERVAL":
            assert lower is None and upper is None


def test_counts_are_those_of_the_rows_of_evidence(programme: RunHome) -> None:
    for table, code, where in (
        ("kpq_view", "question_code", "scope = 'programme'"),
        ("framework_element", "element_code", "TRUE"),
    ):
        rows = programme.sql(
            f"""SELECT v.evidence_count = e.n AND v.improved_count = e.better AND v.missing_count = e.missing, count(*)
            FROM {table} v JOIN (
              SELECT subject_code, period, count(*) AS n, count(*) FILTER (direction = 'BETTER') AS better,
                count(*) FILTER (direction = 'MISSING') AS missing FROM framework_evidence GROUP BY ALL
            ) e ON e.subject_code = v.{code} AND e.period = v.period WHERE {where} GROUP BY ALL"""
        )
        assert rows == [(True, 13 * (12 if table == "kpq_view" else 18))]
