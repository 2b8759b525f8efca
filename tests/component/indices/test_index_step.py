"""The step of the indices: what it writes, what it does again, and what one wrong index leaves alone."""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta
from pathlib import Path

import pytest

from idtracker.ingest.indices.editions import IndexEditions
from idtracker.ingest.landing.audit import Audited
from idtracker.ingest.landing.chain import Chain
from idtracker.model.home import Home
from idtracker.operate.custody.audit_indices import audit_indices
from tests.support.programmes.index_programme import HD, NOW, name_indices, put, step, stored

HDI = {"id": "hd", "method": "HDI", "data": "_indices/hd.csv"}
TITLE = {"en": "Human development", "ar": "التنمية البشرية"}


FIGURES = {"North": (71.5, 12.4, 9.1, 6100), "West": (66, 9.8, 5.2, 3300)}


def hdi(unit: str) -> float:
    """By technical note 1, from the figures of the file."""
    life, expected, mean, income = FIGURES[unit]
    schooling = (expected / 18 + mean / 15) / 2
    return ((life - 20) / 65 * schooling * math.log(income / 100) / math.log(75000 / 100)) ** (1 / 3)


@pytest.fixture
def named(home: Home) -> Home:
    name_indices(home, {**HDI, "title": TITLE})
    put(home, "_indices/hd.csv", HD)
    return home


def test_scores_are_those_of_the_published_formula(named: Home) -> None:
    """Technical note 1: means of goalpost shares, income in logarithms, and the geometric mean of the three."""
    said = step(named)
    assert (said.figures["worked_out"], said.figures["unchanged"]) == (["hd"], [])
    rows = stored(named, "index_score").set_index(["unit_name", "node_code"])
    assert len(rows) == 4 * 6
    for unit, (_, expected, mean, income) in FIGURES.items():
        schooling = (expected / 18 + mean / 15) / 2
        earned = math.log(income / 100) / math.log(75000 / 100)
        assert rows.loc[(unit, "HDI"), "score"] == pytest.approx(hdi(unit), abs=1e-12)
        assert rows.loc[(unit, "EDUCATION"), "score"] == pytest.approx(schooling, abs=1e-12)
        assert rows.loc[(unit, "GNI"), "score"] == pytest.approx(earned, abs=1e-12)
        assert rows.loc[(unit, "GNI"), "value"] == income
    ranks = rows.xs("HDI", level="node_code")["rank"]
    assert ranks.dropna().to_dict() == {"North": 1, "East": 2, "West": 3}
    assert (
        not rows.xs("HDI", level="node_code")["is_indicator"].any()
        and rows.xs("LE", level="node_code")["is_indicator"].all()
    )


def test_what_is_missing_says_so_in_its_own_row(named: Home) -> None:
    step(named)
    rows = stored(named, "index_score").set_index(["unit_name", "node_code"])
    south = rows.loc[("South", "HDI")]
    assert math.isnan(south["score"]) and math.isnan(south["rank"]) and math.isnan(south["imputed_share"])
    assert south["findings"].startswith("HDI of South stays empty")
    assert rows.loc[("South", "EDUCATION"), "score"] > 0 and rows.drop("South", level=0)["findings"].isna().all()
    [index] = stored(named, "programme_index").to_dict("records")
    counts = {name: int(index[name]) for name in ("rows_read", "unit_count", "scored_count", "finding_count")}
    assert counts == {"rows_read": 4, "unit_count": 4, "scored_count": 3, "finding_count": 1}


def test_the_index_names_its_method_and_the_edition_of_its_data(named: Home) -> None:
    said = step(named)
    digest = hashlib.sha256(HD.encode()).hexdigest()
    [index] = stored(named, "programme_index").to_dict("records")
    assert (index["title"], index["title_ar"], index["method_version"]) == (TITLE["en"], TITLE["ar"], "HDI-2014")
    assert (index["data_sha256"], int(index["edition_number"])) == (digest, 1)
    assert index["first_seen_at"] == NOW.replace(tzinfo=None)
    assert index["is_worked_out"] and index["root_code"] == "HDI"
    assert set(stored(named, "index_score")["data_sha256"]) == {digest}
    shown = said.figures["indices"]["hd"]  # type: ignore[index]
    assert (shown["first"], shown["last"], shown["scored_count"]) == (
        f"North {hdi('North'):.4g}",
        f"West {hdi('West'):.4g}",
        3,
    )
    assert shown["data_sha256"] == digest


def test_a_run_without_a_change_works_nothing_out(named: Home) -> None:
    first = step(named)
    before = stored(named, "index_score")
    again = step(named, NOW + timedelta(days=40))
    assert first.figures["worked_out"] == ["hd"]
    assert (again.figures["worked_out"], again.figures["unchanged"]) == ([], ["hd"])
    assert again.version == first.version
    assert stored(named, "index_score").equals(before)
    assert len(IndexEditions(named).of("hd")) == 1, "nothing is added to the record either"
    assert step(named, is_thorough=True).figures["worked_out"] == ["hd"], "unless everything is to be made anew"
    assert stored(named, "index_score").equals(before)


