"""Obligations and freshness: two clocks, calendars, silence, derogation, files that wait, and whose turn it is."""

from __future__ import annotations

import pandas as pd
import pytest
from posts import QUARTERLY, Post, source, states

from idtracker.analyse.timeliness.freshness import status_exit_code
from idtracker.analyse.timeliness.obligations import obligation_table
from idtracker.model.tables import OPERATIONS, schema_of


def test_tables_are_canonical_with_and_without_rows() -> None:
    post = Post().file("2025-04-10", "2025-Q1")
    for sources in ((source(),), ()):
        schema_of(OPERATIONS["obligation"]).validate(post.obligations("2025-08-01", *sources))
        schema_of(OPERATIONS["freshness"]).validate(post.freshness("2025-08-01", *sources))
    assert Post().freshness("2025-08-01").empty


def test_sources_come_by_name_as_well_in_one_order() -> None:
    one, two = source("zeta"), source("alpha")
    facts = pd.DataFrame(columns=["source_id", "submission_id", "period"])
    at = pd.Timestamp("2025-08-01")
    table = obligation_table({"zeta": one, "alpha": two}, Post().submissions, facts, at)
    assert list(table["source_id"]) == ["alpha", "alpha", "zeta", "zeta"]
    pd.testing.assert_frame_equal(table, obligation_table([two, one], Post().submissions, facts, at))


def test_obligation_says_when_and_how_late() -> None:
    post = Post().file("2025-04-10 09:00", "2025-Q1").file("2025-07-25 09:00", "2025-Q2")
    table = post.obligations("2025-11-01", source())
    assert states(table) == {"2025-Q1": "received", "2025-Q2": "late", "2025-Q3": "overdue"}
    assert table["days_late"].tolist()[:2] == [-10, 5]
    assert table["days_late"].isna().tolist() == [False, False, True]
    assert table["due_on"].tolist() == list(pd.to_datetime(["2025-04-20", "2025-07-20", "2025-10-20"]))
    assert table["overdue_on"].iloc[2] == pd.Timestamp("2025-10-31")
    assert set(table["org_id"]) == {"GB-GOV-11"}


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2025-09-30 23:59", "DUE"),  # the quarter ended today
        ("2025-10-20 23:59", "DUE"),  # the due date itself
        ("2025-10-21", "DUE"),  # within grace
        ("2025-10-30 23:59", "DUE"),  # last day of grace
        ("2025-10-31", "OVERDUE"),
        ("2026-01-21", "OVERDUE"),  # the next one is due as well, not yet overdue
        ("2026-01-31", "DELINQUENT"),  # two in a row are overdue
        ("2026-06-01", "DELINQUENT"),
    ],
)
def test_silence_runs_from_due_to_delinquent(as_of: str, state: str) -> None:
    post = Post().file("2025-04-10", "2025-Q1").file("2025-07-10", "2025-Q2")
    assert post.one("2025-09-29").state == "FRESH"
    assert post.one(as_of).state == state


def test_silent_for_three_cycles_is_delinquent_and_says_so() -> None:
    post = Post().file("2025-04-10", "2025-Q1")
    row = post.one("2026-02-15", names={"GB-GOV-11": "HM Revenue and Customs"})
    assert row.state == "DELINQUENT"
    assert row.why == (
        "3 reports are overdue, the oldest, for 2025-Q2, since 2025-07-31; the last accepted file came on 2025-04-10."
    )
    assert row.whose_turn == "HM Revenue and Customs"
    assert (row.data_time, row.arrived_at) == (pd.Timestamp("2025-03-31"), pd.Timestamp("2025-04-10"))
    assert row.expected_next == pd.Timestamp("2025-07-20")
    assert (row.owner, row.org_id, row.as_of_on) == ("team:hmrc", "GB-GOV-11", pd.Timestamp("2026-02-15"))


def test_one_old_gap_is_delinquent_after_a_whole_cycle() -> None:
    post = Post().file("2025-04-10", "2025-Q1").file("2025-10-10", "2025-Q3")
    assert post.one("2025-10-30").state == "OVERDUE"
    row = post.one("2025-10-31")  # 92 days, the length of the third quarter, after 30 July
    assert row.state == "DELINQUENT"
    assert row.why.startswith(
        "The report for 2025-Q2 was due on 2025-07-20 and has been overdue for more than a whole cycle since 2025-07-31"
    )


def test_filling_the_gap_makes_the_source_fresh_again() -> None:
    post = Post().file("2025-04-10", "2025-Q1").file("2025-10-10", "2025-Q3").file("2025-12-01", "2025-Q2")
    assert post.one("2025-11-30").state == "DELINQUENT"
    row = post.one("2025-12-01")
    assert row.state == "FRESH"
    assert row.data_time == pd.Timestamp("2025-09-30")
    assert row.expected_next == pd.Timestamp("2026-01-20")
    assert pd.isna(row.whose_turn)
    assert row.why == "Every report owed has come; the last file came on 2025-12-01 and the next is due on 2026-01-20."


