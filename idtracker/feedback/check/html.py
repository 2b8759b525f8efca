"""The answer as one self-contained page: no network, no script, for a screen of any width and for A4."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from importlib import resources
from typing import Any

from idtracker.feedback.check.changes import KINDS, Comparison
from idtracker.feedback.check.result import CheckResult
from idtracker.feedback.check.row_examples import RowExample
from idtracker.feedback.check.sentences import change_sentence, notes, steps, verdict_sentence
from idtracker.feedback.check.view import Card, ViewLimits, view_of
from idtracker.feedback.check.wording import MESSAGES, label_of, shortened, visible
from idtracker.model.findings import rule_set_version
from idtracker.model.findings.rules import SEVERITIES
from idtracker.model.messages import Lang, counted, direction, phrase

_LIMITS = ViewLimits(places=1_000, places_in_all=20_000, groups=200, characters=160)
_UNFOLDED = 10
_PERIODS = 60
_LONGEST_VALUE = 200
_TICKED = re.compile("`([^`<>]+)`")
_TONES = {"accepted": "good", "partly_accepted": "warning", "held": "error", "rejected": "critical"}


def check_page(result: CheckResult, lang: Lang) -> str:
    """HTML of the answer. At most 1,000 places of a mistake and 20,000 in all are listed; what is left out is counted."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    folder = resources.files("idtracker.feedback.check") / "page"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["prose"] = _prose
    template = environment.from_string((folder / "answer.html").read_text("utf-8"))
    css = Markup((folder / "answer.css").read_text("utf-8"))
    return template.render(
        css=css, t=_phrases(lang), n=_counts(lang), lang=lang, dir=direction(lang), arrow="←" if lang == "ar" else "→",
        **_head(result, lang), **_findings(result, lang), **_changes(result, lang),
    )  # fmt: skip


def _prose(text: str) -> Any:
    """A text of ours with what stands in backticks as code; everything is escaped."""
    from markupsafe import Markup, escape

    return Markup(_TICKED.sub(r'<code class="code" dir="ltr">\1</code>', str(escape(text))))


def _phrases(lang: Lang) -> Any:
    return lambda key, **details: phrase(MESSAGES, key, lang, **details)


def _counts(lang: Lang) -> Any:
    return lambda key, count, **details: counted(MESSAGES, key, lang, count, **details)


def _head(result: CheckResult, lang: Lang) -> dict[str, Any]:
    verdict = result.assessment.verdict
    rows = result.rows if result.rows["read"] else {}
    return {
        "tone": _TONES[verdict],
        "verdict": verdict_sentence(result, lang),
        "changed": change_sentence(result, lang),
        "notes": notes(result, lang),
        "steps": steps(result, lang),
        "rows": [(phrase(MESSAGES, f"fate_{fate}", lang), f"{number:,}") for fate, number in rows.items()],
        "file": shortened(visible(result.file_name), _LONGEST_VALUE),
        "title": result.source.title,
        "source": result.source.id,
        "publisher": result.publisher.get(lang, result.source.publisher),
        "publisher_id": result.source.publisher,
        "checked_at": "" if result.received_at is None else f"{result.received_at:%Y-%m-%d %H:%M} UTC",
        "notice": result.notice,
        "submission": result.submission_id,
        "sha256": result.sha256,
        "rule_set": rule_set_version(),
    }


def _findings(result: CheckResult, lang: Lang) -> dict[str, Any]:
    view = view_of(result, lang, _LIMITS, isolate=True)
    labels = {s: phrase(MESSAGES, f"severity_{s}", lang) for s in SEVERITIES}
    return {"view": view, "cards": [_folded(card) for card in view.cards], "labels": labels}


def _folded(card: Card) -> dict[str, Any]:
    """A card with the places that stand open and those that are folded; one place more is not folded alone."""
    open_places = len(card.places) if len(card.places) <= _UNFOLDED + 2 else _UNFOLDED
    first, rest = card.places[:open_places], card.places[open_places:]
    return {
        **asdict(card),
        "more": card.more,
        "first": first,
        "rest": rest,
        "in_rest": sum(p.count for p in rest),
        "shown": sum(p.count for p in card.places),
        "has_cells": any(p.cells for p in card.places),
        "has_suggestions": any(p.suggestion for p in card.places),
    }


def _changes(result: CheckResult, lang: Lang) -> dict[str, Any]:
    comparison = result.comparison
    periods = _gathered(comparison)
    kinds = [k for k in KINDS if k != "superseded" or comparison.total("superseded")]
    examples = [
        _examples(result, kind, rows, lang)
        for kind in ("removed", "changed", "added")
        if (rows := comparison.examples.get(kind)) and comparison.is_published
    ]
    return {
        "is_compared": comparison.is_published and not result.assessment.findings.is_critical,
        "periods": periods,
        "has_parts": len({p["part"] for p in periods}) > 1,
        "kinds": kinds,
        "examples": examples,
    }


def _gathered(comparison: Comparison) -> list[dict[str, Any]]:
    """Changes by period; where there are very many periods, one line per part."""
    if len(comparison.periods) <= _PERIODS:
        return [asdict(p) for p in comparison.periods]
    parts = list(dict.fromkeys(p.part for p in comparison.periods))
    return [
        {
            "part": part,
            "period": "",
            **{k: sum(getattr(p, k) for p in comparison.periods if p.part == part) for k in KINDS},
        }
        for part in parts
    ]


def _examples(result: CheckResult, kind: str, rows: Sequence[RowExample], lang: Lang) -> dict[str, Any]:
    label = partial(label_of, result.source, lang=lang)
    fields = list(dict.fromkeys(f for row in rows for f in row.key))

    def value(text: str) -> str:
        return shortened(visible(text), _LONGEST_VALUE)

    return {
        "kind": kind,
        "count": result.comparison.total(kind),  # type: ignore[arg-type]
        "has_held": any(row.is_held for row in rows),
        "headings": [visible(label(f)) for f in fields],
        "rows": [
            {
                "key": [value(row.key.get(f, "")) for f in fields],
                "sheet": value(row.sheet),
                "row": row.row,
                "is_held": row.is_held,
                "differences": [
                    {"label": visible(label(d.field)), "before": value(d.before), "after": value(d.after)}
                    for d in row.differences
                ],
            }
            for row in rows
        ],
    }
