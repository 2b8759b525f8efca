"""The rows of a source that a new file may take the place of: what the stronger of its earlier files say of each scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.ingest.judge.definition import scope_columns
from idtracker.ingest.judge.deletions import IS_DELETED, has_deletions
from idtracker.ingest.judge.rules.incomplete import OF_WHOLE_FILES
from idtracker.ingest.judge.rules.locks import day_columns, days_of
from idtracker.ingest.judge.rules.removal import scopes_of, takes_rows_away
from idtracker.ingest.judged.archive import facts_file, is_readable
from idtracker.ingest.judged.parquet import read_frame
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Part, Source
from idtracker.model.home import Home


class RowsInForceReader:
    """Rows in force of the parts whose files may take rows away; to be taken in order of arrival, each file read once."""

    def __init__(self, home: Home, source: Source) -> None:
        self.parts = [part for part in source.parts if takes_rows_away(part, source)]
        self._home, self._source = home, source
        self._confirmed = [w for w in Waivers(home).of(source.id) if set(w.rules) & set(OF_WHOLE_FILES)]
        self._last: tuple[list[tuple[str, bool]], dict[str, pd.DataFrame]] = ([], {})

    def confirmations(self, at: datetime) -> list[Waiver]:
        """Confirmations of files that were in force at an instant."""
        return [w for w in self._confirmed if w.given_at < at < w.ends_at]

    def of(self, earlier: Sequence[Receipt], at: datetime) -> dict[str, pd.DataFrame]:
        """By part the rows in force (IN_FORCE) that earlier files, weakest first, had put there by an instant."""
        confirmed = {w.submission_id for w in self.confirmations(at)}
        files = [(r.submission_id, r.submission_id in confirmed) for r in earlier]
        known, frames = self._last
        if files[: len(known)] != known:
            known, frames = [], {}
        frames = dict(frames)
        for submission_id, is_confirmed in files[len(known) :]:
            for part in self.parts:
                rows = self._rows(part, submission_id, is_confirmed)
                if len(rows):
                    before = frames.get(part.id, rows.iloc[:0])
                    left = before[~before["scope"].isin(set(rows["scope"]))]
                    frames[part.id] = pd.concat([left, rows], ignore_index=True) if len(left) else rows
        self._last = (files, frames)
        return frames

    def _rows(self, part: Part, submission_id: str, is_confirmed: bool) -> pd.DataFrame:
        columns = list(dict.fromkeys(["fact_id", *scope_columns(part)]))
        kinds = ("facts", "waivable") if is_confirmed else ("facts",)
        paths = [facts_file(self._home, self._source.id, submission_id, part.id, kind) for kind in kinds]
        if has_deletions(part, self._source):
            columns += [IS_DELETED, *day_columns(part)]
        frames = [read_frame(path, columns) for path in paths if is_readable(path)]
        rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns, dtype="str")
        deleted = rows[IS_DELETED].fillna(False).astype(bool) if IS_DELETED in rows else False
        days = days_of(part, rows) if has_deletions(part, self._source) else None
        return pd.DataFrame(
            {
                "scope": scopes_of(part, rows),
                "fact_id": rows["fact_id"],
                IS_DELETED: deleted,
                "day": pd.Series(pd.NaT, index=rows.index) if days is None else pd.to_datetime(days),
            }
        )
