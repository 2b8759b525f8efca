"""A publication for partners is the one that would be made had nobody ever sent what partners may not see: tables, files, manifest, exports."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from unittest.mock import Mock
from zipfile import ZipFile

import pytest

from idtracker.ingest.access.log import Access, AccessLog
from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import write_json
from idtracker.model.home import Home
from idtracker.model.marking import Marking
from idtracker.model.published.audience import Audience, Embargo
from idtracker.model.tables import TABLES
from idtracker.operate.audiences.publish_seen import is_current_for, publish_seen
from idtracker.operate.custody.verify import verify
from idtracker.operate.pipeline import derive_steps, run_steps
from idtracker.operate.step import Context
from idtracker.publish.current import open_current
from idtracker.publish.export.inside.write_files import add_files
from idtracker.publish.export.write_export import export_publication
from idtracker.publish.tracker import Tracker
from idtracker.store.copies import LOGS
from tests.support.runs import run_all
from tests.support.small_programme import COURSES, PRODUCTS, SURVEY, drop, text_of, write_programme

NOW = datetime(2026, 2, 10, tzinfo=UTC)
PROGRAMME = """\
title: Programme of a test
country: JO
notice: "Invented figures [of a test]."
clock: 2026-02-10
tracker: {first: 2025-Q1, last: 2025-Q4}
handling: {releasable_to: [HMG, PARTNERS]}
audiences:
  - {id: partners, title: Partners, groups: [PARTNERS], smallest_count: 0}
"""
READERS = """\
readers:
  - {org_id: GB-GOV-8, users: [desk-*], since: 2026-01-01}
  - {org_id: GB-GOV-1, audience: partners, since: 2026-01-01}
