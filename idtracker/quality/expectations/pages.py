"""Data Docs as static pages that work offline: nothing is fetched, nothing runs, the notice stands at the top.

Great Expectations renders its pages for a browser with scripts and style sheets from several hosts; its index is empty
without them. Here the rendered tables are kept, everything external is taken out, and the index is written anew.
"""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from idtracker.quality.expectations.outcome import Key, Outcome

KEYS_SHOWN = 10
_FOLDERS = ("expectations", "validations", "failing")
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 0 auto; padding: 1rem; }
.notice { border: 2px solid; padding: .5rem 1rem; font-weight: bold; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { border: 1px solid #8888; padding: .3rem .6rem; text-align: left; vertical-align: top; }
th p, td p { margin: 0; } .number { text-align: right; }
.alert { background: #8882; padding: .5rem 1rem; margin: 1rem 0 .5rem; }
.badge { background: #8882; padding: 0 .3rem; border-radius: .2rem; }
.passed { color: #17703a; } .failed { color: #b3261e; font-weight: bold; }
.breadcrumb, .nav { list-style: none; padding: 0; } .breadcrumb li { display: inline; margin-right: 1rem; }
.nav { columns: 16rem; } code { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { .passed { color: #7fd6a0; } .failed { color: #ffb4ab; } a { color: #9ecaff; } }
"""
_REMOVED = (
    "//script | //style | //link | //img | //footer | //iframe | //object | //embed | //meta[@http-equiv] | //title"
    " | //div[contains(concat(' ', @class, ' '), ' card ')][.//input]"  # a filter that needs scripts
    " | //div[contains(concat(' ', @class, ' '), ' collapse ')]/.."  # times of the run, tracebacks
    " | //*[contains(@class, 'navbar-brand')] | //comment()"
)


def publish_pages(built: Path, docs_dir: Path, tables: Sequence[str], outcomes: Sequence[Outcome], notice: str) -> None:
    """Turn the pages that Great Expectations built for some tables into offline ones, in place of earlier ones of these.

    Writes `validations/<table>.html`, `expectations/<table>.html` and, for every failed expectation with failing rows,
    all their keys as `failing/<id>.csv`. Pages of other tables stay.
    """
    for name in _FOLDERS:
        (docs_dir / name).mkdir(parents=True, exist_ok=True)
    by_table = _by_table(outcomes)
    for table in tables:
        remove_pages(docs_dir, table)
        page = next((built / "validations" / table).rglob("*.html"))
        summary = _failures(by_table.get(table, []), "../")
        _write(docs_dir / "validations" / f"{table}.html", _offline(page, f"{table}: results", notice, summary))
        page = built / "expectations" / f"{table}.html"
        _write(docs_dir / "expectations" / f"{table}.html", _offline(page, f"{table}: expectations", notice, ""))
    for outcome in outcomes:
        if outcome.failing_keys:
            _write_keys(docs_dir / "failing" / f"{outcome.id}.csv", outcome.failing_keys)


def remove_pages(docs_dir: Path, table: str) -> None:
    """Take the pages of a table away, and the keys of its failing rows."""
    for name in ("validations", "expectations"):
        (docs_dir / name / f"{table}.html").unlink(missing_ok=True)
    for path in (docs_dir / "failing").glob(f"gx.{table}.*.csv"):
        path.unlink()


def has_pages(docs_dir: Path, table: str, outcomes: Sequence[Outcome]) -> bool:
    """Whether the pages of a table, and the keys of every failing row, are where they belong."""
    pages = [docs_dir / name / f"{table}.html" for name in ("validations", "expectations")]
    keys = [docs_dir / "failing" / f"{o.id}.csv" for o in outcomes if o.failing_keys]
    return all(path.is_file() for path in [*pages, *keys])


def publish_index(docs_dir: Path, outcomes: Sequence[Outcome], as_of: pd.Timestamp, notice: str) -> None:
    """Write `index.html` over all outcomes, and take away the pages of tables that have none."""
    judged = {o.table for o in outcomes}
    for page in (docs_dir / "validations").glob("*.html"):
        if page.stem not in judged:
            remove_pages(docs_dir, page.stem)
    docs_dir.mkdir(parents=True, exist_ok=True)
    _write(docs_dir / "index.html", _index(outcomes, as_of, notice))


def _by_table(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.table, []).append(outcome)
    return found


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_keys(path: Path, keys: Sequence[Key]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(keys[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(keys)


def _offline(page: Path, title: str, notice: str, summary: str) -> str:
    """The rendered page without anything a browser would fetch or run, with the notice and a summary put in."""
    import lxml.html

    root: Any = lxml.html.document_fromstring(page.read_text(encoding="utf-8"))
    root.set("lang", "en")
    for icon in root.xpath("//i[contains(@class, 'fa')]"):
        passed = "fa-check" in icon.get("class")
        icon.tag, icon.text = "span", "passed" if passed else "failed"
        icon.set("class", icon.text)
    for element in root.xpath(_REMOVED):
        if element.getparent() is not None:
            element.drop_tree()
    for element in root.iter():
        _quieten(element)
    head, body = root.find("head"), root.find("body")
    for fragment in (f"<title>{html.escape(title)}</title>", f"<style>{_STYLE}</style>"):
        head.append(lxml.html.fragment_fromstring(fragment))
    if summary:
        section = root.get_element_by_id("section-1")
        section.getparent().insert(0, lxml.html.fragment_fromstring(summary, create_parent="div"))
    if notice:
        body.insert(0, lxml.html.fragment_fromstring(_notice(notice)))
    text: str = lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
    return re.sub(r"[ \t]*\n(\s*\n)+", "\n", text)


def _quieten(element: Any) -> None:
    """Drop styles, handlers and links that lead outside; shorten the way back to the pages of the same site."""
    for name in list(element.attrib):
        if name in ("style", "src", "srcset", "background") or name.startswith(("on", "data-")):
            del element.attrib[name]
    href = element.get("href", "")
    if "://" in href or href.startswith("//"):
        del element.attrib["href"]
    elif href.startswith("../"):
        element.set("href", "../" + href.rpartition("../")[2])


def _index(outcomes: Sequence[Outcome], as_of: pd.Timestamp, notice: str) -> str:
    rows = []
    for table, found in _by_table(outcomes).items():
        failed = [o for o in found if not o.success]
        critical = sum(o.severity == "critical" for o in failed)
        status = "failed" if failed else "passed"
        rows.append(
            f'<tr><th scope="row">{table}</th><td class="{status}">{status}</td><td class="number">{len(found)}</td>'
            f'<td class="number">{critical}</td><td class="number">{len(failed) - critical}</td>'
            f'<td><a href="validations/{table}.html">results</a></td>'
            f'<td><a href="expectations/{table}.html">expectations</a></td></tr>'
        )
    passed = sum(o.success for o in outcomes)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Data Docs</title><style>{_STYLE}</style></head>\n<body>{_notice(notice) if notice else ''}\n"
        f"<h1>Data Docs</h1>\n<p>{passed:,} of {len(outcomes):,} expectations hold for the store as known at"
        f" {as_of:%Y-%m-%d %H:%M} UTC.</p>\n"
        '<table><thead><tr><th scope="col">Table</th><th scope="col">Status</th><th scope="col">Expectations</th>'
        '<th scope="col">Failed, critical</th><th scope="col">Failed, warning</th><th scope="col">Results</th>'
        '<th scope="col">Suite</th></tr></thead>\n<tbody>' + "\n".join(rows) + "</tbody></table>\n"
        f"{_failures(outcomes, '')}</body></html>\n"
    )


def _failures(outcomes: Sequence[Outcome], way: str) -> str:
    """Every failed expectation with its first failing keys and the file that holds all of them."""
    failed = [o for o in outcomes if not o.success]
    if not failed:
        return "<p class='passed'>Every expectation holds.</p>"
    rows = [
        f"<tr><td><code>{html.escape(o.id)}</code><p>{html.escape(o.description)}</p></td><td>{o.severity}</td>"
        f"<td>{o.dimension}</td><td>{html.escape(o.observed)}</td><td>{_shown(o, way)}</td></tr>"
        for o in failed
    ]
    return (
        '<h2>What failed</h2>\n<table><thead><tr><th scope="col">Expectation</th><th scope="col">Severity</th>'
        '<th scope="col">Dimension</th><th scope="col">Found</th><th scope="col">Failing rows</th></tr></thead>\n<tbody>'
        + "\n".join(rows)
        + "</tbody></table>\n"
    )


def _shown(outcome: Outcome, way: str) -> str:
    if not outcome.failing_keys:
        return ""
    shown = "<br>".join(
        html.escape(", ".join(f"{k} {json.dumps(v, ensure_ascii=False)}" for k, v in key.items()))
        for key in outcome.failing_keys[:KEYS_SHOWN]
    )
    return f'{shown}<br><a href="{way}failing/{outcome.id}.csv">all {len(outcome.failing_keys):,} keys</a>'


def _notice(text: str) -> str:
    return f'<p class="notice" role="note">{html.escape(text)}</p>'
