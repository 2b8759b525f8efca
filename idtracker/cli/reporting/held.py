"""`held`: the rows that wait, listed, shown, taken out to be corrected, judged again, or let through until a day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idtracker.cli.output import command, console, orchestrator, print_json, show_notice, show_table, styled, waiting
from idtracker.model.errors import UsageError
from idtracker.model.home import Home

if TYPE_CHECKING:
    import pandas as pd

    from idtracker.feedback.held_rows import HeldRow
    from idtracker.model.messages import Lang
    from idtracker.operate.documents.held import Submission

_LANGUAGE = click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the words."
)
_SOURCES = click.option("--source", "source_ids", multiple=True, help="Only this source; may be repeated.")
_SHOWN = 20
_COLUMNS = ("submission", "source", "file", "rows", "since", "days", "rules", "turn")


@click.group()
def held() -> None:
    """Held rows: list, show, export, replay, waive, confirm."""


@held.command(name="list")
@_SOURCES
@click.option("--all", "everything", is_flag=True, help="Also files of which a later edition came.")
@_LANGUAGE
@command
def list_(home: Home, source_ids: tuple[str, ...], everything: bool, lang: Lang, as_json: bool) -> None:
    """Submissions with rows that are held: how many, since when, for which rules, and whose turn it is."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.model.messages import phrase
    from idtracker.operate.services.held import list_document

    with waiting("reading held rows", as_json):
        document = list_document(home, catalogue_of(home), source_ids, _now(), everything)
    if as_json:
        print_json(document)
        return
    show_notice(document.notice, stderr=True)
    _show_list(document.submissions, lang)
    key, count = ("listed", len(document.submissions)) if document.submissions else ("none", 0)
    console().print(
        phrase("feedback/held", key, lang, rows=document.rows, submissions=count), markup=False, soft_wrap=True
    )
    if document.overtaken_rows and not everything:
        console().print(
            phrase("feedback/held", "overtaken", lang, rows=document.overtaken_rows), markup=False, soft_wrap=True
        )


def _show_list(submissions: list[Submission], lang: Lang) -> None:
    from idtracker.model.messages import phrase
    from idtracker.operate.services.held import turn_of

    heads = {key: phrase("feedback/held", f"col_{key}", lang) for key in _COLUMNS}
    if submissions:
        show_table(
            [(head, "right") if key in ("rows", "days") else head for key, head in heads.items()],
            [
                (
                    s.submission_id, s.source, s.file_name, s.rows, s.held_since[:10], s.age_days,
                    ", ".join(f"{r.rule} × {r.rows}" for r in s.rules), turn_of(s, lang),
                )
                for s in submissions
            ],
        )  # fmt: skip


@held.command()
@click.argument("identifier", metavar="ID")
@click.option("--all", "everything", is_flag=True, help="Every row, not only the first.")
@_LANGUAGE
@command
def show(home: Home, identifier: str, everything: bool, lang: Lang, as_json: bool) -> None:
    """One held row, or those of one submission: the cells as typed, and every reason with its remedy.

    ID is the name of a row or of a submission, or the beginning of one.
    """
    from idtracker.feedback.held_rows import rows_in_words
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.held import find_held, row_document

    matching = find_held(home, catalogue_of(home), identifier, _now())
    rows = rows_in_words(home, matching if everything or as_json else matching.head(_SHOWN))
    if as_json:
        from idtracker.operate.documents.held import HeldRows

        print_json(HeldRows(rows=[row_document(r) for r in rows]))
        return
    for row in rows:
        _show_row(row, lang)
    if len(matching) > len(rows):
        console().print(f"… {len(matching) - len(rows):,} (--all)", markup=False)