"""
MARKED = "  - {field: releasable_to, heading: Shared}\n"
SOURCES = {
    "survey": SURVEY + MARKED + "handling: {releasable_to: [HMG, PARTNERS]}\n",
    "courses": COURSES + MARKED + "handling: {releasable_to: [HMG]}\n",
    "products": PRODUCTS + "handling: {releasable_to: [HMG]}\n",
}
SECRETS = ("QUIET", "desk-", "PR-1-", "courses_hmg", "survey_hmg", "4.321")


def make(folder: Path, *, is_whole: bool) -> Home:
    """The home with every row, or with those alone that partners may see."""
    sources = dict(SOURCES) if is_whole else {name: text for name, text in SOURCES.items() if name != "products"}
    home = Home(folder / "var", write_programme(folder / "sources", sources, PROGRAMME + (READERS if is_whole else "")))
    unseen = ["WORK,JO-AM,2025-Q3,4.321,HMG", "WORK,JO-IR,2025-Q3,4.321,HMG"] if is_whole else []
    seen = [
        "VOICE,JO-AM,2025-Q3,61,HMG;PARTNERS",
        "VOICE,JO-IR,2025-Q3,55,",
        "VOICE,JO-AM,2025-Q4,60,HMG;PARTNERS",
        "WORK,Nowhere,2025-Q4,9,",
    ]
    rows = [*unseen[:1], seen[0], *unseen[1:], *seen[1:]]
    survey, courses = "Indicator,Area,Quarter,Value,Shared", "Ref,Governorate,Began,Trained,Shared"
    quiet = ["QUIET,JO-AM,2025-10-01,30,HMG"] if is_whole else []
    name = "survey_1.csv" if is_whole else "survey_b.csv"
    drop(home.root, "survey", name, text_of(survey, rows), "2026-01-05T08:00:00Z")
    open_rows = [*quiet, "OPEN,JO-IR,2025-10-01,40,PARTNERS"]
    drop(home.root, "courses", "courses_1.csv", text_of(courses, open_rows), "2026-01-06T08:00:00Z")
    if is_whole:
        more = text_of(courses, ["QUIET-2,JO-AM,2025-11-01,3,HMG"])
        drop(home.root, "courses", "courses_hmg.csv", more, "2026-01-07T08:00:00Z")
        more = text_of(survey, ["VOICE,JO-MA,2025-Q4,20,HMG"])
        drop(home.root, "survey", "survey_hmg.csv", more, "2026-01-08T08:00:00Z")
        more = text_of("Product,Type,Completed", ["PR-1-CONFLICT,CONFLICT,2025-12-01"])
        drop(home.root, "products", "products.csv", more, "2026-01-09T08:00:00Z")
        read_before(home)
    run_all(home, catalogue_of(home), NOW)
    return home


def read_before(home: Home) -> None:
    """What was read by others while nothing of it was published yet: a log that begins early enough, and reads of both audiences."""
    (home.landing / "ledger").mkdir(parents=True, exist_ok=True)
    for day, user, command, audience in [
        (1, "svc", "publish", "partners"),
        (2, "desk-1", "query", "hmg"),
        (3, "guest", "query", "partners"),
    ]:
        AccessLog(home).add(Access(datetime(2026, 1, day, tzinfo=UTC), user, command, audience, "P", {}))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Home]:
    """Everything sent, and what partners may see alone sent."""
    return make(tmp_path_factory.mktemp("whole"), is_whole=True), make(tmp_path_factory.mktemp("seen"), is_whole=False)


def test_a_folder_of_an_audience_holds_nothing_else(homes: tuple[Home, Home]) -> None:
    """Its working files, which are never published, are those of the other world as well, but for what they were made from."""
    trees = [
        {p.relative_to(own).as_posix() for p in own.rglob("*") if p.is_file() and "store" not in p.parts}
        for own in (home.root / "audiences" / "partners" for home in homes)
    ]
    assert trees[0] == trees[1]
    own = homes[0].root / "audiences" / "partners"
    made = ("released.json", "made_from.json")
    texts = [p for p in own.rglob("*") if p.is_file() and p.name not in made]
    assert not [p.name for p in texts if any(secret.encode() in p.read_bytes() for secret in SECRETS)]


def tables_of(home: Home, audience: str) -> dict[str, list[tuple[object, ...]]]:
    with open_current(home, audience) as connection:
        there = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {name: connection.execute(f'FROM "{name}" ORDER BY ALL').fetchall() for name in there}


def test_partners_get_what_they_would_get_had_nothing_else_been_sent(homes: tuple[Home, Home]) -> None:
    whole, seen = (tables_of(home, "partners") for home in homes)
    assert {name for name, rows in whole.items() if rows} >= {
        "observation",
        "activity",
        "merged_cell",
        "score",
        "metric_value",
        "submission",
    }
    assert whole == seen
    owners = tables_of(homes[0], "hmg")
    assert len(owners["observation"]) > len(whole["observation"]) > 0
    manifests = [
        json.loads((home.published / "partners" / "current" / "manifest.json").read_text("utf-8")) for home in homes
    ]
    assert manifests[0] == manifests[1]


def test_no_file_of_it_tells_of_anything_else(homes: tuple[Home, Home], tmp_path: Path) -> None:
    """By identifier, by attached findings, by recipients, by another format, by totals and by the bytes of the database."""
    home = homes[0]
    for form in ("csv", "xlsx", "parquet", "sdmx"):
        export_publication(home, tmp_path / form, "partners", form)
    published = home.published / "partners" / "current"
    files = [p for root in (published.resolve(), tmp_path) for p in root.rglob("*") if p.is_file()]
    assert len(files) > 50
    names = [p.name for p in files if any(secret in p.name for secret in SECRETS)]
    texts = [p.name for p in files if any(secret.encode() in p.read_bytes() for secret in SECRETS)]
    assert not names and not texts
    assert not (published / "data_docs").exists()
    rows = tables_of(home, "partners")
    assert {r for name in rows for row in rows[name] for r in [row[_place(name, "releasable_to")]]} <= {
        "PARTNERS",
        None,
    }
    assert not any(
        rows[name]
        for name in (
            *("finding", "audit", "readership", "run", "waiver", "adjudication", "resolution"),
            *("reconciliation", "drift"),
        )
    )
    assert len(tables_of(home, "hmg")["readership"]) == 4
    assert "held_row" not in rows
    (survey, *others) = [row for row in rows["submission"] if row[_place("submission", "source_id")] == "survey"]
    assert (
        not others
        and survey[_place("submission", "rows_read")] == 4
        and survey[_place("submission", "size_bytes")] is None
    )


def test_no_format_in_it_tells_of_anything_else(homes: tuple[Home, Home]) -> None:
    """Every file is, byte for byte, the one that would be there had nothing else been sent; and what is packed is unpacked and searched."""
    trees = []
    for home in homes:
        audience = catalogue_of(home).programme.audience_by_id["partners"]
        asked = ("csv", "xlsx", "parquet", "sdmx", "gpkg", "geoparquet", "croissant", "odcs")
        folder = add_files(home, replace(audience, formats=asked)).folder
        paths = [p for p in folder.rglob("*") if p.is_file() and p.name != "idtracker.duckdb"]
        trees.append({p.relative_to(folder).as_posix(): p.read_bytes() for p in paths})
    assert len([name for name in trees[0] if name.startswith(("csv/", "contracts/"))]) > 100
    assert {"xlsx/tables_en.xlsx", "xlsx/tables_ar.xlsx", "gpkg/places.gpkg", "croissant.json"} <= set(trees[0])
    logs = {f"{folder}/{table}.{form}" for table in LOGS for folder, form in (("csv", "csv"), ("parquet", "parquet"))}
    assert [name for name in trees[0] if name not in logs and trees[0][name] != trees[1].get(name)] == []
    assert set(trees[0]) == set(trees[1])
    parts = dict(trees[0])
    for name in [name for name in parts if name.endswith(".xlsx")]:
        with ZipFile(BytesIO(parts[name])) as book:
            parts |= {f"{name}:{part}": book.read(part) for part in book.namelist()}
    assert len(parts) > len(trees[0]) + 100
    assert [name for name, content in parts.items() if any(secret.encode() in content for secret in SECRETS)] == []
    assert any(b"OPEN" in content for content in parts.values())  # the search would find what is there


def _place(table: str, column: str) -> int:
    return [spec.name for spec in TABLES[table].columns].index(column)


@pytest.mark.parametrize("at", ["2026-01-05T12:00:00Z", "2026-01-07T12:00:00Z"])
def test_it_is_as_known_at_any_instant(homes: tuple[Home, Home], at: str) -> None:
    known = []
    for home in homes:
        with Tracker(home, "partners").as_known_at(at) as tracker:
            known.append(
                {name: sorted(map(str, tracker.sql(f'FROM "{name}"').to_dict("records"))) for name in tracker.tables}
            )
    assert known[0] == known[1]
    assert (len(known[0]["observation"]), len(known[0]["activity"])) == (3, int(at > "2026-01-06"))
    assert not any(secret in str(known[0]) for secret in SECRETS)


def test_nothing_is_made_again_where_nothing_changed(homes: tuple[Home, Home]) -> None:
    context = Context(homes[0], catalogue_of(homes[0]), NOW)
    audience = context.catalogue.programme.audience_by_id["partners"]
    assert is_current_for(context, audience)
    never = lambda *_: pytest.fail("worked out again")  # noqa: E731
    assert publish_seen(context, audience, never, never)[1] is False
    ticking = replace(context.catalogue, programme=context.catalogue.programme.model_copy(update={"clock": None}))
    later = [Context(homes[0], ticking, NOW + timedelta(hours=hours)) for hours in (1, 24)]
    assert [is_current_for(one, audience) for one in later] == [True, False]
    made_from = homes[0].root / "audiences" / "partners" / "made_from.json"
    as_it_was = json.loads(made_from.read_text("utf-8"))
    write_json(made_from, as_it_was | {"owner": "a publication of before, with other rows that partners may not see"})
    assert not is_current_for(context, audience)
    assert publish_seen(context, audience, never, never)[1] is False
    assert json.loads(made_from.read_text("utf-8")) == as_it_was
    write_json(made_from, as_it_was | {"owner": "one of before", "seen": "something else"})
    with pytest.raises(AssertionError, match="worked out"):
        publish_seen(context, audience, lambda *_: (), Mock(side_effect=AssertionError("worked out")))
    write_json(made_from, as_it_was | {"form": "of rows that an earlier program wrote otherwise"})
    assert not is_current_for(context, audience)
    write_json(made_from, as_it_was)
    audited = verify(homes[0], context.catalogue, NOW)
    assert not audited.problems and audited.counts["publications"] == 2


def test_another_definition_shows_what_it_would_have_shown_from_the_first(
    homes: tuple[Home, Home], tmp_path: Path
) -> None:
    """More groups, then fewer with a threshold and an embargo, then the end of it: rows of the same submissions come and go."""
    until = NOW + timedelta(days=2)
    catalogue = catalogue_of(homes[0])
    more = replace(catalogue.programme.audience_by_id["partners"], groups=("PARTNERS", "HMG"))
    fewer = replace(
        more, groups=("PARTNERS",), smallest_count=50, embargoes=(Embargo(until, indicators=frozenset({"VOICE"})),)
    )
    changed = Home(shutil.copytree(homes[0].root, tmp_path / "changed", symlinks=True), homes[0].sources)
    seen = []
    for number, (audience, now) in enumerate([(more, NOW), (fewer, NOW), (fewer, until)]):
        publish_seen(Context(changed, catalogue, now), audience, derive_steps, run_steps)
        tables = tables_of(changed, "partners")
        people = sorted(str(row[_place("activity", "people_reached")]) for row in tables["activity"])
        seen.append((len(tables["observation"]), people))
        if number:
            fresh = Home(shutil.copytree(homes[0].root, tmp_path / f"{number}", symlinks=True), homes[0].sources)
            shutil.rmtree(fresh.root / "audiences")
            shutil.rmtree(fresh.published / "partners")
            publish_seen(Context(fresh, catalogue, now), audience, derive_steps, run_steps)
            assert tables == tables_of(fresh, "partners")
    assert seen == [(6, ["3", "30", "40"]), (0, ["None"]), (3, ["None"])]


def test_a_row_for_others_stops_the_publication(homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look before publishing, for a defect that lets a row through under its own marking."""
    context = Context(homes[1], catalogue_of(homes[1]), NOW)
    audience = context.catalogue.programme.audience_by_id["partners"]
    before = (homes[1].published / "partners" / "current").resolve()
    monkeypatch.setattr(
        Audience, "shown", lambda self, marking: Marking(marking.classification, marking.groups | {"PARTNERS"})
    )
    with pytest.raises(IdtrackerError, match=r"marked for others than `partners`: .*organisation \(\d+ rows\)"):
        publish_seen(context, audience, derive_steps, run_steps, again=True)
    assert (homes[1].published / "partners" / "current").resolve() == before
