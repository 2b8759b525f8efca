"""One cell from disagreement to decision, doubt again and revocation, as known at every stage of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks.proofs.small_programme import Delivery, receive, run, stamp, write_sources
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.method import load_method
from idtracker.operate.currency import is_current
from idtracker.operate.documents.review.adjudications import DisputedCell
from idtracker.operate.services import adjudications as adjudicating
from idtracker.publish.tracker import open_snapshot

CELL, SETTLED = ("VOICE", "JO-AZ", "2025-Q1"), ("VOICE", "JO-IR", "2025-Q1")
BY = {"by": "data team", "why": "seen on the spot"}
HEAD = "Indicator,Area,Quarter,Value,Status\n"
ROWS = "VOICE,Zarqa,2025-Q1,{},A\nVOICE,Irbid,2025-Q1,{},A\nVOICE,Karak,2025-Q1,{},A\n"


def day(month: int, number: int) -> datetime:
    return datetime(2025, month, number, 9, tzinfo=UTC)


DECIDED, DECIDED_AGAIN, LATE, REVOKED = day(5, 1), day(5, 20), day(6, 1), day(7, 10)
SENT = [
    Delivery("survey", "survey_2025-Q1.csv", HEAD + ROWS.format(20, 10, 40), day(4, 10)),
    Delivery("partner", "partner_2025-Q1.csv", HEAD + ROWS.format(60, 50, 45), day(4, 12)),
    Delivery("partner", "partner_2025-Q1_v2.csv", HEAD + ROWS.format(90, 50, 45), LATE),
]


@dataclass(frozen=True)
class Story:
    """The home at the end, and the queue as it was after each run; `undecided` is a home in which nobody decided."""

    home: Home
    undecided: Home
    queues: dict[str, list[DisputedCell]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    root = tmp_path_factory.mktemp("adjudicating")
    sources = write_sources(root / "sources", "2025-Q1")
    home, undecided = Home(root / "home", sources), Home(root / "undecided", sources)
    queues: dict[str, list[DisputedCell]] = {}

    def told(stage: str, now: datetime) -> None:
        receive(home, SENT, now)
        run(home, now)
        queues[stage] = adjudicating.open_disagreements(home, "hmg")

    told("reported", day(4, 20))
    _, warning = adjudicating.decide(home, "hmg", CELL, 75.0, None, at=DECIDED, **BY)
    assert warning == "outside"
    _, warning = adjudicating.decide(home, "hmg", CELL, 55.0, 1.5, at=DECIDED_AGAIN, **BY)
    assert warning is None
    adjudicating.decide(home, "hmg", SETTLED, 30.0, None, at=DECIDED, **BY)
    told("late", day(7, 5))
    adjudicating.revoke(home, CELL, at=REVOKED, **BY)
    told("revoked", day(7, 11))
    receive(undecided, SENT, day(7, 11))
    run(undecided, day(7, 11))
    return Story(home, undecided, queues)


def cell_of(told: DisputedCell) -> tuple[Any, ...]:
    return told.indicator_id, told.place_id, told.period


def rows(home: Home, query: str, at: datetime | None = None) -> list[tuple[Any, ...]]:
    with open_snapshot(home, at=None if at is None else stamp(at)) as known:
        return known.execute(query).fetchall()


IS_CELL = "indicator_id = 'VOICE' AND place_id = 'JO-AZ' AND period = '2025-Q1'"
VALUE = f"SELECT value, standard_error, method, obs_status, is_disagreement FROM merged_cell WHERE {IS_CELL}"
SCORE = "SELECT score FROM score WHERE place_id = 'JO-AZ' AND period = '2025-Q1' AND node_code = 'BSF1'"
REPORTS = f"SELECT value, use, weight FROM cell_report WHERE {IS_CELL} ORDER BY value"
INSTANT = timedelta(microseconds=1)


def test_a_decision_counts_from_its_instant_and_not_before(story: Story) -> None:
    before = rows(story.home, VALUE, DECIDED - INSTANT)
    assert before == rows(story.undecided, VALUE, DECIDED - INSTANT)
    assert before[0][2:] == ("WEIGHTED_MEAN", "U", True) and 20 < before[0][0] < 60
    method = load_method()
    assert method.uncertainty is not None
    assumed = method.uncertainty.assumed.percent  # the decision states no error, the next one does
    assert rows(story.home, VALUE, DECIDED) == [(75, assumed, "ADJUDICATED", "A", False)]
    assert rows(story.home, VALUE, DECIDED_AGAIN - INSTANT) == rows(story.home, VALUE, DECIDED)
    assert rows(story.home, VALUE, DECIDED_AGAIN) == [(55, 1.5, "ADJUDICATED", "A", False)]
    known = "SELECT adjudication_id FROM adjudication WHERE place_id = 'JO-AZ'"
    asked = (DECIDED - INSTANT, DECIDED, DECIDED_AGAIN, REVOKED)
    assert [len(rows(story.home, known, at)) for at in asked] == [0, 1, 2, 3]


def test_scores_follow_the_decision(story: Story) -> None:
    """VOICE is the one indicator of its dimension that reported, on a scale from 0 to 100: the score is its value."""
    assert rows(story.home, SCORE, DECIDED) == [(75,)]
    assert rows(story.home, SCORE, DECIDED_AGAIN) == [(55,)]
    assert rows(story.home, SCORE, DECIDED - INSTANT) == rows(story.undecided, SCORE, DECIDED - INSTANT) != [(75,)]


def test_reports_stay_visible_and_are_set_aside(story: Story) -> None:
    assert rows(story.home, REPORTS, DECIDED) == [(20, "DECIDED", 0), (60, "DECIDED", 0)]
    assert {use for _, use, _ in rows(story.home, REPORTS, DECIDED - INSTANT)} == {"USED"}


def test_a_later_report_that_differs_makes_the_cell_wait_again(story: Story) -> None:
    assert rows(story.home, VALUE, LATE - INSTANT)[0][4] is False
    assert rows(story.home, VALUE, LATE) == [(55, 1.5, "ADJUDICATED", "U", True)]
    assert rows(story.home, REPORTS, LATE) == [(20, "DECIDED", 0), (90, "DECIDED", 0)]


def test_revoking_brings_the_merged_value_back(story: Story) -> None:
    assert rows(story.home, VALUE, REVOKED - INSTANT)[0][2] == "ADJUDICATED"
    for query in (VALUE, SCORE, REPORTS):
        assert rows(story.home, query) == rows(story.undecided, query)
    assert rows(story.home, VALUE)[0][2] == "WEIGHTED_MEAN"


def test_the_queue_has_what_waits_and_nothing_carried(story: Story) -> None:
    asked = {stage: [cell_of(cell) for cell in cells] for stage, cells in story.queues.items()}
    assert asked == {"reported": [CELL, SETTLED], "late": [CELL], "revoked": [CELL]}
    everything = adjudicating.open_disagreements(story.home, "hmg", with_decided=True)
    assert [(cell_of(c), c.method) for c in everything] == [(CELL, "WEIGHTED_MEAN"), (SETTLED, "ADJUDICATED")]
    left_out = "SELECT count(*) FROM merged_cell WHERE indicator_id = 'VOICE' AND {}"
    for kind in ("is_carried AND is_disagreement", "is_carried AND method = 'ADJUDICATED'"):
        assert rows(story.home, left_out.format(kind))[0][0] > 0, kind


def test_reports_stand_side_by_side_with_the_row_they_come_from(story: Story) -> None:
    first, second = story.queues["reported"]
    assert (first.report_count, first.spread, second.spread) == (2, pytest.approx(40), pytest.approx(40))
    assert [(r.org_id, r.value, r.file_name, r.row_number) for r in first.reports] == [
        ("GB-GOV-24", 20, "survey_2025-Q1.csv", 2),
        ("XM-DAC-41121", 60, "partner_2025-Q1.csv", 2),
    ]
    assert [r.grade for r in first.reports] == ["A2", "C3"]


def test_every_act_is_in_the_audit_with_who_and_why(story: Story) -> None:
    query = (
        """SELECT "at", actor, action, subject, detail FROM audit WHERE subject = 'VOICE JO-AZ 2025-Q1' ORDER BY 1"""
    )
    acts = [("adjudicated", DECIDED), ("adjudicated", DECIDED_AGAIN), ("adjudication_revoked", REVOKED)]
    assert rows(story.home, query) == [
        (stamp(at).to_pydatetime(), "data team", act, "VOICE JO-AZ 2025-Q1", "seen on the spot") for act, at in acts
    ]


def test_a_cell_tells_its_decisions_oldest_first(story: Story) -> None:
    found = adjudicating.describe_cell(story.home, "hmg", CELL)
    assert [made.value for made in found.decisions] == [75, 55, None]
    assert [pd.Timestamp(made.decided_at) for made in found.decisions] == [DECIDED, DECIDED_AGAIN, REVOKED]
    nothing = adjudicating.describe_cell(story.home, "hmg", ("VOICE", "JO-MA", "2025-Q1"))
    assert (nothing.value, nothing.report_count, nothing.reports, nothing.decisions) == (None, 0, [], [])


def test_a_decision_alone_makes_the_publication_stale(story: Story, tmp_path: Path) -> None:
    copy = Home(tmp_path / "home", story.undecided.sources)
    shutil.copytree(story.undecided.root, copy.root, symlinks=True)
    catalogue = load_catalogue(copy.sources)
    assert is_current(copy, catalogue, day(7, 11), None)
    adjudicating.decide(copy, "hmg", CELL, 50.0, None, at=day(7, 11), **BY)
    assert not is_current(copy, catalogue, day(7, 11), None)
    assert is_current(copy, catalogue, day(7, 11), day(7, 11) - INSTANT)


@pytest.mark.parametrize(("value", "error"), [(float("nan"), None), (float("inf"), None), (1.0, -1.0), (1.0, float("nan"))])  # fmt: skip
def test_what_is_no_number_is_not_kept(home: Home, value: float, error: float | None) -> None:
    with pytest.raises(UsageError, match="must be a number"):
        adjudicating.decide(home, "hmg", CELL, value, error, at=DECIDED, **BY)
    assert not home.landing.exists()


def test_what_is_not_decided_cannot_be_revoked(home: Home) -> None:
    with pytest.raises(UsageError, match="No decision about VOICE JO-AZ 2025-Q1 is in force"):
        adjudicating.revoke(home, CELL, at=REVOKED, **BY)