def test_another_method_entry_or_edition_is_worked_out_again_and_alone(named: Home) -> None:
    put(named, "_indices/other.csv", HD)
    other = {"id": "other", "method": "HDI", "data": "_indices/other.csv"}
    name_indices(named, HDI, other)
    assert step(named).figures["worked_out"] == ["hd", "other"]
    put(named, "_indices/hd.csv", HD.replace("71.5", "72.5"))
    said = step(named)
    assert (said.figures["worked_out"], said.figures["unchanged"]) == (["hd"], ["other"])
    name_indices(named, HDI, {**other, "handling": {"classification": "OFFICIAL-SENSITIVE"}})
    assert step(named).figures["worked_out"] == ["other"]
    source = Path(__file__).parents[3] / "idtracker" / "model" / "composite" / "data" / "HDI.yml"
    put(named, "_methods/HDI.yml", source.read_text("utf-8").replace("HDI-2014", "HDI-OWN"))
    assert step(named).figures["worked_out"] == ["hd", "other"], "a method of the programme stands before a shipped one"
    assert set(stored(named, "index_score")["method_version"]) == {"HDI-OWN"}
    name_indices(named, other)
    step(named)
    assert stored(named, "programme_index")["index_id"].tolist() == ["other"]
    assert set(stored(named, "index_score")["index_id"]) == {"other"}
    name_indices(named, HDI, other)
    assert "hd" in step(named).figures["worked_out"], "one that is named again is worked out again"  # type: ignore[operator]
    assert len(stored(named, "index_score", "hd")) == 24


def test_nothing_is_for_more_groups_than_the_programme_unless_it_says_so(named: Home) -> None:
    put(named, "_indices/open.csv", HD)
    name_indices(
        named, HDI, {**HDI, "id": "open", "data": "_indices/open.csv", "handling": {"releasable_to": ["HMG", "PUBLIC"]}}
    )
    step(named)
    for table in ("programme_index", "index_score"):
        marks = stored(named, table)[["index_id", "classification", "releasable_to"]].drop_duplicates()
        assert marks.to_numpy().tolist() == [["hd", "OFFICIAL", "HMG"], ["open", "OFFICIAL", "HMG;PUBLIC"]]