def _show_row(row: HeldRow, lang: Lang) -> None:
    from idtracker.feedback.check.wording import visible
    from idtracker.feedback.held_rows import reason_text
    from idtracker.model.messages import phrase

    out = console()
    place = ", ".join(p for p in (row.submission_id, row.part, row.sheet, row.row) if p)
    out.print(styled(row.held_id, "bold"), place, markup=False)
    wrong = {r.column for r in row.reasons}
    for name, text in row.cells.items():
        if text is not None:
            out.print(styled(f"   {visible(name)}: {visible(text)}", "red" if name in wrong else ""), soft_wrap=True)
    for reason in row.reasons:
        out.print(f"   {reason.rule}: {visible(reason_text(reason, lang))}", markup=False, soft_wrap=True)
    if row.is_waivable:
        message = phrase("feedback/held", "waivable", lang, held_id=row.held_id)
        out.print(styled(f"   {message}", "dim"), soft_wrap=True)
    out.print()


@held.command()
@click.argument("out", type=click.Path(dir_okay=False), metavar="OUT.xlsx")
@click.option("--source", "source_id", help="The source; needed where several have held rows.")
@click.option("--submission", help="Only the rows of this submission.")
@click.option("--all", "everything", is_flag=True, help="Also rows of files of which a later edition came.")
@_LANGUAGE
@command
def export(
    home: Home,
    out: str,
    source_id: str | None,
    submission: str | None,
    everything: bool,
    lang: Lang,
    as_json: bool,
) -> None:
    """A workbook with only the held rows of one source and their reasons, to be corrected and submitted back."""
    from idtracker.feedback.held_rows import rows_in_words
    from idtracker.feedback.workbooks.held_workbook import correction_workbook
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.model.files import write_bytes
    from idtracker.model.messages import phrase

    path = _place(out)
    catalogue = catalogue_of(home)
    with waiting("reading held rows", as_json):
        rows = _to_export(home, catalogue, source_id, submission, everything)
        source = catalogue.source(str(rows["source_id"].iat[0]))
        content = correction_workbook(source, rows_in_words(home, rows), lang, datetime.now(UTC).replace(microsecond=0))
    write_bytes(path, content)
    if as_json:
        from idtracker.operate.documents.held import Export

        print_json(Export(source=source.id, rows=len(rows), written=str(path)))
        return
    message = phrase("feedback/held", "exported", lang, rows=len(rows), source=source.id, path=path)
    console().print(message, markup=False, soft_wrap=True)


def _place(out: str) -> Path:
    path = Path(out)
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{out}: the name of the workbook ends with .xlsx.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{out}: there is no folder {path.absolute().parent}.")
    return path


def _to_export(
    home: Home, catalogue: Any, source_id: str | None, submission: str | None, everything: bool
) -> pd.DataFrame:
    """The held rows of one source; UsageError where there are none or several sources have some."""
    import pandas as pd

    from idtracker.operate.services.held import held_submissions

    sources = [catalogue.source(source_id)] if source_id else list(catalogue.sources.values())
    submissions = held_submissions(home, sources, _now(), with_overtaken=everything or submission is not None)
    if submission:
        submissions = [h for h in submissions if h.receipt.submission_id.startswith(submission)]
    names = sorted({h.receipt.source_id for h in submissions})
    if len(names) > 1:
        raise UsageError(f"Several sources have held rows; name one with --source: {', '.join(names)}.")
    if not submissions:
        raise UsageError(
            "No row is held" + (f" in `{submission}`." if submission else f" of {source_id}." if source_id else ".")
        )
    return pd.concat([h.rows for h in submissions], ignore_index=True)


