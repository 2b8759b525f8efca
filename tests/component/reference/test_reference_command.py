"""`reference check`, `list`, `show` and `rates`: every problem found, named with its place, and nothing else harmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pandas as pd
import pytest
from click.testing import CliRunner

from docs_builder.json_schemas import schema_of
from idtracker.cli import cli
from idtracker.model.errors import DefinitionError
from idtracker.model.home import Home
from idtracker.model.register.register import Register
from idtracker.model.tables import FACTS, conform_types
from idtracker.model.tables.version import create_table_sql
from idtracker.store.tables import fill_table

ORGANISATIONS = "org_id,name,group_code,is_hmg,is_traditional,parent_org_id,successor_org_id,valid_from,valid_to\n"
CODES = "scheme,version,code,label_en,valid_from,valid_to\n"
INDICATORS = "indicator_id,name,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy,owner_org_id,retired_on\n"


def write(home: Home, **files: str) -> None:
    for name, text in files.items():
        path = home.sources / "_reference" / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def call(home: Home, *words: str) -> tuple[int, Any]:
    """Exit code and document of a command, held against its schema."""
    where = ["--home", str(home.root), "--sources", str(home.sources)]
    result = CliRunner().invoke(cli, ["reference", *words, *where, "--json"])
    document = json.loads(result.stdout)
    if "error" not in document:
        jsonschema.validate(document, schema_of(f"reference {words[0]}"))
    return result.exit_code, document


def check(home: Home) -> list[tuple[str, str, int | None]]:
    """(rule, file name, line) of every problem."""
    code, document = call(home, "check")
    assert code == (1 if document["problems"] else 0) and document["sound"] == (not document["problems"])
    return [(p["rule"], Path(p["file"]).name, p["line"]) for p in document["problems"]]


def publish(home: Home, **tables: pd.DataFrame) -> None:
    """A published database with these facts, and no others."""
    folder = home.published / "hmg" / "1"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "idtracker.duckdb")) as connection:
        for name, model in FACTS.items():
            connection.execute(create_table_sql(name, model).replace(" NOT NULL", ""))
            if name in tables:
                fill_table(connection, name, conform_types(tables[name], model))
    (home.published / "hmg" / "current").symlink_to("1", target_is_directory=True)


def test_bundled_data_alone_is_sound(home: Home) -> None:
    code, document = call(home, "check")
    assert (code, document["sound"], document["published"], document["problems"]) == (0, True, False, [])
    assert {t["table"]: t["own"] for t in document["tables"]}["organisation"] == 0
    schemes = {s["scheme"]: s for s in document["coverage"]["schemes"]}
    assert schemes["xm-dac"]["organisations"] <= document["coverage"]["organisations"]


def test_every_fault_is_named_with_its_line_and_nothing_beside_it(home: Home) -> None:
    write(
        home,
        organisations=ORGANISATIONS
        + "XX-1,One,OTHER,false,false,,,2020-02-01,2020-01-01\n"  # ends before it starts
        + "XX-2,Two,OTHER,false,false,XX-3,,,\n"
        + "XX-3,Three,OTHER,false,false,XX-2,,,\n"  # parents in a circle
        + "XX-4,Four,OTHER,perhaps,false,,,,\n"  # broken, and referred to below
        + "XX-5,Five,OTHER,false,false,XX-4,,,\n",
        organisation_aliases="scheme,value,org_id\nown,GB-GOV-8,XX-5\nname,Nobody,XX-9\nname,Fourth,XX-4\n",
        places="place_id,name,level,parent_id\nXX-A,Alpha,adm2,XX-B\nXX-B,Beta,adm3,XX-A\n",
        codelists__colour=CODES + "colour,1,R,Red,2020-01-01,2020-12-31\ncolour,2,R,Red,2022-01-01,\n",
        exchange_rates="currency,base,quoted_on,rate,kind,max_age_days,source\nGBP,USD,2026-01-31,zero,month,45,x\n",
        units="unit,size\nells,1\n",
    )
    (home.sources / "a_source").mkdir()
    (home.sources / "a_source" / "names.csv").write_text(
        "kind,typed,identifier,reviewed_by,reviewed_on\norganisation,Nob,XX-8,data team,2026-01-01\n"
        "organisation,Quad,XX-4,data team,2026-01-01\nplace,Alef,XX-A,data team,yesterday\n"
    )
    assert sorted(check(home), key=str) == sorted(
        [
            ("row", "organisations.csv", 5),
            ("order", "organisations.csv", 2),
            ("circle", "organisations.csv", 3),
            ("clash", "organisation_aliases.csv", 2),
            ("reference", "organisation_aliases.csv", 3),
            ("circle", "places.csv", 2),
            ("gap", "colour.csv", 3),
            ("row", "exchange_rates.csv", 2),
            ("heading", "units.csv", 1),
            ("heading", "units.csv", 1),
            ("heading", "units.csv", 1),
            ("heading", "units.csv", 1),
            ("names", "names.csv", 4),
        ],
        key=str,
    )


def test_boundaries_that_cannot_be_drawn_are_named_in_both_languages_and_stop_nothing(home: Home) -> None:
    programme = "title: P\ncountry: JO\nboundaries:\n  - {file: _reference/b.geojson, attribution: Invented}\n"
    (home.sources / "programme.yml").write_text(programme, "utf-8")
    code, document = call(home, "check")
    (problem,) = document["problems"]
    assert (code, problem["rule"], problem["file"], problem["stops_run"]) == (
        1,
        "boundary",
        "sources/_reference/b.geojson",
        False,
    )
    assert "no such file" in problem["message"] and "لا يوجد ملف" in problem["message_ar"]
    point = {"properties": {"place_id": "JO-XX"}, "geometry": {"type": "Point", "coordinates": [36, 32]}}
    (home.sources / "_reference").mkdir(exist_ok=True)
    (home.sources / "_reference" / "b.geojson").write_text(json.dumps({"features": [point]}), "utf-8")
    assert [p["message"] for p in call(home, "check")[1]["problems"]] == [
        "feature 1, `JO-XX`, is no place of the register under place_id; it is left out"
    ]


def test_a_run_refuses_with_every_problem_at_once(home: Home) -> None:
    write(
        home,
        organisations=ORGANISATIONS + "XX-1,One,OTHER,perhaps,false,,,,\n",
        places="place_id,name,level,parent_id\nXX-A,Alpha,adm1,\n",
    )
    with pytest.raises(DefinitionError) as caught:
        Register.load(home.sources)
    assert [line.partition(": ")[0].rpartition("/")[2] for line in caught.value.problems] == [
        "organisations.csv:2",
        "places.csv:2",
    ]


def test_what_is_sound_is_read_whatever_is_broken_beside_it(home: Home) -> None:
    bundled = Register.load()
    write(home, organisations=ORGANISATIONS + "XX-1,One,OTHER,perhaps,false,,,,\n", places="nonsense\n")
    register, _ = Register.gather(home.sources)
    for name, frame in bundled.tables().items():
        pd.testing.assert_frame_equal(register.tables()[name], frame)


def test_a_version_that_removes_a_code_in_use_is_named_with_the_rows(home: Home) -> None:
    write(
        home,
        codelists__fund=CODES + "fund,2,ISF,UK Integrated Security Fund,2026-01-01,\n",
        indicators=INDICATORS
        + "OLD,Old,%,1,1,adm1,quarter,mean,100,median,,2025-12-31\nNEW,New,%,1,1,adm1,quarter,mean,100,median,,\n",
    )
    day = pd.Timestamp
    publish(
        home,
        activity=pd.DataFrame(
            {
                "fact_id": ["1", "2", "3", "4"],
                "source_id": ["s"] * 4,
                "fund": ["CSSF", "CSSF", "ISF", "CSSF"],
                "period_end": [day("2025-12-31"), day("2026-03-31"), day("2026-03-31"), day("2026-06-30")],
                "recorded_to": [None, None, None, day("2026-08-01")],
            }
        ),
        observation=pd.DataFrame(
            {
                "indicator_id": ["OLD", "OLD", "NEW"],
                "source_id": ["s"] * 3,
                "period_start": [day("2025-10-01"), day("2026-01-01"), day("2026-01-01")],
                "period_end": [day("2025-12-31"), day("2026-03-31"), day("2026-03-31")],
            }
        ),
    )
    code, document = call(home, "check")
    assert (code, document["published"], document["stops_run"]) == (1, True, False)
    retired, dropped = sorted(document["problems"], key=lambda p: p["rule"], reverse=True)
    assert (dropped["rule"], Path(dropped["file"]).name, dropped["line"]) == ("dropped_code", "fund.csv", 2)
    assert (
        "fund `CSSF` is no code of version 2 then, but 1 accepted rows of activity (s) from 2026-03-31"
        in dropped["message"]
    )
    assert (retired["rule"], Path(retired["file"]).name, retired["line"]) == ("retired", "indicators.csv", 2)
    assert "OLD is retired since 2025-12-31, but 1 accepted observations of s" in retired["message"]
    assert Register.load(home.sources)


def test_lists_say_what_is_there_and_near_names_help(home: Home) -> None:
    write(home, places="place_id,name,level,parent_id\nXX-A,Alpha,adm1,JO\n")
    _, document = call(home, "list")
    assert {t["table"]: t["own"] for t in document["tables"]}["place"] == 1
    _, rows = call(home, "list", "currency")
    assert rows["columns"] == ["currency", "name", "name_ar", "minor_units", "valid_from", "valid_to"]
    assert next(r for r in rows["rows"] if r["currency"] == "JOD")["minor_units"] == 3
    code, document = call(home, "list", "curency")
    assert code == 2 and "Did you mean `currency`?" in document["error"]


def test_an_organisation_is_shown_with_its_history(home: Home) -> None:
    for name in ("GB-GOV-3", "FCO", "d13"):
        _, document = call(home, "show", name)
        assert (document["kind"], document["id"]) == ("organisation", "GB-GOV-3")
    assert [s["valid_to"] for s in document["stretches"]] == ["2020-09-01"]
    assert [s["id"] for s in document["successors"]] == ["GB-GOV-1"]
    assert {"scheme": "gb-gor", "value": "D13"} in document["identifiers"]
    _, successor = call(home, "show", "FCDO")
    assert {p["id"]: p["until"] for p in successor["predecessors"]} == {"GB-1": "2020-09-01", "GB-GOV-3": "2020-09-01"}


def test_a_place_and_a_codelist_are_shown(home: Home) -> None:
    _, place = call(home, "show", "المفرق")
    assert (place["kind"], place["id"], place["level"]) == ("place", "JO-MA", "adm1")
    assert [p["id"] for p in place["lies_in"]] == ["JO"]
    assert {"scheme": "unhcr-progres", "code": "JOR011"} in place["codes"] and {
        "scheme": "icrc",
        "code": "JO004",
    } in place["codes"]
    write(home, codelists__fund=CODES + "fund,2,ISF,UK Integrated Security Fund,2026-01-01,\n")
    _, fund = call(home, "show", "FUND")
    assert [(v["version"], v["valid_from"], v["valid_to"]) for v in fund["versions"]] == [
        ("1", None, "2025-12-31"),
        ("2", "2026-01-01", None),
    ]
    code, document = call(home, "show", "Mafrak Province of")
    assert code == 2 and "No codelist, organisation or place is called" in document["error"]


def test_rates_are_taken_over_from_a_file(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(
        "Date,Rate,Currency\n2026-01-31,0.8,GBP\n2026-01-31,5,QQQ\n2026-02-28,0.7,GBP\n2026-02-28,0.9,GBP\n"
    )
    code, document = call(home, "rates", str(file), "--source", "the fund")
    assert code == 0
    assert {k: document[k] for k in ("read", "added", "changed", "unknown")} == {
        "read": 1, "added": 1, "changed": 0, "unknown": {"QQQ": 1},
    }  # fmt: skip
    assert document["contradictions"] == ["rates.csv:5: GBP of 2026-02-28 is 0.9 here and 0.7 before"]
    assert check(home) == []


@pytest.mark.parametrize(
    "words", [["check"], ["list"], ["list", "unit"], ["show", "FCO"], ["show", "fund"], ["show", "JO-MA"]]
)
def test_people_are_shown_the_same(home: Home, words: list[str]) -> None:
    write(home, places="place_id,name,level,parent_id\nXX-A,Alpha,adm2,\n")
    where = ["--home", str(home.root), "--sources", str(home.sources)]
    result = CliRunner().invoke(cli, ["reference", *words, *where])
    said = {"check": "XX-A has no `parent_id`", "list unit": "thousand people", "show FCO": "GB-GOV-1",
            "show fund": "UK Integrated Security Fund", "show JO-MA": "JOR011"}  # fmt: skip
    assert said.get(" ".join(words), "place") in result.stdout
    assert result.exit_code == (1 if words == ["check"] else 0)
