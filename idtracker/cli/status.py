"""`status`: how fresh each source is, and whose turn it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from idtracker.cli.face import command, print_json, show_notice, show_table
from idtracker.settings import Settings

_STYLE = {"FRESH": "[green]", "DUE": "[cyan]", "OVERDUE": "[yellow]", "DELINQUENT": "[red]", "NEVER": "[red]"}


@click.command()
@click.option("--as-of", help="Speak of this day instead of today.")
@command
def status(settings: Settings, as_of: str | None, as_json: bool) -> int:
    """State of every source: when its data is from, when it arrived, what is expected next, and who has to act.

    Exit codes: 0 all fresh or due · 1 something is overdue · 2 something is delinquent, or the last run failed.
    """
    from idtracker.report.state import state_of

    now = datetime.now(UTC)
    document = state_of(settings, now, as_of)
    if as_json:
        print_json({k: v for k, v in document.items() if k != "exit_code"})
    else:
        _show(document)
    return int(document["exit_code"])


def _show(document: dict[str, Any]) -> None:
    show_notice(document["notice"])
    show_table(
        ["source", "state", "data until", "arrived", "next due", "owner", "whose turn", "why"],
        [
            (s["id"], f"{_STYLE.get(s['state'], '')}{s['state']}[/]" if s["state"] in _STYLE else s["state"],
             _day(s["data_time"]), _day(s["arrived_at"]), _day(s["expected_next"]), s["owner"], s["whose_turn"], s["why"])
            for s in document["sources"]
        ],
        title=f"As of {_day(document['as_of'])}",
    )  # fmt: skip
    show_table(
        ["table", ("rows", "right"), "data until", "known since"],
        [
            (t["table"], f"{t['rows']:,}", _day(t["data_time"]), _day(t["recorded_at"]))
            for t in document["tables"]
            if t["rows"]
        ],
        title="\nPublished tables",
    )
    last = document["last_run"]
    if last:
        print(
            f"\nLast run: {last['outcome']}, ended {last['ended_at']}"
            + (f"; {last['message']}" if last["message"] else "")
        )


def _day(value: Any) -> str:
    return "" if value is None or value != value else str(value)[:10]
