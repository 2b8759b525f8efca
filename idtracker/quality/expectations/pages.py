"""Data Docs as static pages that work offline: nothing is fetched, nothing runs, the notice stands at the top.

They are made from suites and outcomes alone: the pages that Great Expectations renders fetch scripts and style sheets from
several hosts, and take longer to render than the tables to judge.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from idtracker.model.printable import printable
from idtracker.quality.expectations.outcome import ExpectationResult, Key
from idtracker.quality.expectations.suite import Expected

KEYS_SHOWN = 10
VALUES_SHOWN = 20
_FOLDERS = ("expectations", "validations", "failing")
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 0 auto; padding: 1rem; }
.notice { border: 2px solid; padding: .5rem 1rem; font-weight: bold; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { border: 1px solid #8888; padding: .3rem .6rem; text-align: left; vertical-align: top; }
th p, td p { margin: 0; } .number { text-align: right; }
.passed { color: #17703a; } .failed { color: #b3261e; font-weight: bold; }
code { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { .passed { color: #7fd6a0; } .failed { color: #ffb4ab; } a { color: #9ecaff; } }
"""


def publish_pages(
    docs_dir: Path,
    suites: Mapping[str, Sequence[Expected]],
    outcomes: Mapping[str, Sequence[ExpectationResult]],
    as_of: pd.Timestamp,
    notice: str,
) -> None:
    """Bring the pages in the folder to what the suite and outcomes of each table say; take away those of an earlier run.

    Writes `index.html`, `validations/<table>.html`, `expectations/<table>.html` and, for every failed expectation with
    failing rows, all their keys as `failing/<id>.csv`. Pages that say so already are left alone; other files stay.
    """
    wanted = {docs_dir / "index.html": _index(outcomes, as_of, notice)}
    for table, judged in outcomes.items():
        wanted[docs_dir / "validations" / f"{table}.html"] = _results(table, judged, notice)
        wanted[docs_dir / "expectations" / f"{table}.html"] = _suite(table, suites[table], notice)
        wanted |= {docs_dir / "failing" / f"{o.id}.csv": _keys(o.failing_keys) for o in judged if o.failing_keys}
    for name in _FOLDERS:
        (docs_dir / name).mkdir(parents=True, exist_ok=True)
        for path in set((docs_dir / name).iterdir()) - set(wanted):
            path.unlink()
    for path, text in wanted.items():
        content = text.encode()
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def _keys(keys: Sequence[Key]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(keys[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(keys)
    return out.getvalue()


def _page(title: str, notice: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_escaped(title)}</title><style>{_STYLE}</style></head>\n<body>{_notice(notice) if notice else ''}\n"
        f"<h1>{_escaped(title)}</h1>\n{body}</body></html>\n"
    )


def _table(columns: Sequence[str], rows: Sequence[str]) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' for name in columns)
    return f"<table><thead><tr>{heads}</tr></thead>\n<tbody>" + "\n".join(rows) + "</tbody></table>\n"


def _results(table: str, outcomes: Sequence[ExpectationResult], notice: str) -> str:
    """Every expectation of a table and what came of it."""
    rows = [
        f"<tr><td><code>{_escaped(o.id)}</code><p>{_escaped(o.description)}</p></td>"
        f"<td>{o.severity}</td><td>{o.dimension}</td>{_status(o.success)}<td>{_escaped(o.observed)}</td></tr>"
        for o in outcomes
    ]
    passed = sum(o.success for o in outcomes)
    links = f'<p><a href="../index.html">All tables</a> · <a href="../expectations/{table}.html">the suite</a></p>'
    count = f"<p>{passed:,} of {len(outcomes):,} expectations hold.</p>"
    listed = _table(("Expectation", "Severity", "Dimension", "Status", "Observed"), rows)
    return _page(f"{table}: results", notice, f"{links}\n{count}\n{_failures(outcomes, '../')}<h2>All</h2>\n{listed}")


def _suite(table: str, suite: Sequence[Expected], notice: str) -> str:
    """What is expected of a table, with the arguments that Great Expectations is given."""
    rows = [
        f"<tr><td><code>{_escaped(e.id)}</code><p>{_escaped(e.description)}</p></td>"
        f"<td>{e.severity}</td><td>{e.dimension}</td><td><code>{e.type}</code></td><td>{_arguments(e)}</td></tr>"
        for e in suite
    ]
    links = f'<p><a href="../index.html">All tables</a> · <a href="../validations/{table}.html">results</a></p>'
    listed = _table(("Expectation", "Severity", "Dimension", "Type", "Arguments"), rows)
    return _page(f"{table}: expectations", notice, f"{links}\n{listed}")


def _arguments(expected: Expected) -> str:
    """The arguments in JSON; of long lists the first values and how many there are."""
    shown = []
    for name, value in expected.kwargs.items():
        listed = list(value) if isinstance(value, (list, tuple)) else None
        rest = len(listed) - VALUES_SHOWN if listed else 0
        text = json.dumps(listed[:VALUES_SHOWN] if listed else value, ensure_ascii=False, default=str)
        shown.append(_escaped(f"{name} {text}" + (f" and {rest:,} more" if rest > 0 else "")))
    return "<br>".join(shown)


def _status(success: bool) -> str:
    status = "passed" if success else "failed"
    return f'<td class="{status}">{status}</td>'


def _index(outcomes: Mapping[str, Sequence[ExpectationResult]], as_of: pd.Timestamp, notice: str) -> str:
    rows = []
    for table, judged in outcomes.items():
        failed = [o for o in judged if not o.success]
        critical = sum(o.severity == "critical" for o in failed)
        rows.append(
            f'<tr><th scope="row">{table}</th>{_status(not failed)}<td class="number">{len(judged)}</td>'
            f'<td class="number">{critical}</td><td class="number">{len(failed) - critical}</td>'
            f'<td><a href="validations/{table}.html">results</a></td>'
            f'<td><a href="expectations/{table}.html">expectations</a></td></tr>'
        )
    every = [outcome for judged in outcomes.values() for outcome in judged]
    passed = sum(o.success for o in every)
    columns = ("Table", "Status", "Expectations", "Failed, critical", "Failed, warning", "Results", "Suite")
    count = (
        f"<p>{passed:,} of {len(every):,} expectations hold for the store as known at {as_of:%Y-%m-%d %H:%M} UTC.</p>"
    )
    return _page("Data Docs", notice, f"{count}\n{_table(columns, rows)}{_failures(every, '')}")


def _failures(outcomes: Sequence[ExpectationResult], way: str) -> str:
    """Every failed expectation with its first failing keys and the file that holds all of them."""
    failed = [o for o in outcomes if not o.success]
    if not failed:
        return "<p class='passed'>Every expectation holds.</p>\n"
    rows = [
        f"<tr><td><code>{_escaped(o.id)}</code><p>{_escaped(o.description)}</p></td><td>{o.severity}</td>"
        f"<td>{o.dimension}</td><td>{_escaped(o.observed)}</td><td>{_shown(o, way)}</td></tr>"
        for o in failed
    ]
    columns = ("Expectation", "Severity", "Dimension", "Observed", "Failing rows")
    return f"<h2>What failed</h2>\n{_table(columns, rows)}"


def _shown(outcome: ExpectationResult, way: str) -> str:
    if not outcome.failing_keys:
        return ""
    shown = "<br>".join(
        _escaped(", ".join(f"{k} {json.dumps(v, ensure_ascii=False)}" for k, v in key.items()))
        for key in outcome.failing_keys[:KEYS_SHOWN]
    )
    return f'{shown}<br><a href="{way}failing/{outcome.id}.csv">all {len(outcome.failing_keys):,} keys</a>'


def _escaped(text: str) -> str:
    """What stands in a page as it is, control characters shown."""
    return html.escape(printable(text))


def _notice(text: str) -> str:
    return f'<p class="notice" role="note">{_escaped(text)}</p>'
