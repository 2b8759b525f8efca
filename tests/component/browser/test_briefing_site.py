"""The briefing in a real browser: accessible in both languages, without a console message and without a network, by keyboard."""

from __future__ import annotations

import html
import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from idtracker.publish.briefing.write_briefing import write_briefing
from tests.unit.publish.briefing.small_publication import small_rows, write_publication

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
    "--virtual-time-budget=60000",
    "--allow-file-access-from-files",
    "--enable-logging=stderr",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]
POLICY = re.compile(r'<meta http-equiv="(?:Content-Security-Policy|refresh)"[^>]*>')
RUNNER = """
<script>{axe}</script>
<script>
window.addEventListener("load", function () {{
  document.querySelectorAll("details").forEach(function (part) {{ part.open = true; }});
  var wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  var stops = Array.from(document.querySelectorAll("a[href], summary, [tabindex='0']"));
  var hidden = stops.filter(function (stop) {{
    stop.focus();
    var box = stop.getBoundingClientRect(), style = getComputedStyle(stop);
    return document.activeElement !== stop || box.width === 0 || box.left < 0 || box.right > innerWidth
      || style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2;
  }});
  axe.run(document, {{resultTypes: ["violations"]}}).then(function (found) {{
    var told = window.top.document.createElement("pre");
    told.className = "told";
    told.textContent = JSON.stringify({{
      name: {name}, wider: wider, stops: stops.length, first: stops[0] ? stops[0].className : "",
      hidden: hidden.map(function (stop) {{ return stop.outerHTML.slice(0, 200); }}),
      styled: getComputedStyle(document.querySelector(".marking")).textAlign,
      ran: window.hostile === undefined ? "nothing" : "a name",
      violations: found.violations.map(function (v) {{
        return v.id + ": " + v.nodes.map(function (n) {{ return n.target.join(" ") + " " + n.failureSummary; }}).join("; ");
      }})
    }});
    window.top.document.body.appendChild(told);
  }});
}});
</script>
"""
WIDTH = 1100


@pytest.fixture(scope="module")
def browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def axe() -> str:
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not installed; it comes with `pip install axe-playwright-python`")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("briefing")
    write_briefing(
        write_publication(folder / "published", small_rows()), folder / "site", "Readers", "OFFICIAL-SENSITIVE · HMG"
    )
    return folder / "site"


def opened(browser: str, page: Path, profile: Path, *flags: str) -> tuple[str, str]:
    """The page as the browser has it in the end, and what it logged."""
    command = [browser, *BROWSER, f"--user-data-dir={profile}", *flags, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    return done.stdout, done.stderr


def framed(site: Path, axe: str, pages: dict[str, tuple[str, int]]) -> str:
    """One page with every page of a briefing in a frame of a width, so that one browser looks at all."""
    frames = []
    for name, (content, width) in pages.items():
        base = f'<base href="{(site / name.partition("|")[0]).as_uri()}">'
        whole = POLICY.sub("", content).replace("<head>", f"<head>{base}")
        whole = whole.replace("</body>", RUNNER.format(axe=axe, name=json.dumps(name)) + "</body>")
        frames.append(
            f'<iframe title="{html.escape(name)}" width="{width}" height="900" srcdoc="{html.escape(whole)}"></iframe>'
        )
    return f'<!DOCTYPE html><html lang="en"><title>frames</title><body>{"".join(frames)}</body></html>'


def told_of(shown: str) -> dict[str, dict[str, Any]]:
    listed = [json.loads(html.unescape(found)) for found in re.findall(r'<pre class="told">(.*?)</pre>', shown, re.S)]
    return {one["name"]: one for one in listed}


def test_every_page_is_accessible_by_sight_ear_and_keyboard(browser: str, axe: str, site: Path, tmp_path: Path) -> None:
    names = sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html"))
    pages = {name: ((site / name).read_text("utf-8"), WIDTH) for name in names}
    for lang in ("en", "ar"):  # a telephone
        pages[f"{lang}/index.html|small"] = (pages[f"{lang}/index.html"][0], 360)
    spoiled = (
        pages["en/tracker.html"][0]
        .replace(' lang="en"', "")
        .replace("</main>", '<img src="x"><p style="color:#bbb">too light to read</p></main>')
    )
    pages["en/tracker.html|spoiled"] = (spoiled.replace('href="../assets/briefing.css"', 'href="gone.css"'), WIDTH)
    (tmp_path / "frames.html").write_text(framed(site, axe, pages), "utf-8")
    told = told_of(opened(browser, tmp_path / "frames.html", tmp_path / "profile")[0])
    assert set(told) == set(pages)
    bad = told.pop("en/tracker.html|spoiled")
    assert {v.partition(":")[0] for v in bad["violations"]} >= {"html-has-lang", "image-alt", "color-contrast"}
    assert bad["styled"] != "center"
    assert len(told) >= 14
    for name, one in told.items():
        assert (name, one["violations"], one["wider"], one["hidden"], one["ran"]) == (name, [], 0, [], "nothing")
        assert one["styled"] == "center", "the style sheet was read"
        assert one["first"] == "skip" or name == "index.html"
        assert one["stops"] > (5 if "/" in name else 1)


def test_a_page_opens_from_a_file_without_a_message_or_a_request(browser: str, site: Path, tmp_path: Path) -> None:
    for lang in ("en", "ar"):
        shown, said = opened(browser, site / lang / "index.html", tmp_path / "profile")
        assert "</html>" in shown
        assert not re.findall(r"CONSOLE", said), said
    texts = {path: path.read_text("utf-8") for path in site.rglob("*") if path.suffix in (".html", ".css")}
    assert len(texts) > 14
    for path, text in texts.items():
        plain = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert re.findall(r"https?:|(?:src|href|url)\s*[=(]\s*[\"']?//|@import|javascript:", plain) == [], path
    outside = '<img alt="x" src="http://example.invalid/x.png"><script>1</script></main>'
    bad = site / "en" / "bad.html"
    bad.write_text((site / "en" / "index.html").read_text("utf-8").replace("</main>", outside), "utf-8")
    try:
        assert re.findall(r"CONSOLE", opened(browser, bad, tmp_path / "profile")[1]), (
            "the policy of the page stops what is outside"
        )
    finally:
        bad.unlink()
