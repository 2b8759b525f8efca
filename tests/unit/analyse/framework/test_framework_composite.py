"""The optional composite: worked numbers, what withholds it, what refuses it, and its sensitivity against plain loops."""

from __future__ import annotations

from math import prod

import pytest

from idtracker.analyse.framework.composite import Known, StageNumber, stage_numbers
from idtracker.model.framework.composite import StageComposite, refusals_of
from idtracker.model.framework.definition import Framework

LABEL = {"en": "x", "ar": "س"}
FIGURES = [
    {"series": "A", "worst": 0, "best": 100, "weight": 2},
    {"series": "B", "worst": 50, "best": 10},
    {"series": "C", "worst": 0, "best": 4},
]
AGREED = {"agreed_by": ["steering board"], "agreed_on": "2026-06-01"}
KNOWN = {"A": Known(60, 50, 70), "B": Known(20, 15, 30), "C": Known(5, 3, 5)}
"""60, 75 and 100 (beyond its goalpost) of 100."""


def numbers(known: dict[str, Known], **changed: object) -> StageNumber:
    framework = Framework.model_validate(
        {
            **{"id": "X", "version": "1", "title": LABEL, "source": "invented"},
            "stages": [{"code": "PLAN", "label": LABEL}, {"code": "ACT", "label": LABEL}],
            "evidence": [{"code": c, "metric": "IM-01"} for c in "ABCD"],
            "questions": [
                {"code": "Q1", "stage": "PLAN", "label": LABEL, "evidence": ["A", "B", "C"]},
                {"code": "Q2", "stage": "ACT", "label": LABEL, "evidence": ["D"]},
            ],
            "composite": {**AGREED, "figures": FIGURES, **changed},
        }
    )
    (one,) = stage_numbers(framework, known)
    assert one.stage == "PLAN", "no figure enters at the other stage"
    return one


def test_a_number_is_the_weighted_mean_between_goalposts_and_its_ends_those_of_all_figures() -> None:
    one = numbers(KNOWN)
    assert one.value == pytest.approx((2 * 60 + 75 + 100) / 4)
    assert one.lower == pytest.approx((2 * 50 + 50 + 75) / 4)
    assert one.upper == pytest.approx((2 * 70 + 87.5 + 100) / 4)
    assert (one.coverage, one.missing, one.without_interval) == (1, (), ())


def test_one_figure_without_an_interval_leaves_the_number_without_ends() -> None:
    one = numbers({**KNOWN, "B": Known(20)})
    assert one.value is not None and (one.lower, one.upper, one.without_interval) == (None, None, ("B",))


def test_below_two_thirds_of_the_weight_there_is_no_number() -> None:
    assert numbers({**KNOWN, "C": Known(None)}).value == pytest.approx((2 * 60 + 75) / 3)
    withheld = numbers({"B": KNOWN["B"], "C": KNOWN["C"]})
    assert (withheld.value, withheld.coverage, withheld.missing, withheld.variants) == (None, 0.5, ("A",), ())
    exact = numbers({"A": KNOWN["A"]}, figures=[FIGURES[0], FIGURES[1]])
    assert exact.value == pytest.approx(60), "exactly two thirds are enough"


def points(series: str, worst: float, best: float) -> float:
    value = KNOWN[series].value
    assert value is not None
    return min(max((value - worst) / (best - worst) * 100, 0), 100)


def test_every_choice_is_made_otherwise_one_at_a_time() -> None:
    one = numbers(KNOWN)
    rows = {(v.choice, v.series, v.setting): v.value for v in one.variants}
    expected = {}
    for changed in FIGURES:
        name, worst, best, weight = changed["series"], changed["worst"], changed["best"], changed.get("weight", 1)
        step = (best - worst) / 10
        for choice, w, b, of in (
            *(("worst", worst + s, best, weight) for s in (-step, step)),
            *(("best", worst, best + s, weight) for s in (-step, step)),
            *(("weight", worst, best, weight * s) for s in (0.5, 2)),
            ("left_out", worst, best, 0),
        ):
            terms = [(of, points(name, w, b))]
            terms += [
                (f.get("weight", 1), points(f["series"], f["worst"], f["best"])) for f in FIGURES if f is not changed
            ]
            setting = {"worst": f"{w:g}", "best": f"{b:g}", "weight": f"{of:g}", "left_out": ""}[choice]
            expected[choice, name, setting] = sum(u * x for u, x in terms) / sum(u for u, _ in terms)
    expected["equal_weights", None, "1"] = (60 + 75 + 100) / 3
    expected["aggregation", None, "geometric"] = prod((60**2, 75, 100)) ** 0.25
    assert rows == {key: pytest.approx(value) for key, value in expected.items()}
    assert all(v.difference == pytest.approx(v.value - one.value) for v in one.variants if v.value is not None)


@pytest.mark.parametrize(
    "changed, where",
    [
        ({"agreed_by": []}, ("agreed_by",)),
        ({"agreed_on": None}, ("agreed_on",)),
        ({"figures": [{**FIGURES[0], "series": "Z"}]}, ("figures", 0, "series")),
        ({"figures": [{**FIGURES[0], "series": "MANY"}]}, ("figures", 0, "series")),
        ({"figures": [FIGURES[0], FIGURES[0]]}, ("figures", 1, "series")),
        ({"figures": [{**FIGURES[0], "best": 0}]}, ("figures", 0, "best")),
    ],
    ids=["nobody", "never", "unknown", "many_scopes", "twice", "no_distance"],
)
def test_what_refuses_a_composite(changed: dict[str, object], where: tuple[object, ...]) -> None:
    scopes = {**dict.fromkeys("ABC", "programme"), "MANY": "place=*"}
    assert list(refusals_of(StageComposite.model_validate({**AGREED, "figures": FIGURES}), scopes)) == []
    composite = StageComposite.model_validate({**AGREED, "figures": FIGURES, **changed})
    assert [loc for loc, _ in refusals_of(composite, scopes)] == [where]
