"""The latest round's uncertainty in a home: written with the scores, left alone, made again alike, and as it was known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from idtracker.analyse.sensitivity import derive
from idtracker.analyse.sensitivity.derive import ROUND_TABLES
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.tables import TABLES, schema_of
from idtracker.operate.custody.rebuild import rebuild
from idtracker.publish.tracker import Tracker
from tests.support.runs import METRICS, SUITES, runner_without

RUNNER = runner_without(SUITES, METRICS)


def tables(home: Home) -> dict[str, pd.DataFrame]:
    with Tracker(home) as tracker:
        return {name: tracker.sql(f"SELECT * FROM {name} ORDER BY ALL") for name in ROUND_TABLES}


def test_the_latest_round_is_drawn_once_and_as_known_at_a_past_day(
    programme: Home, drop: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    drop()
    run = RUNNER(programme).run(full=True)
    assert run.outcome == "done", run.failures
    first = tables(programme)
    for name, frame in first.items():
        schema_of(TABLES[name]).validate(derive.conform_types(frame, TABLES[name]))
    with Tracker(programme) as tracker:
        latest = tracker.sql("SELECT max(period) AS p FROM score")["p"].iloc[0]
        assert first["score_uncertainty"]["period"].unique().tolist() == [latest]
        scored = tracker.sql(f"SELECT count(*) AS n FROM score WHERE period = '{latest}' AND expected_count > 0")[
            "n"
        ].iloc[0]
        assert len(first["score_uncertainty"]) == len(first["score_reliability"]) == scored
    with Tracker(programme).as_known_at("2100-01-01") as later:
        drawn = later.uncertainty()
        for name, frame in first.items():
            assert len(drawn[name]) == len(frame)
            figures = frame.select_dtypes("number").columns
            together = [t[figures].sort_values(list(figures), ignore_index=True) for t in (drawn[name], frame)]
            pd.testing.assert_frame_equal(*together, check_dtype=False)
            assert name not in later.tables
            with pytest.raises(UsageError, match="is not kept for a past instant"):
                later.table(name)
    with Tracker(programme) as tracker:
        again = tracker.uncertainty(latest, 1000)["rank_acceptability"]
        assert sorted(again["share"]) == sorted(first["rank_acceptability"]["share"])
    with Tracker(programme).as_known_at("1990-01-01") as nothing:
        assert nothing.uncertainty() == {}
    monkeypatch.setattr(derive, "worked_out", lambda *_: pytest.fail("nothing changed"))
    assert RUNNER(programme).run().outcome == "nothing_new"
    monkeypatch.undo()
    made = rebuild(programme, load_catalogue(programme.sources), datetime.now(UTC))
    assert not [d for d in made.differing if d.table in ROUND_TABLES]
