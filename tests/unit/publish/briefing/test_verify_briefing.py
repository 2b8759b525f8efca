"""A briefing that was changed is never said to hold: 500 changes of every kind, and each check finds what no other does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import changes_of_briefing as changes
import duckdb
import pytest
from sealed_briefing import CSV, TABLES, Briefing, make_briefing

from idtracker.publish.briefing import verify_briefing as verifier
from idtracker.publish.briefing.proof import VERIFIER, copy_verifier, seal_briefing, wording_of_program

CHECKS = ("files", "texts", "printed", "tables", "csv", "recomputed")


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefing]:
    made = make_briefing(tmp_path_factory.mktemp("briefing"))
    yield made
    made.connection.close()


def _problems(made: Briefing, name: str) -> list[str]:
    """What a check says; one that cannot read what it is given has found something as well."""
    source = made.source
    pages = [verifier.Page(name, text) for name, text in made.files.items() if name.endswith(".html")]
    check = {
        "files": lambda: verifier.check_files(made.folder, made.seal),
        "tables": lambda: verifier.check_tables(source),
        "recomputed": lambda: verifier.recompute(source, {}),
        "csv": lambda: verifier.check_csv(made.folder, source),
        "printed": lambda: verifier.check_printed(source, pages, {}, {}),
        "texts": lambda: verifier.check_texts(source, pages),
    }[name]
    try:
        return list(check())
    except (duckdb.Error, KeyError, ValueError, TypeError, AttributeError) as problem:
        return [repr(problem)]


def test_what_nobody_changed_holds(briefing: Briefing) -> None:
    assert len(verifier.Page("index.html", briefing.files["index.html"]).printed) > 140
    assert {name: problems for name in CHECKS if (problems := _problems(briefing, name))} == {}


def test_500_of_500_changes_are_found(briefing: Briefing) -> None:
    random, missed, found = Random(20261115), [], Counter[tuple[str, str]]()
    for change, (times, expected) in changes.KINDS.items():
        for _ in range(times):
            with briefing.trial() as changed:
                what = change(changed, random)
                by = next((name for name in (expected, *CHECKS) if _problems(changed, name)), "")
            briefing.write()
            found[change.__name__, by] += 1
            missed += [] if by else [f"{change.__name__}: {what}"]
    assert missed == []
    assert found.total() == 500
    assert {kind for kind, _ in found} == {change.__name__ for change in changes.KINDS}


def _other_bytes(made: Briefing) -> None:
    changes.other_file(made, Random(1))


def _cell_in_parquet(made: Briefing) -> None:
    made.connection.execute("UPDATE parquet.indicator SET name = 'Another question' WHERE weight = 2")


def _line_of_csv(made: Briefing) -> None:
    changes.other_csv(made, Random(1))


def _printed(made: Briefing) -> None:
    changes.other_text(made, Random(1))


def _bare(made: Briefing) -> None:
    changes.bare_number(made, Random(1))


def _score_anew(made: Briefing) -> None:
    changes.all_sealed_anew(made, Random(1))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (_other_bytes, "files"),
        (_cell_in_parquet, "tables"),
        (_line_of_csv, "csv"),
        (_printed, "printed"),
        (_bare, "texts"),
        (_score_anew, "recomputed"),
    ],
)
def test_without_any_one_check_some_change_goes_unseen(briefing: Briefing, change: changes.Change, check: str) -> None:
    with briefing.trial() as changed:
        change(changed)
        found = [name for name in CHECKS if _problems(changed, name)]
    briefing.write()
    assert found == [check]


def test_only_the_words_beside_it_tell_an_address_of_a_row_with_the_same_value(
    briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with briefing.trial() as changed:
        changes.same_value_elsewhere(changed, Random(3))
        assert re.search("beside it stands", " ".join(_problems(changed, "printed")))
        monkeypatch.setattr(verifier.Names, "fault", lambda self, around, key: "")
        assert [name for name in CHECKS if _problems(changed, name)] == []
    briefing.write()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            '<data class="figure" data-address="score/JO/2026-Q9/ALL" data-digits="1" value="1">1.0</data>',
            "no such row",
        ),
        ('<data class="figure" data-address="scores" data-digits="1" value="1">1.0</data>', "no such row"),
        ('<data class="number">1.0</data>', "no such row"),
        ('<data class="count" data-table="secret" data-where="{}" value="1">1</data>', "no such row"),
    ],
)
def test_a_figure_that_names_nothing_is_said_to(briefing: Briefing, wrong: str, said: str) -> None:
    page = verifier.Page("index.html", f"<body><p>{wrong}</p></body>")
    assert said in next(verifier.check_printed(briefing.source, [page], {}, {}))


def test_a_sealed_folder_beside_its_publication_holds_until_a_page_is_changed(
    briefing: Briefing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "briefing"
    (tmp_path / "parquet").mkdir()
    (folder / "data").mkdir(parents=True)
    briefing.connection.execute(f"ATTACH '{tmp_path / verifier.DATABASE}' AS disk")
    for table in TABLES:
        briefing.connection.execute(f"CREATE TABLE disk.main.{table} AS SELECT * FROM main.{table}")
        briefing.connection.execute(f"COPY main.{table} TO '{tmp_path / 'parquet' / table}.parquet'")
    briefing.connection.execute("DETACH disk")
    (tmp_path / "manifest.json").write_text(json.dumps(briefing.manifest), "utf-8")
    for name, text in briefing.files.items():
        (folder / name).write_bytes(text.encode())
    copy_verifier(folder)
    seal_briefing(folder, tmp_path, CSV, ["90 %"])
    assert verifier.main(folder, tmp_path) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("all of it holds, publication 2026-11-15-")
    page = briefing.files["index.html"]
    (folder / "index.html").write_text(page.replace(">65.0<", ">56.0<", 1), "utf-8")
    assert verifier.main(folder, tmp_path) == 1
    assert re.search(r"printed `56\.0`: 65\.0\d* is 65\.0", capsys.readouterr().out)


def test_what_pages_and_metrics_say_themselves_is_no_number() -> None:
    wording = wording_of_program()
    assert wording, "nothing would be allowed"
    assert [text for text in wording if re.fullmatch(r"[\d.,%\s-]*", text)] == []


def test_it_runs_alone_and_says_that_there_is_nothing_to_hold_it_against(tmp_path: Path) -> None:
    copy_verifier(tmp_path)
    ran = subprocess.run([sys.executable, "-I", tmp_path / VERIFIER], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "")
    assert ran.stdout.startswith("There is nothing to hold the briefing against")


def test_it_is_short_and_needs_the_standard_library_and_duckdb_alone(tmp_path: Path) -> None:
    lines = copy_verifier(tmp_path).read_text("utf-8").splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines if re.match(r"(from|import) ", line)}
    assert len(lines) < 300
    assert imported - set(sys.stdlib_module_names) == {"duckdb"}
