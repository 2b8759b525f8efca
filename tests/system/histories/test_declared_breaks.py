"""A home with declared breaks and a split place: going on equals making all from nothing, and rows in equal rows out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.proofs.instants import COMPARED
from benchmarks.proofs.small_programme import END, Delivery, derive
from idtracker.analyse.warning.known_series import read_series
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.model.periods import quarter_number
from idtracker.model.register.register import Register
from idtracker.model.warnings.rule import Subject
from idtracker.operate.services.warnings.known import known_to
from idtracker.operate.steps.registers import write_registers
from idtracker.quality.reconciliation import accounts
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from idtracker.store.history.recorded_changes import forget_changes
from tests.support.small_programme import text_of

LATER = END + timedelta(hours=12)
FILES = {
    "series_breaks": text_of(
        "break_id,indicator_id,source_id,valid_from,kind,crosswalk,factor,addend,crosswalk_error,reason",
        [
            "VOICE-2025,VOICE,,2025-04-01,definition,none,,,,another question",
            "WORK-2025,WORK,partner,2025-07-01,base,linear,0.5,3,2,another base",
        ],
    ),
    "places": text_of(
        "place_id,name,level,parent_id,population,valid_from,valid_to",
        [
            "JO-PO,Old Province,adm1,JO,1000,,2025-03-31",
            "JO-N1,New One,adm1,JO,600,2025-04-01,",
            "JO-N2,New Two,adm1,JO,400,2025-04-01,",
        ],
    ),
    "place_shares": text_of(
        "from_place_id,to_place_id,valid_from,share,share_error,source",
        ["JO-PO,JO-N1,2025-04-01,0.6,5,census", "JO-PO,JO-N2,2025-04-01,0.4,5,census"],
    ),
}


def declare(home: Home) -> None:
    for name, text in FILES.items():
        (home.sources / "_reference" / f"{name}.csv").write_text(text, "utf-8")
    write_registers(home, load_catalogue(home.sources))


@pytest.fixture(scope="module")
def homes(
    received: Callable[[str | None], tuple[Home, list[Delivery]]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, Home]:
    """A home that was derived with its declarations before a late correction, and one that works all of it out at once."""
    home, _ = received("2024-Q4")
    declare(home)
    at = (END + timedelta(hours=2)).replace(tzinfo=None)
    with open_store(home) as store:
        store.execute("UPDATE observation SET place_id = 'JO-PO' WHERE place_id = 'JO-KA' AND period < '2025-Q2'")
        forget_changes(store)
    derive(home, LATER - timedelta(hours=11), LATER - timedelta(hours=11), publish=False)
    with open_store(home) as store:
        store.execute("CREATE TEMP TABLE one AS FROM observation WHERE period = '2025-Q1' AND recorded_to IS NULL")
        store.execute("UPDATE observation SET recorded_to = ? WHERE fact_id IN (SELECT fact_id FROM one)", [at])
        store.execute(
            "INSERT INTO observation SELECT * REPLACE (value + 9 AS value, CAST(? AS TIMESTAMP) AS recorded_from) FROM one",
            [at],
        )
        forget_changes(store)
    fresh = replace(home, root=tmp_path_factory.mktemp("fresh") / "home")
    shutil.copytree(home.root, fresh.root, symlinks=True)
    with open_store(fresh) as store:
        store.execute("DELETE FROM _moment")
    for one in (home, fresh):
        derive(one, LATER, LATER, publish=False)
    return home, fresh


def hashes(home: Home) -> dict[str, str]:
    with open_store(home) as store:
        return content_hashes(store, [t for t in COMPARED if t != "run"])


def asked(home: Home, query: str) -> list[tuple[object, ...]]:
    with open_store(home) as store:
        return store.execute(query).fetchall()


def test_going_on_equals_making_all_from_nothing(homes: tuple[Home, Home]) -> None:
    assert hashes(homes[0]) == hashes(homes[1])


def test_every_observation_has_a_fate(homes: tuple[Home, Home]) -> None:
    account = accounts.reconcile_cells(homes[0], load_catalogue(homes[0].sources), LATER, LATER, every=True)
    assert account.is_whole, account.failing


def test_new_places_have_the_past_of_the_old_one(homes: tuple[Home, Home]) -> None:
    query = "SELECT indicator_id, period, value, roll_up FROM merged_cell JOIN indicator USING (indicator_id) WHERE NOT is_carried AND place_id = '{}'"
    old = {(i, p): v for i, p, v, _ in asked(homes[0], query.format("JO-PO"))}
    new = {(i, p): v for i, p, v, _ in asked(homes[0], query.format("JO-N1"))}
    new = {key: value for key, value in new.items() if key[1] < "2025-Q2"}
    assert old.keys() == new.keys(), "the old place has nothing after its end, not even a zero that is computed"
    assert {name for name, _ in new} >= {"EVENTS", "VOICE"}
    for (indicator, period), value in new.items():
        assert value == pytest.approx(old[indicator, period] * (0.6 if indicator == "EVENTS" else 1.0))


def test_the_trend_and_the_change_name_the_break_whether_or_not_something_was_reported_then(
    homes: tuple[Home, Home],
) -> None:
    with_voice = "place_id IN (SELECT place_id FROM merged_cell WHERE indicator_id = 'VOICE')"
    seen = asked(
        homes[0],
        f"SELECT DISTINCT series_break FROM trend WHERE {with_voice} AND node_code = 'BSF1' AND period >= '2025-Q2' ORDER BY ALL",
    )
    assert ("2025-Q2",) in seen and (None,) not in seen, "later ones are what reports state themselves"
    carried = asked(
        homes[0],
        "SELECT * FROM merged_cell WHERE indicator_id = 'VOICE' AND period >= '2025-Q2' AND origin_period < '2025-Q2'",
    )
    assert carried == []
    causes = asked(
        homes[0],
        "SELECT DISTINCT period, indicator_id FROM score_change WHERE cause = 'BREAK' AND basis = 'PERIOD' AND since_period < period",
    )
    assert ("2025-Q2", "VOICE") in causes and {name for _, name in causes} == {"VOICE"}


def test_a_warning_rule_sees_the_break_and_does_not_look_across(homes: tuple[Home, Home]) -> None:
    catalogue = load_catalogue(homes[0].sources)
    subjects = [Subject(indicator="VOICE"), Subject(node="BSF1"), Subject(node="BSF2")]
    at = pd.Timestamp(LATER).tz_localize(None)
    with open_store(homes[0]) as store:
        series = read_series(store, subjects, [at], known_to(catalogue), catalogue.methods).series
        states = dict(
            store.execute(
                "SELECT place_id, list(DISTINCT period) FROM merged_cell WHERE indicator_id = 'VOICE' AND obs_status = 'B' GROUP BY ALL"
            ).fetchall()
        )
    begins = quarter_number("2025-Q2")
    for code in ("VOICE", "BSF1"):
        of_code = {place: one for (_, place, name), one in series.items() if name == code}
        seen = {place for place, one in of_code.items() if begins in one.breaks}
        assert seen >= {"JO-N1", "JO-N2", "JO-PO"} & of_code.keys() and seen, code
    silent = [place for place in seen if "2025-Q2" not in states.get(place, [])]
    assert silent, "the break holds where nothing was reported in its quarter"
    assert all(begins not in one.breaks for (_, _, name), one in series.items() if name == "BSF2")


def test_a_declaration_that_begins_later_is_set_aside_until_then(homes: tuple[Home, Home]) -> None:
    catalogue = load_catalogue(homes[0].sources)
    before, after = catalogue.on(datetime(2025, 3, 1, tzinfo=UTC)), catalogue.on(datetime(2025, 8, 1, tzinfo=UTC))
    assert after.register.fingerprint == catalogue.register.fingerprint
    assert before.register.fingerprint != catalogue.register.fingerprint
    assert before.register.series_breaks.empty and before.register.place_shares.empty
    assert sum("lies in the future" in text for text in before.set_aside) == 4


def test_a_wrong_declaration_is_named_and_left_out_and_the_others_hold(
    homes: tuple[Home, Home], tmp_path: Path
) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(homes[0].sources, sources)
    path = sources / "_reference" / "series_breaks.csv"
    path.write_text(path.read_text("utf-8") + "LOST,NOTHING,nobody,2025-04-01,base,linear,0,,1,x\n", "utf-8")
    register, wrong = Register.sound(sources, ["survey", "partner"])
    assert register.series_breaks["break_id"].tolist() == ["VOICE-2025", "WORK-2025"]
    assert len(wrong) == 3 and all("series_breaks.csv:4" in text for text in wrong)
