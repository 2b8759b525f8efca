"""`status`: how fresh each source is, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from idtracker.cli.output import command, console, print_json, show_notice, show_table, styled
from idtracker.model.home import Home

_STYLE = {"FRESH": "green", "DUE": "cyan", "OVERDUE": "yellow", "DELINQUENT": "red", "NEVER": "red"}
_CALM = ("FRESH", "DUE")
_WIDE = 120


@click.command()
@click.option("--as-of", help="Speak of this day instead of today.")
@command
def status(home: Home, as_of: str | None, as_json: bool) -> int:
    """State of every source: when its data is from, when it arrived, what is expected next, and who has to act.

    Exit codes: 0 all fresh or due · 1 something is overdue · 2 something is delinquent, a definition is wrong, or the
    last run failed.
    """
    from idtracker.operate.services.status import state_of

    now = datetime.now(UTC)
    document = state_of(home, now, as_of)
    if as_json:
        print_json({k: v for k, v in document.items() if k != "exit_code"})
    else:
        _show(document)
    return int(document["exit_code"])


def _show(document: dict[str, Any]) -> None:
    show_notice(document["notice"])
    sources, out = document["sources"], console()
    columns = ["source", "state", "data until", "next due", "whose turn"]
    if out.width >= _WIDE:
        columns[3:3] = ["arrived"]
        columns[1:1] = ["reporter"]
        columns.append("owner")
    show_table(
        columns,
        [[_SHOWN[c](s) for c in columns] for s in sources],
        title=f"As of {_day(document['as_of'])}",
    )
    for late in (s for s in sources if s["state"] not in _CALM):
        out.print()
        out.print(styled(f"{late['id']} ({late['owner'] or 'no owner'})", _STYLE.get(late["state"], "")))
        out.print(f"  {late['why']}", markup=False)
    if document["missing"]:
        out.print("\nOf the overdue reports these would tell most:")
        for report in document["missing"]:
            out.print(f"  {report['sentence']}", markup=False, soft_wrap=True)
        out.print("`idtracker explain missing` lists every report that is missing.")
    _show_actions(document["actions"])
    _show_wrong(document["wrong_definitions"])
    _show_tables(document["tables"])
    last = document["last_run"]
    if last:
        message = f"; {last['message']}" if last["message"] else ""
        out.print(
            f"\nLast run: {last['outcome'].replace('_', ' ')}, ended {_minute(last['ended_at'])}{message}", markup=False
        )
    chain = document["chain"]
    if chain:
        out.print(
            f"Audit chain: {chain['links']:,} links, the last {chain['link']}, sealed {_minute(chain['sealed_at'])}"
        )


def _show_actions(actions: list[dict[str, Any]]) -> None:
    """Open actions of rounds: those that are overdue, and how many are not."""
    if not actions:
        return
    overdue, out = [action for action in actions if action["is_overdue"]], console()
    out.print(
        f"\nActions of rounds: {len(actions)} open, {len(overdue)} overdue (`idtracker round show` lists them all)"
    )
    for action in overdue:
        about = f"{action['round_id']} {action['number']}: {action['text']}"
        out.print(f"  {about} ({action['owner_org_id']}, due {action['due_on']})", markup=False, soft_wrap=True)


def _show_wrong(wrong: list[dict[str, Any]]) -> None:
    out = console()
    for entry in wrong:
        what = (
            f"{entry['source']}: its definition is wrong"
            if entry["source"]
            else "Rows of the reference data are left out"
        )
        out.print()
        out.print(styled(what + ("; no file of it is taken until it is mended." if entry["source"] else "."), "red"))
        for problem in entry["problems"]:
            out.print(f"  {problem}", markup=False, soft_wrap=True)


def _show_tables(tables: list[dict[str, Any]]) -> None:
    if not tables:
        console().print("\nNothing is published yet; `idtracker run` does it.")
        return
    show_table(
        ["table", ("rows", "right"), "data until", "known since"],
        [(t["table"], f"{t['rows']:,}", _day(t["data_time"]), _day(t["recorded_at"])) for t in tables if t["rows"]],
        title="\nPublished tables",
    )


_SHOWN: dict[str, Callable[[dict[str, Any]], object]] = {
    "source": lambda s: s["id"],
    "reporter": lambda s: f"{s['org_id']} {s.get('org_name', '')}".rstrip(),
    "state": lambda s: styled(s["state"], _STYLE.get(s["state"], "")),
    "data until": lambda s: _day(s["data_time"]),
    "arrived": lambda s: _day(s["arrived_at"]),
    "next due": lambda s: _day(s["expected_next"]),
    "whose turn": lambda s: s["whose_turn"],
    "owner": lambda s: s["owner"],
}


def _day(value: Any) -> str:
    return "" if value is None or value != value else str(value)[:10]


def _minute(value: Any) -> str:
    return str(value)[:16].replace("T", " ") + " UTC"