WRONG: dict[str, tuple[dict[str, str], str | bytes | None, str]] = {
    "no file": ({}, None, "_indices/wrong.csv cannot be read (No such file or directory)"),
    "no method": ({"method": "HDX"}, HD, "there is no method `HDX`; did you mean `HDI`?"),
    "the tracker's own method": ({"method": "STAB-1.2"}, HD, "the tracker's own method"),
    "a method that is wrong": ({"method": "BROKEN"}, HD, "sources/_methods/BROKEN.yml:1"),
    "another table": ({}, "district,FOOD\nNorth,3\n", "data file and method do not go together. The data have no column `LE`"),
    "one column under another name": ({}, HD.replace("GNI", "INCOME"), "The data have no column `GNI`, which GNI needs."),
    "a heading twice": ({}, HD.replace("MYS", "EYS"), "heading `EYS` stands twice"),
    "a workbook": ({}, b"PK\x03\x04\xff\xfe\x00", "is not UTF-8 text: save it as CSV"),
    "nothing": ({}, "", "is no table"),
    "headings alone": ({}, "district,LE,EYS,MYS,GNI\n", "no unit has a score"),
    "no value at all": ({}, "district,LE,EYS,MYS,GNI\nNorth,,,,\n", "no unit has a score"),
    "a marked file": ({}, f"SECRET\n{HD}", "is marked SECRET: it is not looked into"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_index_stops_itself_alone_and_says_why(named: Home, case: str) -> None:
    changes, content, said = WRONG[case]
    put(named, "_methods/BROKEN.yml", "method_version: B-1\n")
    if content is not None:
        put(named, "_indices/wrong.csv", content)
    name_indices(named, {"id": "wrong", "method": "HDI", "data": "_indices/wrong.csv", **changes}, HDI)
    result = step(named)
    [check] = result.checks
    assert not check.passed and not check.is_error
    assert (
        check.description
        and check.description.startswith("sources/programme.yml: indices: wrong: ")
        and said in check.description
    )
    assert str(named.root.parent) not in check.description, "no path of a machine is published"
    rows = stored(named, "programme_index").set_index("index_id")
    assert rows["is_worked_out"].to_dict() == {"hd": True, "wrong": False}
    assert rows.loc["wrong", "problem"] == check.description
    assert set(stored(named, "index_score")["index_id"]) == {"hd"} and len(stored(named, "index_score")) == 24
    again = step(named)
    assert (again.figures["worked_out"], again.checks) == ([], result.checks), "unchanged, and said again"
    put(named, "_indices/wrong.csv", HD)
    name_indices(named, {"id": "wrong", "method": "HDI", "data": "_indices/wrong.csv"}, HDI)
    mended = step(named)
    assert mended.checks[0].passed and mended.figures["worked_out"] == ["wrong"]


def test_an_index_whose_file_went_away_has_no_scores_left(named: Home) -> None:
    step(named)
    assert len(stored(named, "index_score")) == 24
    (named.sources / "_indices" / "hd.csv").unlink()
    assert not step(named).checks[0].passed
    assert stored(named, "index_score").empty


def test_nothing_of_a_marked_file_is_kept(named: Home) -> None:
    put(named, "_indices/hd.csv", f"TOP SECRET\n{HD}")
    step(named)
    kept = [
        path
        for path in named.root.rglob("*")
        if path.is_file() and b"TOP SECRET" in path.read_bytes() and path.suffix != ".duckdb"
    ]
    assert IndexEditions(named).of("hd") == [] and kept == []


def test_editions_are_on_record_and_sealed(named: Home) -> None:
    later = HD.replace("71.5", "72.5")
    for days, content in enumerate((HD, later, HD)):
        put(named, "_indices/hd.csv", content)
        step(named, NOW + timedelta(days=days))
    editions = IndexEditions(named).of("hd")
    assert [(e.number, e.seen_at) for e in editions] == [(n + 1, NOW + timedelta(days=n)) for n in range(3)]
    assert [IndexEditions(named).content(e).decode() for e in editions] == [HD, later, HD]
    [index] = stored(named, "programme_index").to_dict("records")
    assert int(index["edition_number"]) == 3
    chain = Chain(named)
    assert len(chain.links()) == 3 and chain.unsealed() == [] and chain.first_broken() is None


def test_a_past_instant_has_the_edition_of_then(named: Home) -> None:
    later = HD.replace("71.5", "72.5")
    for days, content in ((0, HD), (2, later)):
        put(named, "_indices/hd.csv", content)
        step(named, NOW + timedelta(days=days))
    now = stored(named, "index_score")
    then = NOW + timedelta(days=1)
    step(named, then, until=then)
    [index] = stored(named, "programme_index").to_dict("records")
    assert (int(index["edition_number"]), index["data_sha256"]) == (1, hashlib.sha256(HD.encode()).hexdigest())
    value = stored(named, "index_score").set_index(["unit_name", "node_code"]).loc[("North", "LE"), "value"]
    assert value == 71.5
    before = NOW - timedelta(days=1)
    said = step(named, before, until=before)
    assert said.checks[0].passed, "it is nobody's fault, and it is said"
    [index] = stored(named, "programme_index").to_dict("records")
    assert (
        not index["is_worked_out"]
        and index["findings"] == "No edition of _indices/hd.csv had been seen by 2026-05-31 12:00 UTC."
    )
    assert stored(named, "index_score").empty
    assert len(IndexEditions(named).of("hd")) == 2, "the record of now is not changed by looking back"
    step(named, NOW + timedelta(days=3))
    assert stored(named, "index_score").equals(now)


def test_what_is_made_again_rests_on_the_record_and_adds_nothing_to_it(named: Home) -> None:
    step(named)
    kept = stored(named, "index_score")
    put(named, "_indices/hd.csv", HD.replace("71.5", "72.5"))
    again = step(named, takes_new=False)
    assert again.figures["worked_out"] == [] and stored(named, "index_score").equals(kept)
    fresh = Home(named.root.parent / "fresh", named.sources)
    fresh.root.mkdir()
    fresh.landing.symlink_to(named.landing)
    step(fresh, takes_new=False)
    assert stored(fresh, "index_score").equals(kept) and not kept.empty
    assert stored(fresh, "programme_index").equals(stored(named, "programme_index"))
    assert len(IndexEditions(named).of("hd")) == 1


def test_a_damaged_edition_is_named_by_verify(named: Home) -> None:
    step(named)
    audited = Audited()
    audit_indices(named, audited)
    assert audited.problems == []
    [edition] = IndexEditions(named).of("hd")
    (IndexEditions(named).folder / "_bytes" / edition.sha256).write_text("other", "utf-8")
    audit_indices(named, audited)
    [problem] = audited.problems
    assert problem.place.endswith(edition.sha256) and "was changed since it was kept" in problem.problem


def test_a_programme_without_indices_has_empty_tables(home: Home) -> None:
    name_indices(home)
    said = step(home)
    assert (said.figures["worked_out"], said.figures["unchanged"], said.checks[0].passed) == ([], [], True)
    assert stored(home, "index_score").empty and stored(home, "programme_index").empty
    assert not (home.landing / "ledger").exists()
