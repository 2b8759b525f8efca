"""`judgement list` in the language asked for: headings, states, outcomes and what is said of signs."""

from __future__ import annotations

from typing import Any

import pytest

from idtracker.cli.review.judgement import _show_questions
from idtracker.model.messages import Lang
from idtracker.operate.documents.judgements import JudgedQuestion, JudgedQuestions, Sign


def question(number: int, state: Any, **more: Any) -> JudgedQuestion:
    stated: dict[str, Any] = {"scenario": f"Scenario {number}", "unit": "%", "outcome": None, "signs": [], **more}
    return JudgedQuestion(
        question_id=f"Q-{number}", place_id="JO", horizon_on="2026-06-30", scheme="phia_yardstick", period="2026-Q1",
        estimate=35.0, change=None, assessors=2, state=state, resolved_on=None, basis=None, **stated,
    )  # fmt: skip


QUESTIONS = JudgedQuestions(
    as_of="2026-07-01",
    due=2,
    questions=[
        question(1, "due", signs=[Sign(code="BSF1", is_known=True, warnings=[])]),
        question(2, "disputed", signs=[Sign(code="BSF9", is_known=False, warnings=[])]),
        question(3, "open", signs=[Sign(code="BSF1", is_known=True, warnings=["It stands."])]),
        question(4, "resolved", outcome=100.0),
        question(5, "resolved", outcome=0.0),
        question(6, "resolved", outcome=1250.0, unit="people"),
    ],
)
EXPECTED: dict[Lang, tuple[str, ...]] = {
    "en": (
        "question", "due", "disputed", "open", "yes", "1,250", "Scenario 1: BSF1: no warning stands", "Scenario 3: BSF1: It stands.",
        "Scenario 2: BSF9: no indicator and no node of this name", "2 questions wait for an outcome on 2026-07-01.",
    ),
    "ar": (
        "السؤال", "مستحق", "متنازع عليه", "مفتوح", "محسوم", "نعم", "1,250", "Scenario 1: BSF1: لا إنذار قائماً",
        "Scenario 2: BSF9: لا مؤشر ولا عقدة بهذا الاسم", "سؤالان ينتظران نتيجة في 2026-07-01.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("lang", EXPECTED)
def test_questions_are_shown_in_the_language_asked_for(
    lang: Lang, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    _show_questions(QUESTIONS, lang)
    shown = capsys.readouterr().out
    for part in EXPECTED[lang]:
        assert part in shown, (part, shown)
    if lang == "ar":
        assert not {"disputed", "resolved", "outcome", "yes"} & set(shown.split())
