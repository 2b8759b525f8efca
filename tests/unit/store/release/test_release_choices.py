"""What clearance, embargo, delay, small counts and reports of nothing do to what an audience has."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from idtracker.model.home import Home
from idtracker.model.published.audience import Audience, Embargo
from idtracker.store.release.candidates import Reference
from idtracker.store.release.release import release_rows
from tests.support.publications.release_worlds import DAY, Report, Row, World
from tests.support.publications.written_worlds import write_world

REFERENCE = Reference(frozenset({"PEOPLE"}), {"JO-AM": "JO", "JO-IR": "JO", "JO-MA": "JO"})
NOW = DAY + timedelta(days=100)
PARTNERS = Audience("partners", "Partners", ("PARTNERS",), "OFFICIAL", 0)


def observed(
    place: str,
    value: float,
    *,
    indicator: str = "VOICE",
    period: str = "2025-Q4",
    marking: tuple[str | None, str | None] = ("OFFICIAL", "HMG;PARTNERS"),
) -> Row:
    says = {"indicator_id": indicator, "place_id": place, "period": period, "value": value}
    return Row("observation", "facts", 2, 0, marking, says)


def released(folder: Path, audience: Audience, rows: list[Row], at: object = NOW) -> pd.DataFrame:
    """Rows of one file as the audience has them."""
    numbered = tuple(replace(row, number=n) for n, row in enumerate(rows, start=2))
    world = World((Report("observed_0", DAY, numbered),), {"observed_0": ["HMG"]})
    home, own = Home(folder / "home", folder), Home(folder / "own", folder)
    write_world(home, world, 1)
    release_rows(home, own, world.sources(), audience, at, REFERENCE)
    files = list(own.accepted.rglob("facts-observation.parquet"))
    return pd.read_parquet(files[0]) if files else pd.DataFrame(columns=["place_id", "row_number", "releasable_to"])


@pytest.mark.parametrize(
    ("marking", "is_seen"),
    [
        (("OFFICIAL", "HMG;PARTNERS"), True),
        (("OFFICIAL", "PARTNERS"), True),
        (("OFFICIAL", "HMG"), False),
        (("OFFICIAL", None), False),
        (("OFFICIAL", ""), False),
        (("OFFICIAL", "PARTNERS2"), False),
        (("OFFICIAL-SENSITIVE", "PARTNERS"), False),
        (("SECRET", "PARTNERS"), False),
        ((None, "PARTNERS"), False),
    ],
)
def test_a_row_is_seen_where_its_marking_says_so_and_nowhere_else(
    tmp_path: Path, marking: tuple[str | None, str | None], is_seen: bool
) -> None:
    rows = released(tmp_path, PARTNERS, [observed("JO-AM", 1.0, marking=marking)])
    assert len(rows) == is_seen
    assert rows["releasable_to"].tolist() == ["PARTNERS"] * is_seen


def test_rows_are_counted_anew_so_that_no_gap_is_seen(tmp_path: Path) -> None:
    hidden = ("OFFICIAL", "HMG")
    rows = released(
        tmp_path,
        PARTNERS,
        [
            observed("JO-AM", 1.0, marking=hidden),
            observed("JO-IR", 2.0),
            observed("JO-MA", 3.0, marking=hidden),
            observed("JO", 4.0),
        ],
    )
    assert rows[["place_id", "row_number"]].values.tolist() == [["JO-IR", 1], ["JO", 2]]


def test_two_audiences_that_differ_by_one_row_have_no_identifier_in_common(tmp_path: Path) -> None:
    rows = [observed("JO-AM", 1.0), observed("JO-IR", 2.0, marking=("OFFICIAL", "HMG;DONORS"))]
    both = replace(PARTNERS, id="donors", groups=("PARTNERS", "DONORS"))
    one, two = released(tmp_path / "1", PARTNERS, rows), released(tmp_path / "2", both, rows)
    assert (len(one), len(two)) == (1, 2)
    for name in ("fact_id", "submission_id", "content_hash"):
        assert not set(one[name]) & set(two[name])


@pytest.mark.parametrize(("seconds", "count"), [(-1, 0), (0, 2), (1, 2)])
def test_an_embargo_ends_at_its_instant(tmp_path: Path, seconds: int, count: int) -> None:
    until = NOW - timedelta(seconds=seconds)
    audience = replace(PARTNERS, embargoes=(Embargo(until, periods=frozenset({"2025-Q4"})),))
    rows = released(
        tmp_path, audience, [observed("JO-AM", 1.0), observed("JO-IR", 2.0), observed("JO-AM", 5.0, period="2025-Q3")]
    )
    assert len(rows) == count + 1


def test_an_embargo_holds_for_what_all_its_lists_name(tmp_path: Path) -> None:
    embargo = Embargo(NOW + timedelta(days=1), frozenset({"observed_0"}), frozenset({"WORK"}), frozenset({"2025-Q4"}))
    rows = released(
        tmp_path,
        replace(PARTNERS, embargoes=(embargo,)),
        [observed("JO-AM", 1.0), observed("JO-IR", 2.0, indicator="WORK")],
    )
    assert rows["place_id"].tolist() == ["JO-AM"]
    other = replace(embargo, sources=frozenset({"elsewhere"}))
    assert (
        len(
            released(
                tmp_path / "2",
                replace(PARTNERS, embargoes=(other,)),
                [observed("JO-AM", 1.0), observed("JO-IR", 2.0, indicator="WORK")],
            )
        )
        == 2
    )


def test_small_counts_and_what_gives_them_away_are_not_there(tmp_path: Path) -> None:
    counts = {"JO": 46.0, "JO-AM": 3.0, "JO-IR": 13.0, "JO-MA": 30.0}
    rows = [observed(place, value, indicator="PEOPLE") for place, value in counts.items()]
    kept = released(tmp_path, replace(PARTNERS, smallest_count=5), [*rows, observed("JO-AM", 3.0)])
    assert kept[["indicator_id", "place_id"]].values.tolist() == [
        ["PEOPLE", "JO"],
        ["PEOPLE", "JO-MA"],
        ["VOICE", "JO-AM"],
    ]


def test_what_a_list_may_no_longer_name_is_written_again_and_nothing_else(tmp_path: Path) -> None:
    """A decision that cites two products is there as before when one of them goes, and its list is shorter; other files stay."""
    seen = ("OFFICIAL", "PARTNERS")
    products = [
        Row("products", "facts", n, 0, seen, {"product_id": f"p0-{n}", "product_type": "CONFLICT"}) for n in (2, 3)
    ]
    decision = Row("decisions", "facts", 2, 0, seen, {"decision_id": "d0-1", "product_ids": "p0-2;p0-3"})
    first = Report("joint_0", DAY, (decision,))
    homes = {"joint_0": ["PARTNERS"], "joint_1": ["PARTNERS"]}
    home, own = Home(tmp_path / "home", tmp_path), Home(tmp_path / "own", tmp_path)
    cited = []
    for number, kept in enumerate((products, products[:1])):
        world = World((first, Report("joint_1", DAY, tuple(kept))), homes)
        shutil.rmtree(home.root, ignore_errors=True)
        write_world(home, world, 1)
        release_rows(home, own, world.sources(), PARTNERS, NOW, REFERENCE)
        (path,) = own.accepted.glob("joint_0/*/facts-decisions.parquet")
        cited.append(pd.read_parquet(path)["product_ids"].tolist())
        before = path.stat().st_mtime_ns
        release_rows(home, own, world.sources(), PARTNERS, NOW, REFERENCE)
        assert path.stat().st_mtime_ns == before, number
    assert cited == [["p0-2;p0-3"], ["p0-2"]]


def test_lines_of_a_correction_follow_the_numbers_of_the_rows_that_they_are_about(tmp_path: Path) -> None:
    """A member is not there without its activity; as that comes from elsewhere, the members behind it are counted anew, and a correction says so."""
    seen = ("OFFICIAL", "PARTNERS")
    members = [
        Row("members", "facts", n, 0, seen, {"activity_id": f"a0-{n}", "org_id": "GB-GOV-8", "role": "LEAD"})
        for n in (2, 3)
    ]
    activities = [Row("activities", "facts", n, 0, seen, {"activity_id": f"a0-{n}"}) for n in (3, 2)]
    line = replace(members[1], number=2, of=(0, 1), fate="accepted")
    homes = {"joint_0": ["PARTNERS"], "joint_1": ["PARTNERS"]}
    home, own = Home(tmp_path / "home", tmp_path), Home(tmp_path / "own", tmp_path)
    about = []
    for there in (activities[:1], activities, activities[:1]):
        reports = (
            Report("joint_0", DAY, tuple(members)),
            Report("joint_0", DAY + timedelta(days=1), (line,), is_correction=True),
            Report("joint_1", DAY, tuple(replace(row, number=n) for n, row in enumerate(there, start=2))),
        )
        shutil.rmtree(home.root, ignore_errors=True)
        write_world(home, World(reports, homes), 1)
        release_rows(home, own, World(reports, homes).sources(), PARTNERS, NOW, REFERENCE)
        (path,) = own.accepted.glob("joint_0/*/lines.parquet")
        about.append(pd.read_parquet(path)["of_row_number"].tolist())
    assert about == [[1], [2], [1]]
