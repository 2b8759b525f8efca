"""Pages of a briefing in a real browser: what axe, the keyboard and the console say of them."""

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


def browser_path() -> str:
    """The installed Chromium; the test is skipped where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    return found


def axe_script() -> str:
    """The script of axe-core; the test is skipped where there is none."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not installed; it comes with `pip install axe-playwright-python`")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


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
