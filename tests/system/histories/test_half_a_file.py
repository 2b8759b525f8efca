"""A file that would take away many rows waits until a person confirms it; what follows goes by what was confirmed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from idtracker.cli import cli
from idtracker.model.home import Home
from tests.support.quarterly_programme import COURSES_HEAD
from tests.support.runs import FIGURES, SUITES, runner_without

RUNNER = runner_without(SUITES, *FIGURES)
LATER = "2025-11-{:02}T09:00:00Z".format


def query(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.published / "hmg" / "current" / "idtracker.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def rows(*numbers: int, quarter: str = "2025-Q3") -> list[str]:
    return [f"C-{n},Zarqa,{quarter},2,{10 + n}" for n in numbers]


def known(home: Home) -> int:
    return int(query(home, "SELECT count(*) FROM now.activity WHERE source_id = 'courses'")[0][0])


@pytest.fixture(params=["replace_period", "replace_all"])
def forty(request: pytest.FixtureRequest, programme: Home, drop: Callable[..., Path]) -> Home:
    """A home with forty rows, of a source that replaces periods, or everything."""
    definition = programme.sources / "courses" / "source.yml"
    definition.write_text(definition.read_text().replace("revision: replace_period", f"revision: {request.param}"))
    drop(rows=rows(*range(40)))
    RUNNER(programme).run()
    return programme


def test_a_truncated_file_waits_and_what_is_known_stays(forty: Home, drop: Callable[..., Path]) -> None:
    drop(name="courses_2.csv", rows=rows(*range(12)), received_at=LATER(1))
    (came,) = RUNNER(forty).run().submissions
    assert (came.state, came.rows_held, came.first_finding) == ("held", 12, "bounds.removal")
    assert known(forty) == 40
    ((message,),) = query(forty, "SELECT DISTINCT message FROM finding WHERE rule = 'bounds.removal'")
    assert "takes the place of 40 rows and no longer has 28 of them (70%; above 20%" in message


def test_a_person_confirms_it_and_the_next_file_is_held_against_what_was_confirmed(
    forty: Home, drop: Callable[..., Path]
) -> None:
    drop(name="courses_2.csv", rows=rows(*range(12)), received_at=LATER(1))
    (came,) = RUNNER(forty).run().submissions
    words = ["--home", str(forty.root), "--sources", str(forty.sources), "held", "confirm", came.submission_id]
    done = CliRunner().invoke(cli, [*words, "--by", "GB-GOV-8", "--why", "the courses ended"], prog_name="idtracker")
    assert done.exit_code == 0, done.output
    RUNNER(forty).run()
    assert known(forty) == 12
    content = "\n".join([COURSES_HEAD, *rows(*range(1, 12))])
    (forty.inbox / "courses" / "courses_3.csv").write_text(content + "\n", "utf-8")
    (third,) = RUNNER(forty).run().submissions
    assert (third.state, known(forty)) == ("accepted", 11)


@pytest.mark.parametrize(
    "content",
    [
        rows(*range(33)),  # 7 of 40 are gone: below the share
        rows(*range(40), quarter="2025-Q4"),  # other scopes, other keys
        [*rows(*range(30)), *(f"C-{n},Nowhere,2025-Q3,2,1" for n in range(30, 40))],  # held, but there
    ],
)
def test_what_takes_little_away_is_accepted(programme: Home, drop: Callable[..., Path], content: list[str]) -> None:
    drop(rows=rows(*range(40)))
    RUNNER(programme).run()
    drop(name="courses_2.csv", rows=content, received_at=LATER(1))
    (came,) = RUNNER(programme).run().submissions
    assert "bounds.removal" not in str(query(programme, "SELECT DISTINCT rule FROM finding"))
    assert came.rows_accepted + came.rows_unchanged > 0


def test_the_share_is_declared(programme: Home, drop: Callable[..., Path]) -> None:
    definition = programme.sources / "courses" / "source.yml"
    definition.write_text(definition.read_text().replace("held_rate: 0.5", "held_rate: 0.5, removed_rate: 0.9"))
    drop(rows=rows(*range(40)))
    drop(name="courses_2.csv", rows=rows(*range(12)), received_at=LATER(1))
    RUNNER(programme).run()
    assert known(programme) == 12
