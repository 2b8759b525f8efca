"""What is said of figures that somebody follows: no change, another interval, another value, gone, new; and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.ingest.decisions.watches import WatchAct, Watches
from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.services.watches import add_watch, remove_watch, show_watches, watch_list
from idtracker.publish.watch.document import FigureChange, WatchReport
from idtracker.publish.watch.page import isolated, watch_page
from idtracker.publish.watch.pattern import parse_pattern
from idtracker.publish.watch.report import watch_reports
from idtracker.publish.watch.write import write_watches
from tests.support.publications.by_hand import cell, metric, names, publish, report, submission

NOW = datetime(2026, 2, 1, tzinfo=UTC)
WATER = "merged_cell/WATER/JO-AM/2025-Q3"
SHARE = "metric_value/IM-01/share/programme/latest"


def act(figure: str, lang: Any = "en", subscriber: str = "team") -> WatchAct:
    return WatchAct(parse_pattern(figure).text, "hmg", subscriber, "added", lang, "to follow it", NOW)


def two(home: Home, before: dict[str, Any], now: dict[str, Any], **versions: str) -> tuple[Path, Path]:
    earlier = publish(home, "2026-01-01-a", "2026-01-01T00:00:00", {**names(), **before}, {"method": "M-1"})
    return publish(
        home, "2026-02-01-b", "2026-02-01T00:00:00", {**names(), **now}, {"method": "M-1"} | versions
    ), earlier


def only(home: Home, before: dict[str, Any], now: dict[str, Any], figure: str = WATER) -> WatchReport:
    folder, earlier = two(home, before, now)
    (made,) = watch_reports(home, "hmg", folder, earlier, [act(figure)])
    return made


def change_of(made: WatchReport) -> FigureChange:
    ((change,),) = [watched.changes for watched in made.watches]
    return change


def test_a_figure_that_is_what_it_was_is_counted_and_not_shown(home: Home) -> None:
    made = only(home, {"merged_cell": [cell(5.0)]}, {"merged_cell": [cell(5.0)]})
    (watched,) = made.watches
    assert (made.changed, watched.followed, watched.unchanged, watched.changes) == (0, 1, 1, [])
    assert not watched.is_gone


@pytest.mark.parametrize(
    ("before", "now", "state", "difference"),
    [
        (cell(5.0), cell(6.5), "changed", 1.5),
        (cell(5.0), cell(5.0, 2.0), "interval", 0.0),
        (cell(5.0), cell(5.0, is_carried=True), "circumstances", 0.0),
        (cell(5.0), None, "vanished", None),
        (None, cell(5.0), "appeared", None),
    ],
)
def test_every_kind_of_change_is_told_apart(
    home: Home, before: Any, now: Any, state: str, difference: float | None
) -> None:
    sides = [{"merged_cell": [side] if side else []} for side in (before, now)]
    made = only(home, *sides)
    change = change_of(made)
    assert (made.changed, change.state, change.difference) == (1, state, difference)
    assert change.address == WATER
    assert "Hours of water (WATER) · Amman (JO-AM) · 2025-Q3" in change.sentence
    assert made.watches[0].is_gone == (state == "vanished")
    assert [side.value if side else None for side in (change.before, change.now)] == [
        side["value"] if side else None for side in (before, now)
    ]


def test_a_change_too_small_for_four_digits_is_shown_with_all_of_them(home: Home) -> None:
    made = only(home, {"merged_cell": [cell(5.0)]}, {"merged_cell": [cell(5.0000001)]})
    assert "5.0000001" in change_of(made).sentence


def test_reports_and_submissions_behind_a_cell_say_why_and_corrections_are_named(home: Home) -> None:
    before = {"merged_cell": [cell(5.0)], "cell_report": [report("ORG-1", 5.0, "s1"), report("ORG-3", 9.0, "s0")]}
    now = {
        "merged_cell": [cell(6.0, submission_ids="s1;s2")],
        "cell_report": [report("ORG-1", 5.5, "s2"), report("ORG-2", 7.0, "s1")],
        "submission": [submission("s1", "2025-12-01"), submission("s2", "2026-01-20", corrects="s1")],
    }
    reasons = change_of(only(home, before, now)).reasons
    assert [(r.kind, r.submission_id) for r in reasons] == [
        *[("report", None)] * 3,
        ("submission", "s1"),
        ("correction", "s2"),
    ]
    assert "Body 1 (ORG-1) counts otherwise: 5 before, 5.5 now" in reasons[0].text
    assert "Body 2 (ORG-2) reports 7" in reasons[1].text
    assert "Body 3 (ORG-3) no longer reports; it was 9" in reasons[2].text
    assert "corrects s1" in reasons[4].text


def test_a_change_behind_which_nothing_is_known_says_so(home: Home) -> None:
    change = change_of(only(home, {"merged_cell": [cell(5.0)]}, {"merged_cell": [cell(6.0)]}))
    assert change.reasons == []
    assert any("why it moved" in text for text in change.unknown)


def test_another_method_is_named_beside_what_is_known(home: Home) -> None:
    folder, earlier = two(
        home, {"merged_cell": [cell(5.0)]}, {"merged_cell": [cell(6.0)]}, method="M-2", rules="7", indices="x"
    )
    (made,) = watch_reports(home, "hmg", folder, earlier, [act(WATER)])
    assert [r.text for r in change_of(made).reasons] == [
        f"It may also have moved because `{name}` is another in this publication." for name in ("method", "rules")
    ]


def test_the_latest_quarter_follows_and_compares_a_quarter_with_itself(home: Home) -> None:
    before = {"merged_cell": [cell(5.0), cell(3.0, place="JO")]}
    now = {"merged_cell": [cell(5.0), cell(8.0, quarter="2025-Q4"), cell(3.0, place="JO")]}
    change = change_of(only(home, before, now, "merged_cell/WATER/JO-AM/latest"))
    assert (change.address, change.state) == ("merged_cell/WATER/JO-AM/2025-Q4", "appeared")


def test_a_latest_quarter_that_went_away_is_said_to_be_gone(home: Home) -> None:
    before = {"merged_cell": [cell(5.0), cell(8.0, quarter="2025-Q4")]}
    made = only(home, before, {"merged_cell": [cell(5.0)]}, "merged_cell/WATER/JO-AM/latest")
    assert [(c.address[-7:], c.state) for c in made.watches[0].changes] == [("2025-Q4", "vanished")]
    assert made.watches[0].unchanged == 1


def test_a_metric_is_the_same_figure_whatever_the_day_since_when_it_says_so(home: Home) -> None:
    before = {"metric_value": [metric(50.0, 40.0, 60.0)]}
    later = {"metric_value": [metric(50.0, 40.0, 60.0, "2025-12-15")]}
    assert only(home, before, later, SHARE).changed == 0


@pytest.mark.parametrize(("before", "now", "state"), [(50.0, None, "withheld"), (None, 50.0, "given")])
def test_a_value_that_is_withheld_is_not_one_that_is_gone(home: Home, before: Any, now: Any, state: str) -> None:
    sides = ({"metric_value": [metric(value, None, None)]} for value in (before, now))
    change = change_of(only(home, *sides, SHARE))
    assert (change.state, change.difference) == (state, None)
    assert "no interval" in change.sentence and "50" in change.sentence


def test_a_metric_names_the_rows_of_its_inputs_that_are_new(home: Home) -> None:
    row = {"fact_id": "f1", "source_id": "water", "row_number": 1, "content_hash": "c", "revision_type": "NEW"}
    product = row | {"submission_id": "s2", "recorded_from": "2025-11-20", "product_id": "P-1", "title": "x"}
    now = {
        "metric_value": [metric(60.0, 45.0, 70.0)],
        "analysis_product": [product],
        "submission": [submission("s2", "2025-11-20")],  # its envelope says that it came before the earlier publication
    }
    change = change_of(only(home, {"metric_value": [metric(50.0, 40.0, 60.0)], "submission": []}, now, SHARE))
    assert [(r.kind, r.submission_id) for r in change.reasons] == [("rows", "s2"), ("submission", "s2")]
    assert "analysis_product" in change.reasons[0].text
    assert any("IM-01" in text for text in change.unknown)


def test_where_the_earlier_publication_is_gone_what_was_known_then_stands_for_it(home: Home) -> None:
    known = {"known_from": "2025-12-01", "known_to": "2026-01-10"}
    rows = {**names(), "merged_cell": [cell(6.0)], "merged_cell_vintage": [cell(5.0) | known]}
    folder = publish(home, "2026-02-01-b", "2026-02-01T00:00:00", rows)
    (made,) = watch_reports(home, "hmg", folder, pd.Timestamp("2026-01-01"), [act(WATER)])
    change = change_of(made)
    assert (made.basis, change.state, change.difference) == ("KNOWLEDGE", "changed", 1.0)
    assert any("method or definition" in text for text in change.unknown)
    (later,) = watch_reports(home, "hmg", folder, pd.Timestamp("2026-01-20"), [act(WATER)])
    assert change_of(later).state == "appeared"


def test_a_source_tells_files_withdrawals_and_owed_reports(home: Home) -> None:
    fresh = {"source_id": "water", "state": "FRESH", "as_of_on": "2026-01-01", "whose_turn": None}
    owed = {
        "source_id": "water",
        "org_id": "ORG-1",
        "due_on": "2025-11-01",
        "overdue_on": "2025-11-10",
        "is_derogated": False,
    }
    owed |= {"period": "2025-Q3", "period_start": "2025-07-01", "period_end": "2025-09-30"}
    states = [("FRESH", "Up to date", "محدّث"), ("OVERDUE", "Overdue", "متأخر")]
    called = [{"scheme": "freshness_state", "code": c, "label_en": en, "label_ar": ar} for c, en, ar in states]
    before = {
        "freshness": [fresh],
        "obligation": [owed | {"state": "due"}],
        "submission": [submission("s1", "2025-12-01")],
    }
    withdrawn = {"state": "withdrawn", "withdrawn_at": "2026-01-15", "withdrawn_why": "wrong <file>"}
    now = {
        "freshness": [fresh | {"state": "OVERDUE"}],
        "codelist": called,
        "obligation": [owed | {"state": "overdue"}],
        "submission": [submission("s1", "2025-12-01", **withdrawn), submission("s2", "2026-01-20")],
    }
    change = change_of(only(home, before, now, "source/water"))
    assert change.state == "changed"
    assert change.sentence == (
        "water: Up to date → Overdue; files: 1 → 2; withdrawn files: 0 → 1; reports: 1 due → 1 overdue."
    )
    folder, earlier = two(Home(home.root / "arabic", home.sources), before, now)
    (arabic,) = watch_reports(home, "hmg", folder, earlier, [act("source/water", "ar")])
    assert (
        change_of(arabic).sentence
        == "water: محدّث ← متأخر؛ الملفات: 1 ← 2؛ الملفات المسحوبة: 0 ← 1؛ التقارير: 1 مستحق ← 1 متأخر."
    )
    assert '<h3><bdi dir="rtl">water: ' in watch_page(arabic), "a Latin name at its start does not turn the sentence"
    assert [(r.kind, r.submission_id) for r in change.reasons][:2] == [("withdrawal", "s1"), ("submission", "s2")]
    assert only(Home(home.root / "same", home.sources), before, before, "source/water").changed == 0


def test_files_are_written_only_for_whom_something_changed_and_are_the_same_bytes(home: Home) -> None:
    folder, earlier = two(home, {"merged_cell": [cell(5.0)], "metric_value": [metric(50.0, 40.0, 60.0)]},
                          {"merged_cell": [cell(6.0)], "metric_value": [metric(50.0, 40.0, 60.0)]})  # fmt: skip
    assert write_watches(home, "hmg", folder) == []  # nobody follows anything
    for made in (
        act(WATER, "ar", "water team"),
        act(SHARE, "en", "others"),
        act("merged_cell/WATER/*/2025-Q3", "en", "water team"),
    ):
        Watches(home).add(made)
    written = write_watches(home, "hmg", folder)
    root = home.root / "watch" / "hmg" / "water team"
    assert written == [root / f"2026-02-01-b.{lang}.{form}" for lang in ("ar", "en") for form in ("html", "json")]
    content = [path.read_bytes() for path in written]
    assert write_watches(home, "hmg", folder, earlier) == written
    assert [path.read_bytes() for path in written] == content
    page = content[0].decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "Invented &lt;b&gt;figures&lt;/b&gt;" in page and "<b>" not in page
    assert "عمّان" in page
    assert write_watches(home, "hmg", earlier) == []  # the first publication has nothing before it


def test_codes_days_and_signed_numbers_keep_their_order_within_arabic() -> None:
    kept = '<bdi dir="ltr">{}</bdi>'.format
    assert isolated("منذ 2026-Q3: -1.3 و+0.25.") == f"منذ {kept('2026-Q3')}: {kept('-1.3')} و{kept('+0.25')}."
    assert isolated("(-1,234.5 نقطة)") == f"({kept('-1,234.5')} نقطة)"
    assert isolated("JO-AM 5.5") == f"{kept('JO-AM')} 5.5"


def test_watches_are_signed_sealed_listed_and_revoked(home: Home) -> None:
    two(home, {"merged_cell": [cell(5.0)]}, {"merged_cell": [cell(6.0)]})
    add_watch(home, WATER, "hmg", "team", "en", "to see it", NOW)
    assert [w.figure for w in watch_list(home, None).watches] == [WATER]
    assert len(Chain(home).links()) == 1
    assert show_watches(home, "hmg", None, None).reports[0].changed == 1
    with pytest.raises(UsageError, match="already"):
        add_watch(home, WATER, "hmg", "team", "en", "again", NOW)
    with pytest.raises(UsageError, match=f"Did you mean `{WATER}`"):
        remove_watch(home, WATER[:-1] + "4", "hmg", "team", "gone", NOW)
    remove_watch(home, WATER, "hmg", "team", "gone", NOW)
    assert watch_list(home, "hmg").watches == []
    assert len(Chain(home).links()) == 2
    assert Chain(home).first_broken() is None


@pytest.mark.parametrize(
    ("figure", "hint"),
    [
        ("merged_cell/WATR/JO-AM/2025-Q3", f"Did you mean `{WATER}`"),
        ("merged_cell/WATER/JO-AM/2025-Q4", f"Did you mean `{WATER}`"),
        ("merged_cell/WATER/*/2025-Q2", r"Did you mean `merged_cell/WATER/\*/2025-Q3`"),
        ("merged_cell/latest/JO-AM/2025-Q3", "`latest` stands for a quarter"),
        (f"{WATER}@2026-01-01-a", "follows what comes"),
        ("source/watr", "Did you mean `source/water`"),
        ("metric_value/IM-01/share/programme", "named by"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_the_nearest(home: Home, figure: str, hint: str) -> None:
    fresh = [{"source_id": "water", "state": "FRESH", "as_of_on": "2026-01-01"}]
    two(home, {}, {"merged_cell": [cell(5.0)], "freshness": fresh})
    with pytest.raises(UsageError, match=hint):
        add_watch(home, figure, "hmg", "team", "en", "to see it", NOW)
    for name in ("../x", "a/b", "", "x@y.org"):
        with pytest.raises(UsageError, match="--by"):
            add_watch(home, WATER, "hmg", name, "en", "to see it", NOW)
    assert watch_list(home, None).watches == []