@held.command()
@_SOURCES
@_LANGUAGE
@command
def replay(home: Home, source_ids: tuple[str, ...], lang: Lang, as_json: bool) -> int:
    """Judge again what is held, publish, and say what was released and what is still held.

    Changes of definitions, names and rules are taken up by every run; this judges the held rows also without one.
    """
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.model.messages import phrase
    from idtracker.operate.services.held import held_submissions, list_document

    catalogue = catalogue_of(home)
    sources = [catalogue.source(s) for s in source_ids] or list(catalogue.sources.values())
    before = held_submissions(home, sources, _now(), with_overtaken=True)
    waiting_for: dict[str, list[str]] = {}
    for entry in before:
        waiting_for.setdefault(entry.receipt.source_id, []).append(entry.receipt.submission_id)
    failed: list[str] = []
    if waiting_for:
        with waiting("judging held rows again", as_json):
            failed = orchestrator(home).replay(waiting_for).failed_steps
    after = list_document(home, catalogue, [s.id for s in sources], _now(), True)
    known = {
        held_id for h in held_submissions(home, sources, _now(), with_overtaken=True) for held_id in h.rows["held_id"]
    }
    released = sum(held_id not in known for h in before for held_id in h.rows["held_id"])
    if as_json:
        from idtracker.operate.documents.held import Replay

        print_json(Replay(released=released, held=after.rows, submissions=after.submissions, failed_steps=failed))
        return 1 if failed else 0
    _show_list(after.submissions, lang)
    console().print(phrase("feedback/held", "released", lang, released=released, held=after.rows), markup=False)
    for step in failed:
        console().print(styled("Step failed:", "red"), step, markup=False)
    return 1 if failed else 0


@held.command()
@click.argument("identifier", metavar="ID")
@click.option("--by", required=True, help="Role or organisation that answers for it; no person.")
@click.option("--why", required=True, help="Reason, shown wherever the value is used.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day in force; one that has passed ends a waiver."
)
@click.option("--rule", help="With a submission: all of its rows that this rule alone holds.")
@click.option("--revoke", is_flag=True, help="End the waiver now.")
@_LANGUAGE
@command
def waive(
    home: Home, identifier: str, by: str, why: str, until: datetime | None, rule: str | None, revoke: bool,
    lang: Lang, as_json: bool,
) -> None:  # fmt: skip
    """Let the held row ID through until a day, or with --rule the rows of submission ID. It is shown with every use."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.model.messages import phrase
    from idtracker.operate.services import waivers as waiving

    if revoke == (until is not None):
        raise UsageError("Name the last day with --until, or end a waiver with --revoke.")
    catalogue, at = catalogue_of(home), datetime.now(UTC).replace(microsecond=0)
    if until is None:
        waiver, rows = waiving.revoke(home, catalogue, identifier, rule, by=by, why=why, at=at), 0
    else:
        waiver, rows = waiving.waive(
            home, catalogue, waiving.WaiverRequest(identifier, rule, by, why, until.date(), at)
        )
    is_over = waiver.ends_at <= at
    if as_json:
        print_json(waiving.waiver_document(waiver, in_force=not is_over))
        return
    message = phrase("feedback/held", "revoked" if is_over else "waived", lang, rows=rows, until=waiver.until_on)
    console().print(message, markup=False, soft_wrap=True)


@held.command()
@click.argument("submission")
@click.option("--by", required=True, help="Role or organisation that answers for it; no person.")
@click.option("--why", required=True, help="Reason, shown wherever the rows are used.")
@_LANGUAGE
@command
def confirm(home: Home, submission: str, by: str, why: str, lang: Lang, as_json: bool) -> None:
    """Confirm a SUBMISSION that waits whole, because it takes many rows away or looks cut off: it is right. For good."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.model.messages import phrase
    from idtracker.operate.services import waivers as waiving

    at = datetime.now(UTC).replace(microsecond=0)
    waiver, rows = waiving.confirm(home, catalogue_of(home), submission, by=by, why=why, at=at)
    if as_json:
        print_json(waiving.waiver_document(waiver, in_force=True))
        return
    console().print(phrase("feedback/held", "confirmed", lang, rows=rows), markup=False, soft_wrap=True)


def _now() -> pd.Timestamp:
    """This instant, UTC, as the store keeps instants."""
    import pandas as pd

    return pd.Timestamp(datetime.now(UTC).replace(tzinfo=None, microsecond=0))