def test_derogated_period_owes_nothing() -> None:
    of = source(**QUARTERLY | {"derogations": ["2025-Q2"]})
    post = Post().file("2025-04-10", "2025-Q1").file("2025-10-10", "2025-Q3")
    assert states(post.obligations("2025-12-01", of)) == {
        "2025-Q1": "received",
        "2025-Q2": "derogated",
        "2025-Q3": "received",
    }
    assert post.one("2025-12-01", of).state == "FRESH"
    assert post.one("2025-07-15", of).expected_next == pd.Timestamp("2025-10-20")


def test_overdue_on_both_sides_of_a_derogation_is_in_a_row() -> None:
    of = source(every="month", due_after_days=40, since="2025-01-01", derogations=["2025-02"])
    table = Post().file("2025-01-05", "2024-12").obligations("2025-05-11", of)
    assert states(table) == {"2025-01": "overdue", "2025-02": "derogated", "2025-03": "overdue", "2025-04": "due"}
    assert Post().file("2025-01-05", "2024-12").one("2025-05-11", of).state == "DELINQUENT"


@pytest.mark.parametrize(
    ("as_of", "state", "code"),
    [("2025-03-30", "DUE", 0), ("2025-04-20", "DUE", 0), ("2025-04-21", "NEVER", 2), ("2027-01-01", "NEVER", 2)],
)
def test_never_delivered_is_never_once_the_first_due_date_has_passed(as_of: str, state: str, code: int) -> None:
    table = Post().freshness(as_of, source())
    assert (table["state"].item(), status_exit_code(table)) == (state, code)
    assert table["expected_next"].item() == pd.Timestamp("2025-04-20")
    assert (
        table["why"]
        .item()
        .startswith("Nothing was ever accepted" if state == "NEVER" or as_of < "2025-03-31" else "The")
    )
    assert table["whose_turn"].item() == "GB-GOV-11"


def test_never_delivered_with_unknown_start_is_said_and_not_counted_against_anybody() -> None:
    table = Post().freshness("2025-04-21", source(every="quarter"))
    assert table["state"].item() == "NEVER"
    assert table["why"].item() == "Nothing was ever accepted, and no first period is stated (cadence.since)."
    assert table["expected_next"].isna().all()
    assert status_exit_code(table) == 0


def test_refused_first_file_starts_the_clock() -> None:
    of = source(every="quarter", due_after_days=20)
    post = Post().file("2025-04-05", state="rejected")
    assert states(post.obligations("2025-04-06", of)) == {"2025-Q1": "due"}
    assert post.one("2025-04-20", of).state == "DUE"
    row = post.one("2025-04-21", of)
    assert (row.state, row.whose_turn) == ("NEVER", "the data team")
    assert row.why == (
        "Nothing was ever accepted; the first report, for 2025-Q1, was due on 2025-04-20; "
        "a file of 2025-04-05 was rejected and waits for a decision."
    )


@pytest.mark.parametrize("state", ["held", "rejected"])
def test_held_or_rejected_file_does_not_make_a_source_fresh(state: str) -> None:
    post = Post().file("2025-04-10", "2025-Q1").file("2025-07-10", "2025-Q2", state)
    table = post.obligations("2025-08-01", source())
    assert states(table) == {"2025-Q1": "received", "2025-Q2": "overdue"}
    row = post.one("2025-08-01")
    assert (row.state, row.whose_turn) == ("OVERDUE", "the data team")
    assert row.arrived_at == pd.Timestamp("2025-04-10")
    assert row.data_time == pd.Timestamp("2025-03-31")
    assert f"a file of 2025-07-10 was {state} and waits for a decision" in row.why


def test_turn_passes_back_once_a_later_file_is_accepted() -> None:
    post = Post().file("2025-04-10", "2025-Q1", "rejected").file("2025-04-12", "2025-Q1", "partly_accepted")
    assert post.one("2025-04-11").whose_turn == "the data team"
    row = post.one("2025-04-13")
    assert row.state == "FRESH"
    assert pd.isna(row.whose_turn)


def test_fresh_source_with_a_waiting_file_stays_fresh() -> None:
    row = Post().file("2025-04-10", "2025-Q1").file("2025-04-12", "2025-Q1", "held").one("2025-05-01")
    assert (row.state, row.whose_turn) == ("FRESH", "the data team")


def test_withdrawn_file_no_longer_counts_from_its_withdrawal_on() -> None:
    post = Post().file("2025-04-10", "2025-Q1", "withdrawn", rows_accepted=5, withdrawn_at=pd.Timestamp("2025-05-15"))
    assert post.one("2025-05-14").state == "FRESH"
    assert post.one("2025-05-15 12:00").state == "NEVER"
    assert states(post.obligations("2025-05-16", source())) == {"2025-Q1": "overdue"}


def test_superseded_file_had_arrived() -> None:
    post = Post().file("2025-04-10", "2025-Q1", "superseded").file("2025-05-25", "2025-Q1")
    assert post.obligations("2025-06-01", source())["received_at"].item() == pd.Timestamp("2025-04-10")


def test_files_of_the_future_and_of_other_sources_are_not_seen() -> None:
    post = Post().file("2025-04-10", "2025-Q1", by="other").file("2025-09-01", "2025-Q1")
    assert post.one("2025-05-05").state == "NEVER"
    assert post.one("2025-09-02").state == "OVERDUE"
