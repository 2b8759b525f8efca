"""What moves the two clocks of a source: which files and periods count, calendars, lengths of cycles, days in UTC."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from reports_received import QUARTERLY, Post, source, states

from idtracker.analyse.timeliness.freshness import status_exit_code
from idtracker.analyse.timeliness.obligations import obligation_table
from idtracker.model.config.source import Source


def test_fresh_source_with_a_waiting_file_stays_fresh() -> None:
    row = Post().file("2025-04-10", "2025-Q1").file("2025-04-12", "2025-Q1", "held").one("2025-05-01")
    assert (row.state, row.whose_turn) == ("FRESH", "the data team")


def test_withdrawn_file_no_longer_counts_from_its_withdrawal_on() -> None:
    post = Post().file("2025-04-10", "2025-Q1", "withdrawn", rows_accepted=5, withdrawn_at=pd.Timestamp("2025-05-15"))
    assert post.one("2025-05-14").state == "FRESH"
    assert post.one("2025-05-15 12:00").state == "NEVER"
    assert states(post.obligations("2025-05-16", source())) == {"2025-Q1": "overdue"}


def test_superseded_file_had_arrived() -> None:
    post = Post().file("2025-04-10", "2025-Q1", "superseded", rows_accepted=1).file("2025-05-25", "2025-Q1")
    assert post.obligations("2025-06-01", source())["received_at"].item() == pd.Timestamp("2025-04-10")


@pytest.mark.parametrize(
    ("came", "state"), [("2025-01-05", "overdue"), ("2025-02-20", "overdue"), ("2025-03-20", "received")]
)
def test_a_row_of_a_period_that_has_only_begun_is_no_report_for_it(came: str, state: str) -> None:
    post = Post().file(came, "2024-Q4;2025-Q1")
    assert states(post.obligations("2025-06-01", source()))["2025-Q1"] == state


def test_a_file_that_others_outdid_when_it_came_is_no_report() -> None:
    post = Post().file("2025-04-10", "2025-Q1").file("2025-07-10", "2025-Q2", "superseded", rows_superseded=3)
    assert states(post.obligations("2025-09-01", source())) == {"2025-Q1": "received", "2025-Q2": "overdue"}
    row = post.one("2025-09-01")
    assert (row.state, row.arrived_at, row.whose_turn) == ("OVERDUE", pd.Timestamp("2025-04-10"), "the data team")
    assert "the file of 2025-07-10 changed nothing" in row.why


def test_files_of_the_future_and_of_other_sources_are_not_seen() -> None:
    post = Post().file("2025-04-10", "2025-Q1", by="other").file("2025-09-01", "2025-Q1")
    assert post.one("2025-05-05").state == "NEVER"
    assert post.one("2025-09-02").state == "OVERDUE"


def test_future_periods_neither_move_the_data_clock_nor_make_fresh() -> None:
    post = Post().file("2025-04-10", "2025-Q1;2026;2025-Q4")
    row = post.one("2025-08-01")
    assert (row.state, row.data_time) == ("OVERDUE", pd.Timestamp("2025-03-31"))


def test_report_sent_ahead_moves_the_next_due_date_on() -> None:
    post = Post().file("2025-04-10", "2025-Q1").file("2025-06-25", "2025-Q2")
    row = post.one("2025-06-26")
    assert row.expected_next == pd.Timestamp("2025-10-20")
    assert row.data_time == pd.Timestamp("2025-03-31")  # the second quarter has not ended
    assert post.obligations("2025-07-01", source())["days_late"].tolist() == [-10, -25]


def test_periods_of_facts_count_as_those_of_submissions() -> None:
    post = Post().file("2025-04-10")
    post.facts.append(("hmrc", "s000", "2025-Q1"))
    assert states(post.obligations("2025-05-01", source())) == {"2025-Q1": "received"}
    facts = pd.DataFrame(post.facts, columns=["source_id", "submission_id", "period"])
    assert post.one("2025-05-01", facts_periods=facts).data_time == pd.Timestamp("2025-03-31")


def test_shorter_periods_answer_once_the_period_is_over() -> None:
    post = Post().file("2025-02-03", "2025-01").file("2025-03-05", "2025-02")
    assert states(post.obligations("2025-04-01", source())) == {"2025-Q1": "due"}
    assert states(post.file("2025-03-30", "2025-03").obligations("2025-04-01", source())) == {"2025-Q1": "received"}
    corrected = Post().file("2025-02-03", "2025-01").file("2025-04-02", "2025-02")
    assert states(corrected.obligations("2025-04-03", source())) == {"2025-Q1": "received"}


def test_longer_period_answers_what_lies_within() -> None:
    post = Post().file("2025-07-10", "2025-H1")
    assert states(post.obligations("2025-07-11", source())) == {"2025-Q1": "late", "2025-Q2": "received"}


def test_source_without_periods_is_judged_by_arrival() -> None:
    post = Post().file("2025-01-02").file("2025-03-31 08:00").file("2025-07-05")
    table = post.obligations("2025-07-06", source())
    assert table["received_at"].tolist() == [pd.Timestamp("2025-03-31 08:00"), pd.Timestamp("2025-07-05")]
    assert pd.isna(post.one("2025-07-06").data_time)


def test_resent_file_without_news_answers_nothing_where_periods_are_named() -> None:
    post = Post().file("2025-04-10", "2025-Q1").file("2025-07-10")
    assert states(post.obligations("2025-08-01", source())) == {"2025-Q1": "received", "2025-Q2": "overdue"}


def test_first_report_begins_the_duty_where_no_start_is_stated() -> None:
    of = source(every="quarter", due_after_days=20)
    post = Post().file("2025-04-10", "2021-Q1;2024-Q4;2025-Q1;2030")
    assert states(post.obligations("2025-07-01", of)) == {"2025-Q1": "received", "2025-Q2": "due"}


def test_as_needed_owes_nothing() -> None:
    of = source(every="as_needed")
    assert Post().obligations("2026-01-01", of).empty
    row = Post().file("2020-01-01", "2019").one("2026-01-01", of)
    assert (row.state, row.why) == (
        "FRESH",
        "Reports come as needed and none is owed; the last file came on 2020-01-01.",
    )
    assert Post().one("2026-01-01", of).state == "FRESH"
    assert pd.isna(row.expected_next)


def test_closed_source_owes_nothing_more() -> None:
    of = source(**QUARTERLY | {"until": "2025-03-31"})
    row = Post().file("2025-04-10", "2025-Q1").one("2026-06-01", of)
    assert row.state == "FRESH"
    assert row.why == "Every report owed has come; the last file came on 2025-04-10 and no further one will be owed."
    assert pd.isna(row.expected_next)


@pytest.mark.parametrize(
    ("every", "periods", "as_of", "expected"),
    [
        ("day", "2025-01-01;2025-01-02;2025-01-03", "2025-01-03 10:00", "FRESH"),
        ("day", "2025-01-01;2025-01-02", "2025-01-04 10:00", "DUE"),
        ("day", "2025-01-01;2025-01-02", "2025-01-05 10:00", "OVERDUE"),
        ("day", "2025-01-01;2025-01-02", "2025-01-06 10:00", "DELINQUENT"),
        ("week", "2025-W01", "2025-01-11", "FRESH"),
        ("week", "2025-W01", "2025-01-13", "DUE"),
        ("week", "2025-W01", "2025-01-14", "OVERDUE"),
        ("week", "2025-W01", "2025-01-21", "DELINQUENT"),
        ("financial_year", "2024/25", "2026-03-30", "FRESH"),
        ("financial_year", "2024/25", "2026-04-01", "DUE"),
    ],
)
def test_every_length_of_cycle(every: str, periods: str, as_of: str, expected: str) -> None:
    of = source(every=every, due_after_days=1, since="2025-01-01")
    assert Post().file("2025-01-03 08:00", periods).one(as_of, of).state == expected


@pytest.mark.parametrize(
    ("calendar", "due_on", "state"),
    [([], "2026-04-03", "OVERDUE"), (["GB"], "2026-04-07", "DUE"), (["JO"], "2026-04-05", "OVERDUE")],
)
def test_holidays_of_the_calendar_decide_between_due_and_overdue(calendar: list[str], due_on: str, state: str) -> None:
    of = source(every="quarter", due_after_days=3, since="2025-10-01", calendar=calendar)
    row = Post().file("2026-01-03", "2025-Q4").one("2026-04-06 12:00", of)
    assert (row.expected_next, row.state) == (pd.Timestamp(due_on), state)


def test_moments_with_a_zone_are_days_in_utc() -> None:
    post = Post().file("2025-04-10", "2025-Q1")
    facts = pd.DataFrame(columns=["source_id", "submission_id", "period"])
    late_in_amman = pd.Timestamp("2025-10-31 01:00", tz="Asia/Amman")  # still 30 October in UTC
    table = obligation_table([source()], post.submissions, facts, late_in_amman)
    assert states(table)["2025-Q3"] == "due"


def test_exit_code_follows_the_worst_source() -> None:
    post = (
        Post().file("2025-04-10", "2025-Q1").file("2025-04-10", "2025-Q1", by="b").file("2025-07-10", "2025-Q2", by="b")
    )
    fresh, silent, absent = source("b"), source("hmrc"), source("z")
    assert status_exit_code(post.freshness("2025-07-15", fresh, silent)) == 0
    assert status_exit_code(post.freshness("2025-08-01", fresh, silent)) == 1
    assert status_exit_code(post.freshness("2025-08-01", fresh, silent, absent)) == 2
    assert status_exit_code(post.freshness("2026-08-01", fresh)) == 2
    assert status_exit_code(post.freshness("2026-08-01")) == 0


def test_order_of_submissions_changes_nothing() -> None:
    post = Post().file("2025-04-10", "2025-Q1").file("2025-07-10", "2025-Q2", "held").file("2025-07-20", "2025-Q2")
    back = Post(rows=post.rows[::-1])
    pd.testing.assert_frame_equal(post.freshness("2025-08-01", source()), back.freshness("2025-08-01", source()))


def dated(**cadence: object) -> Source:
    """A source whose rows are about single days."""
    of = source(**cadence).model_dump(exclude={"parts"}, exclude_unset=True)
    columns = [{"field": "reference"}, {"field": "transaction_on"}]
    return Source.model_validate({**of, "feeds": "transaction", "key": ["reference"], "columns": columns}).located(
        "hmrc", Path("hmrc"), ""
    )


def test_payments_of_long_ago_do_not_make_a_source_fresh() -> None:
    post = Post().file("2026-11-05", "2012-03;2012-06", last_day=pd.Timestamp("2012-06-30"))
    row = post.one("2027-01-25", dated(every="quarter", due_after_days=20))
    assert (row.state, row.data_time) == ("DELINQUENT", pd.Timestamp("2012-06-30"))
    assert "came on 2026-11-05 with data until 2012-06-30" in row.why
    assert states(post.obligations("2026-11-06", dated(every="quarter"))) == {"2026-Q3": "overdue"}


def test_dated_rows_answer_the_period_in_which_they_lie_once_it_is_over() -> None:
    of = dated(every="quarter", due_after_days=20, since="2026-07-01")
    early = Post().file("2026-09-06", "2026-07;2026-08", last_day=pd.Timestamp("2026-09-05"))
    assert states(early.obligations("2026-10-05", of)) == {"2026-Q3": "due"}
    row = early.file("2026-10-02", "2026-07;2026-08;2026-09", last_day=pd.Timestamp("2026-09-28")).one("2026-10-05", of)
    assert (row.state, row.data_time, row.arrived_at) == (
        "FRESH",
        pd.Timestamp("2026-09-28"),
        pd.Timestamp("2026-10-02"),
    )


def test_a_dated_file_that_speaks_of_nothing_past_is_no_report() -> None:
    post = Post().file("2026-10-10")
    assert states(post.obligations("2026-10-25", dated(**QUARTERLY | {"since": "2026-07-01"}))) == {"2026-Q3": "due"}
    running = Post().file("2026-10-10", last_day=pd.Timestamp("2026-10-09"))
    assert states(running.obligations("2026-11-25", dated(**QUARTERLY | {"since": "2026-07-01"}))) == {
        "2026-Q3": "overdue"
    }


def test_a_period_that_a_file_was_too_early_for_is_never_its_data_time() -> None:
    post = Post().file("2025-04-10", "2025-Q1;2025-Q4")
    assert post.one("2026-08-01").data_time == pd.Timestamp("2025-03-31")
