"""The page of the answer in a real browser: accessible in both languages and both colour schemes, and nothing runs in it."""

from __future__ import annotations

import html
import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.feedback.check.changes import Comparison, PeriodChange
from idtracker.feedback.check.html import check_page
from idtracker.feedback.check.result import check_file
from idtracker.feedback.check.row_examples import Difference, RowExample
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.messages import Lang
from idtracker.model.register.register import Register

# As in test_dagster_ui, for a page of this machine.
BROWSER = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1200,900",
    "--virtual-time-budget=20000",
    "--dump-dom",
]
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
RUNNER = """
<script>{axe}</script>
<script>
axe.run(document, {{resultTypes: ["violations"]}}).then(function (found) {{
  var told = document.createElement("pre");
  told.id = "axe-result";
  told.textContent = JSON.stringify({{
    violations: found.violations.map(function (v) {{
      return {{id: v.id, targets: v.nodes.map(function (n) {{ return n.target.join(" ") + ": " + n.failureSummary; }})}};
    }}),
    width: document.documentElement.clientWidth,
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    ran: window.hostile === undefined ? "nothing" : "a cell"
  }});
  window.top.document.body.appendChild(told);
}});
</script>
"""
HOSTILE = [
    "<script>window.hostile = 1</script>",
    '"><img src=x onerror="window.hostile = 1">',
    "a\u202egpj.exe",
    "x" * 900,
]
SOURCE = {
    "title": "Courses",
    "publisher": "GB-GOV-8",
    "format": {"kind": "csv"},
    "cadence": {"every": "quarter"},
    "feeds": "activity",
    "key": ["reference"],
    "columns": [
        {"field": "reference", "heading": "Ref", "required": True},
        {"field": "place", "heading": "المحافظة"},
        {"field": "people_reached", "heading": "Trained"},
    ],
}
ROWS = [f'C-{n},Zarqa,"{cell.replace(chr(34), chr(34) * 2)}"' for n, cell in enumerate(HOSTILE * 5)]
FILES = {
    "partly": "\n".join(["Ref,المحافظة,Trained,Extra", *ROWS, "C-98,Nowhere,4", "C-99,Zarqa,12", ""]).encode(),
    "clean": "Ref,المحافظة,Trained\nC-1,Zarqa,12\n".encode(),
    "refused": b"%PDF-1.7\n",
}
CHANGES = Comparison(
    is_published=True,
    periods=[PeriodChange("activity", "2026-Q1", added=1, changed=1, removed=1), PeriodChange("activity", "")],
    examples={
        "added": [
            RowExample(
                "activity",
                "",
                {"reference": "C-3" * 30, "place": "Zarqa-and-around" * 5, "people_reached": "1"},
                "Sheet 1",
                9,
            )
        ],
        "changed": [RowExample("activity", "", {"reference": "C-1"}, "", 3, (Difference("people_reached", "", "12"),))],
        "removed": [RowExample("activity", "", {"reference": "C-2"}, is_held=True)],
    },
)
Look = Callable[..., dict[str, Any]]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """What axe and the browser say of a page."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not installed; it comes with `pip install axe-playwright-python`")
    axe = (Path(found.origin).parent / "axe.min.js").read_text("utf-8")

    def run(page: str, *flags: str, width: int | None = None) -> dict[str, Any]:
        """`width` in pixels is that of a frame: a browser without a screen is never narrower than 500."""
        whole = POLICY.sub("", page).replace("</body>", RUNNER.format(axe=axe) + "</body>")
        if width is not None:
            frame = f'<iframe title="page" width="{width}" height="900" srcdoc="{html.escape(whole)}"></iframe>'
            whole = f'<!DOCTYPE html><html lang="en"><title>frame</title><body>{frame}</body></html>'
        path = tmp_path / "page.html"
        path.write_text(whole, "utf-8")
        command = [str(browser), *BROWSER, *flags, f"--user-data-dir={tmp_path / 'profile'}", path.as_uri()]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout
        told = re.search(r'<pre id="axe-result">(.*?)</pre>', shown, re.S)
        assert told, "axe gave no result"
        result: dict[str, Any] = json.loads(html.unescape(told[1]))
        return result

    return run


def page_of(home: Home, name: str, lang: Lang) -> str:
    source = Source.model_validate(SOURCE).located("courses", home.sources, "")
    programme = Programme(title="T", country="JO", notice="Invented figures.")
    catalogue = ProgrammeCatalogue(programme, {"courses": source}, Register.load(), {})
    found = check_file(home, catalogue, source, FILES[name], f"{name}.csv", pd.Timestamp("2026-05-01"))
    if name == "partly":
        found = replace(found, comparison=CHANGES)
    return check_page(found, lang)


@pytest.mark.parametrize(("name", "lang"), [("partly", "en"), ("partly", "ar"), ("refused", "ar")])
def test_axe_finds_nothing_and_no_cell_runs(look: Look, home: Home, name: str, lang: Lang) -> None:
    found = look(page_of(home, name, lang))
    assert (found["violations"], found["wider"], found["ran"]) == ([], 0, "nothing")


@pytest.mark.parametrize(("name", "lang"), [("partly", "ar"), ("clean", "en")])
def test_axe_finds_nothing_on_a_telephone_in_the_dark(look: Look, home: Home, name: str, lang: Lang) -> None:
    found = look(page_of(home, name, lang), "--blink-settings=preferredColorScheme=0", width=360)
    assert found["width"] == 360
    assert (found["violations"], found["wider"]) == ([], 0)


def test_axe_finds_what_is_wrong_and_the_runner_sees_what_runs(look: Look, home: Home) -> None:
    page = page_of(home, "clean", "en").replace("--quiet: #51585f", "--quiet: #bbbbbb")
    spoiled = page.replace(' lang="en"', "").replace("</main>", '<img src="x.png" onerror="window.hostile = 1"></main>')
    found = look(spoiled)
    assert {v["id"] for v in found["violations"]} >= {"html-has-lang", "image-alt", "color-contrast"}
    assert found["ran"] == "a cell"
