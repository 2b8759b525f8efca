"""`watch` over the prepared programme, and the log of who read what, from command to published table."""

from __future__ import annotations

import json
import shutil

import jsonschema

from docs_builder.json_schemas import schema_of
from idtracker.ingest.access.log import FOLDER, AccessLog
from idtracker.publish.current import snapshot_database
from idtracker.publish.watch.write import write_watches
from tests.support.cli_programme import COURSE_ROWS, Program
from tests.support.small_programme import COURSES_HEAD, drop, text_of


def test_a_figure_is_followed_over_a_run_and_the_table_audit_says_who_read(copied: Program) -> None:
    shutil.rmtree(
        copied.home.landing / "ledger" / FOLDER, ignore_errors=True
    )  # what other tests read of the prepared programme
    figure, *_ = (row["figure"] for row in copied.document("query", "SELECT 'source/courses' AS figure"))
    cells = copied.document("query", "SELECT indicator_id, place_id, period FROM merged_cell ORDER BY ALL LIMIT 1")
    cell = "/".join(["merged_cell", *cells[0].values()])
    for followed, lang in ((figure, "ar"), (cell, "en")):
        added = copied.document("watch", "add", followed, "--by", "water team", "--lang", lang)
        jsonschema.validate(added, schema_of("watch add"))
    assert "Did you mean `source/courses`" in copied("watch", "add", "source/coures", code=2).stderr
    listed = copied.document("watch", "list")
    assert [(w["figure"], w["lang"]) for w in listed["watches"]] == [(cell, "en"), (figure, "ar")]
    assert "no earlier publication" in copied("watch", "show", code=2).stderr
    earlier = snapshot_database(copied.home, "hmg").parent
    drop(copied.home.root, "courses", "courses_2.csv", text_of(COURSES_HEAD, [*COURSE_ROWS[:4], "C-9,Karak,2025-11-01,9"]),
         "2026-02-05T09:00:00Z")  # fmt: skip
    copied("run")
    folder = snapshot_database(copied.home, "hmg").parent
    assert folder != earlier

    shown = copied.document("watch", "show")
    jsonschema.validate(shown, schema_of("watch show"))
    by_lang = {report["lang"]: report for report in shown["reports"]}
    ((change,),) = [watch["changes"] for watch in by_lang["ar"]["watches"]]
    assert change["now"]["circumstances"]["files"] == change["before"]["circumstances"]["files"] + 1
    assert any("courses_2.csv" in reason["text"] for reason in change["reasons"])
    assert (by_lang["en"]["changed"], by_lang["en"]["watches"][0]["unchanged"]) == (0, 1)
    written = write_watches(copied.home, "hmg", folder, earlier)
    assert [path.name for path in written] == [f"{folder.name}.ar.{form}" for form in ("html", "json")]
    assert json.loads(written[1].read_text("utf-8")) == by_lang["ar"]
    assert copied.document("watch", "remove", cell, "--by", "water team")["watches"][0]["figure"] == cell
    _check_audit(copied, folder.name)


def _check_audit(program: Program, publication: str) -> None:
    """The log has a line for each command that read, and for what was published; the run took the earlier ones into the table."""
    log = AccessLog(program.home).entries()
    assert [line.publication for line in log if line.command == "publish"][-1] == publication
    told = [line.command for line in log]
    assert told.count("watch show") == 2 and told.count("query") == 2 and "run" not in told
    assert list(AccessLog(program.home).faults()) == []
    audit = program.document("query", "SELECT action, detail FROM audit WHERE action = 'query' ORDER BY ALL")
    assert [json.loads(row["detail"])["rows"] for row in audit] == [1, 1]
    assert {tuple(json.loads(row["detail"]).get("tables", ())) for row in audit} == {(), ("merged_cell",)}
    follows = program.document("query", "SELECT actor, action FROM audit WHERE action = 'watch_added'")
    assert follows == [{"actor": "water team", "action": "watch_added"}] * 2
    assert program.document("verify")["problems"] == []
