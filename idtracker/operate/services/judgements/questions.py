"""What the commands about judgements do: list questions, resolve one, show the record of those who judged."""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite
from typing import Any

import duckdb
import pandas as pd

from idtracker.analyse.judgement.assessments import LIKELIHOOD_UNIT, assessments_of
from idtracker.ingest.decisions.resolutions import Resolution, Resolutions
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.messages import Lang
from idtracker.operate.documents.judgements import (
    Calibrated,
    JudgedQuestion,
    JudgedQuestions,
    KeptResolution,
    Record,
    Sign,
    State,
)
from idtracker.operate.services.judgements.signs import signs_of
from idtracker.publish.current import open_current
from idtracker.publish.manifest import read_manifest
from idtracker.store.tables import read_table

_ORDER: tuple[State, ...] = ("due", "disputed", "open", "resolved")
_WORDS = {"yes": 100.0, "no": 0.0}


def list_questions(home: Home, audience: str, states: tuple[str, ...] = (), lang: Lang = "en") -> JudgedQuestions:
    """The questions of the publication as they were last judged; of some `states` where any are named. `lang` is that of warnings."""
    with open_current(home, audience) as published:
        rows = _latest(published)
        signs = signs_of(published, [(row["place_id"], row["warning_indicators"]) for row in rows], lang)
    as_of = pd.Timestamp(str((read_manifest(home, audience) or {})["as_of"]))
    questions = [_question(row, of, as_of.date()) for row, of in zip(rows, signs, strict=True)]
    waiting = sum(question.state in ("due", "disputed") for question in questions)
    chosen = [question for question in questions if not states or question.state in states]
    chosen.sort(key=lambda q: (_ORDER.index(q.state), q.horizon_on or "9999", q.scenario, q.question_id, q.scheme))
    return JudgedQuestions(as_of=as_of.date().isoformat(), due=waiting, questions=chosen)


def _latest(published: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = read_table(published, "scenario").sort_values("period")
    last = rows.drop_duplicates(["question_id", "scheme"], keep="last")
    return _plain(last)


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows, what is missing None."""
    cells = frame.astype("object").where(frame.notna(), None)
    names = [str(name) for name in cells.columns]
    return [dict(zip(names, row, strict=True)) for row in cells.itertuples(index=False, name=None)]


def _question(row: dict[str, Any], signs: list[Sign], today: date) -> JudgedQuestion:
    horizon, resolved = (None if row[name] is None else row[name].date() for name in ("horizon_on", "resolved_on"))
    return JudgedQuestion(
        **{name: row[name] for name in ("question_id", "scenario", "place_id", "scheme", "unit", "period")},
        **{name: row[name] for name in ("estimate", "change", "outcome")},
        horizon_on=horizon.isoformat() if horizon else None,
        assessors=int(row["assessor_count"]),
        state=_state(row, horizon, today),
        resolved_on=resolved.isoformat() if resolved else None,
        basis=row["resolution_basis"],
        signs=signs,
    )


def _state(row: dict[str, Any], horizon: date | None, today: date) -> State:
    if row["outcome"] is not None:
        return "resolved"
    if row["resolution_basis"] == "DISPUTED":
        return "disputed"
    return "due" if horizon is not None and horizon < today else "open"


def resolve(
    home: Home, audience: str, identifier: str, outcome: str, *, on: date, by: str, why: str, at: datetime
) -> KeptResolution:
    """Keep what became of the question that an identifier names: its own, the beginning of it, or that of a judgement.

    UsageError where there is no such question or several, or where the outcome or the day cannot be one of it.
    """
    with open_current(home, audience) as published:
        row = _named(published, identifier)
        asked = published.execute(
            "SELECT min(period_start) FROM scenario WHERE question_id = ?", [row["question_id"]]
        ).fetchone()
    value = _outcome(row, outcome)
    if asked and asked[0] is not None and on < pd.Timestamp(asked[0]).date():
        raise UsageError(
            f"--on {on.isoformat()} lies before the quarter in which it was judged first ({asked[0]:%Y-%m-%d} on): what was known "
            "then was no question."
        )
    if on > at.date():
        raise UsageError(f"--on {on.isoformat()} has not come yet; a question is resolved when its outcome is known.")
    place, horizon = row["place_id"] or "", row["horizon_on"]
    about = [row["scenario"], place, f"until {horizon.date().isoformat()}" if horizon is not None else ""]
    subject = ", ".join(part for part in about if part)
    decision = Resolution(row["question_id"], subject, value, on, by, why, at)
    Resolutions(home).add(decision)
    return KeptResolution(
        resolution_id=decision.resolution_id,
        question_id=decision.question_id,
        subject=subject,
        outcome=value,
        resolved_on=on.isoformat(),
        by=by,
        why=why,
        at=at.isoformat(),
    )


def _outcome(row: dict[str, Any], typed: str) -> float:
    if row["unit"] == LIKELIHOOD_UNIT:
        if typed.casefold() not in _WORDS:
            raise UsageError(f"--outcome `{typed}`: the question is whether it comes about; write yes or no.")
        return _WORDS[typed.casefold()]
    try:
        value = float(typed)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise UsageError(f"--outcome `{typed}`: the question is how much; write a number ({row['unit']}).")
    return value


def _named(published: duckdb.DuckDBPyConnection, identifier: str) -> dict[str, Any]:
    rows = {row["question_id"]: row for row in _latest(published)}
    found = {question for question in rows if identifier and question.startswith(identifier)}
    if not found:
        judged = read_table(published, "judgement", "recorded_to IS NULL")
        found = {a.question_id for a in assessments_of(judged[judged["judgement_id"] == identifier])} & set(rows)
    if not found:
        raise UsageError(f"There is no question or judgement `{identifier}`; `idtracker judgement list` names them.")
    if len(found) > 1:
        raise UsageError(
            f"`{identifier}` names {len(found)} questions: {', '.join(sorted(found))}; write one of these."
        )
    return rows[found.pop()]


def record(home: Home, audience: str) -> Record:
    """The published calibration, the pools and everybody first."""
    with open_current(home, audience) as published:
        frame = read_table(published, "calibration")
    first = {"CROWD": 0, "ALL": 1}
    rows = _plain(frame)
    rows.sort(
        key=lambda r: (r["scheme"], first.get(r["assessor"], 2), r["assessor"], r["horizon"] != "ALL", r["horizon"])
    )
    renamed = {"questions": "question_count", "judgements": "judgement_count"}
    return Record(
        rows=[Calibrated(**{name: row[renamed.get(name, name)] for name in Calibrated.model_fields}) for row in rows]
    )
