"""Alternatives in a method's file: what does not fit is refused with its place, and what fits is said in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from idtracker.model.composite.alternative_words import alternative_words
from idtracker.model.composite.load import load_index
from idtracker.model.config.json_schema import method_json_schema
from idtracker.model.errors import DefinitionError

SOUND: dict[str, Any] = {
    "method_version": "T-1", "title": "Test", "source": "none",
    "indicator_defaults": {"scale": [0, 100], "normalise": {"method": "goalposts", "low": 0, "high": 10}},
    "indicators": {
        "A": {"label": "a"}, "B": {"label": "b"},
        "C": {"label": "c", "normalise": "z_score"},
        "L": {"label": "l", "transform": "log", "normalise": {"method": "goalposts", "low": 1, "high": 10}},
        "U": {"label": "u", "normalise": "none", "scale": None, "treatment": "coin"},
        "D": {"label": "d", "normalise": {"method": "categories", "values": {"yes": 1, "no": 0}}},
        "E": {"label": "e", "normalise": "register", "scale": None},
    },
    "tree": {"code": "R", "children": [
        {"code": "N", "aggregation": "geometric", "children": [{"code": "A", "weight": 0.5}, {"code": "B", "weight": 0.5}]},
        {"code": "M", "aggregation": "minimum", "children": ["C", "D", "L", "U"]}, {"code": "S", "aggregation": "sum", "children": ["E"]},
    ]},
}  # fmt: skip


def normalise(of: list[str], *choices: Any) -> dict[str, Any]:
    return {"normalisation": [{"of": of, "choices": list(choices)}]}


def aggregate(of: list[str], *choices: Any, **more: Any) -> dict[str, Any]:
    return {"aggregation": [{"of": of, "choices": list(choices), **more}]}


def weigh(**weights: Any) -> dict[str, Any]:
    return {"weights": {"sets": [{"label": "mine", "weights": weights}]}}


@pytest.fixture
def load(tmp_path: Path) -> Callable[[dict[str, Any]], Any]:
    def read(alternatives: dict[str, Any]) -> Any:
        path = tmp_path / "index.yml"
        path.write_text(yaml.safe_dump({**SOUND, "alternatives": alternatives}, sort_keys=False), "utf-8")
        return load_index(path)

    return read


GOOD = {
    "normalisation": [{"of": ["N"], "choices": ["min_max", {"normalise": {"method": "goalposts", "low": 2, "high": 9}, "transform": "log"}]}],
    "aggregation": [{"of": ["N"], "choices": ["arithmetic", {"aggregation": "power", "exponent": 0.5}]}, {"level": 1, "choices": []}],
    "weights": {"spread": 0.3, "sets": [{"label": "budget", "weights": {"N": {"A": 0.25, "B": 0.75}}}]},
}  # fmt: skip
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"normalisations": []}, "alternatives.normalisations: there is no such key"),
    "unknown key of a choice": (normalise(["A"], {"normalise": "min_max", "limits": {"low": 1}}), "limits: there is no such key"),
    "unknown method": (normalise(["A"], "minmax"), "alternatives.normalisation.0.choices.0"),
    "unknown indicator": (normalise(["AA"], "min_max"), "there is no indicator or node `AA`: did you mean `A`?"),
    "reversed goalposts": (normalise(["A"], {"normalise": {"method": "goalposts", "low": 9, "high": 2}}), "goalposts are reversed (9, 2)"),
    "as stated": (normalise(["A"], {"normalise": {"method": "goalposts", "low": 0, "high": 10}}), "`A`: this is what the file states already"),
    "another scale": (normalise(["A"], {"normalise": {"method": "min_max", "scale": [0, 1000]}}), "ends on 0 to 1000, and as stated it ends on 0 to 100"),
    "a scale inside": (
        normalise(["A"], {"normalise": {"method": "min_max", "scale": [0, 10]}}),
        "ends on 0 to 10, and as stated it ends on 0 to 100",
    ),
    "a clip beyond": (normalise(["A"], {"normalise": {"method": "linear", "clip": [0, 101]}}), "ends on 0 to 101"),
    "no ends": (normalise(["A"], "z_score"), "it has no ends, and as stated it ends on 0 to 100"),
    "ends where none are stated": (normalise(["C"], "min_max"), "it ends on 0 to 100, and as stated it has no ends"),
    "words": (normalise(["D"], "min_max"), "`D`: categories are words"),
    "direction of the register": (normalise(["E"], {"normalise": {"method": "goalposts", "low": 1, "high": 2, "scale": [0, 100]}}), "say the `direction` of this choice"),
    "nothing to leave away": (normalise(["A"], {"transform": "none"}), "`A`: this is what the file states already"),
    "nothing other": (normalise(["L"], {"direction": -1}), "say what is other"),
    "no normalisation at all": (normalise(["L"], {"normalise": None, "transform": "none"}), "say what is other"),
    "a transform of the register": (normalise(["E"], {"transform": "none", "direction": 1}), "`E`: say how it comes onto the scale"),
    "twice": ({"normalisation": [{"choices": ["min_max"], "of": ["A"]}, {"choices": ["min_max"], "of": ["N"]}]}, "A stand in several entries"),
    "no choice": (normalise(["A"]), "alternatives.normalisation.0.choices"),
    "unknown node": (aggregate(["MM"], "arithmetic"), "there is no node `MM`: did you mean `M`?"),
    "an indicator is no node": (aggregate(["A"], "arithmetic"), "there is no node `A`"),
    "stated aggregation": (aggregate(["N"], "geometric"), "geometric is what the file states already"),
    "another aggregation twice": (aggregate(["N"], "harmonic", "harmonic"), "harmonic is named twice"),
    "leaves the scale": (aggregate(["N"], "sum"), "sum does not end on the scale of the children"),
    "held against a sum": (aggregate(["S"], "arithmetic"), "node `S` is a sum"),
    "no exponent": (aggregate(["N"], "power"), "`power` needs an exponent"),
    "nodes and level": (aggregate(["N"], "harmonic", level=2), "not both"),
    "too deep": ({"aggregation": [{"level": 5, "choices": ["harmonic"]}]}, "the tree has 2 levels"),
    "unknown child": (weigh(N={"A": 0.5, "BB": 0.5}), "there is no child of `N` `BB`: did you mean `B`?"),
    "a child without weight": (weigh(N={"A": 1}), "B of `N` have no weight"),
    "sum of weights": (weigh(N={"A": 1, "B": 1}), "weights must add up to 1, here 2"),
    "no weight at all": (weigh(N={"A": 0, "B": 0}), "weights must not all be 0"),
    "negative weight": (weigh(N={"A": -1, "B": 2}), "greater than or equal to 0"),
    "weights of a minimum": (weigh(M={"C": 0.5, "D": 0.5, "L": 0, "U": 0}), "weights are not drawn in minimum"),
    "spread": ({"weights": {"spread": 0.9}}, "less than or equal to 0.5"),
    "one label": ({"weights": {"sets": [{"label": "x", "weights": {"N": {"A": 0.1, "B": 0.9}}}] * 2}}, "several sets are called `x`"),
}  # fmt: skip


def test_what_fits_loads_and_is_said(load: Callable[[dict[str, Any]], Any]) -> None:
    said = alternative_words(load(GOOD).alternatives, (0, 100))
    assert said == [
        "normalisation of N: between the least and greatest value of the units to 0-100 · or log; between goalposts 2 and 9 to 0-100",
        "aggregation of N: arithmetic mean · or generalised mean, exponent 0.5",
        "aggregation of level 1: no other",
        "weights: give or take 30% among equals",
        "weights of budget: N A 0.25 B 0.75",
    ]
    jsonschema.validate({**SOUND, "indicators": {"A": {"label": "a"}}, "alternatives": GOOD}, method_json_schema())
    assert alternative_words(load({}).alternatives) == []


def test_a_transform_or_treatment_alone_may_be_left_away(load: Callable[[dict[str, Any]], Any]) -> None:
    alternatives = {"normalisation": [
        {"of": ["L"], "choices": [{"transform": "none"}, {"transform": "square_root"}]},
        {"of": ["U"], "choices": [{"treatment": "none"}]},
    ]}  # fmt: skip
    index = load(alternatives)
    assert alternative_words(index.alternatives, (0, 100)) == [
        "normalisation of L: not transformed · or square root", "normalisation of U: outliers as they are",
    ]  # fmt: skip
    without = index.rules_under("L", index.alternatives.normalisation[0].choices[0])
    assert (without.transform.method, without.normalise, without.scale) == (
        "none",
        index.rules_of("L").normalise,
        (0, 100),
    )
    jsonschema.validate(
        {**SOUND, "indicators": {"A": {"label": "a"}}, "alternatives": alternatives}, method_json_schema()
    )


@pytest.mark.parametrize("name", FAULTS)
def test_what_does_not_fit_is_refused_with_its_place(name: str, load: Callable[[dict[str, Any]], Any]) -> None:
    alternatives, told = FAULTS[name]
    with pytest.raises(DefinitionError) as caught:
        load(alternatives)
    assert told in str(caught.value), str(caught.value)
    assert all("index.yml:" in line and "alternatives" in line for line in caught.value.problems)


def test_what_an_editor_marks() -> None:
    validator = jsonschema.Draft202012Validator(method_json_schema())
    for name in ("unknown key", "unknown key of a choice", "no choice"):
        assert not validator.is_valid({**SOUND, "alternatives": FAULTS[name][0]}), name
