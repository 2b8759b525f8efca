"""The methods that a programme names, and every way in which a definition cannot score the tracker."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from idtracker.model.config.programme import Programme
from idtracker.model.errors import DefinitionError
from idtracker.model.method import load_method
from idtracker.model.methods.chosen import Methods, bundled_methods, load_methods
from idtracker.model.methods.published import methods_frame, methods_of

SOUND = {
    "method_version": "OWN-1",
    "title": "Own",
    "source": "none",
    "indicator_defaults": {"normalise": "register"},
    "indicators": {"A": {"label": "A"}, "B": {"label": "B"}},
    "tree": {"code": "R", "children": [{"code": "N", "children": ["A"]}, "B"]},
}


def chosen(folder: Path, method: object, **changes: object) -> Methods:
    (folder / "_methods").mkdir(exist_ok=True)
    (folder / "_methods" / "OWN.yml").write_text(yaml.safe_dump({**SOUND, **changes}), encoding="utf-8")
    programme = Programme.model_validate({"title": "t", "country": "JO", **({"method": method} if method else {})})
    return load_methods(folder, programme.method, ["A", "B"])


def test_without_a_name_the_trackers_own_scores(tmp_path):
    assert [(m.method_id, m.role) for m in chosen(tmp_path, None)] == [("STAB-1.2", "headline")]


def test_a_name_is_the_headline_and_cells_are_merged_by_the_trackers_own(tmp_path):
    methods = chosen(tmp_path, "own")
    assert (methods.headline.method_id, methods.headline.root) == ("OWN", "R")
    assert methods.merging.method_version == "STAB-1.2"


def test_several_stand_beside_the_headline_and_come_back_from_their_table(tmp_path):
    methods = chosen(tmp_path, {"headline": "OWN", "also": ["STAB-1.1"], "earlier": ["STAB-1.0"]})
    again = methods_of(methods_frame(methods).to_dict("records"))
    assert [(m.method_id, m.role, m.fingerprint) for m in again] == [
        (m.method_id, m.role, m.fingerprint) for m in methods
    ]
    assert again.merging == methods.merging
    assert again.headline.definition.hierarchy == methods.headline.definition.hierarchy


def test_an_edit_changes_the_fingerprint_of_its_method_alone(tmp_path):
    named = {"headline": "STAB-1.2", "also": ["OWN"]}
    before, after = chosen(tmp_path, named), chosen(tmp_path, named, title="Another")
    assert before.headline.fingerprint == after.headline.fingerprint
    assert before.beside[0].fingerprint != after.beside[0].fingerprint


def test_an_unknown_name_lists_the_known_ones(tmp_path):
    with pytest.raises(DefinitionError, match=r"no method `OWM`: did you mean `OWN`\? Known are .*HDI.*STAB-1\.2"):
        chosen(tmp_path, "OWM")


def test_two_methods_of_one_version_are_refused(tmp_path):
    with pytest.raises(DefinitionError, match=r"version STAB-1\.2 is that of several"):
        chosen(tmp_path, {"also": ["OWN"]}, method_version="STAB-1.2")


@pytest.mark.parametrize(
    "rules",
    [
        {"normalise": "min_max", "denominator": {"column": "population", "per": 1000}, "treatment": "coin"},
        {"normalise": "percentile_rank", "missing": {"method": "neighbours", "neighbours": 2}, "denominator": "B"},
        {"normalise": "borda"},
        {"normalise": {"method": "z_score", "mean": 50, "sd": 10, "clip": [0, 100]}, "transform": "log1p"},
        {"normalise": {"method": "distance_to_target", "target": 4}, "missing": {"method": "group_median", "group": "parent_id"}},
        {"normalise": {"method": "goalposts", "low": 0, "high": 9}, "treatment": {"steps": ["box_cox"]}},
        {"normalise": {"method": "min_max", "reference_periods": ["2024-Q1", "2024-Q4"]}, "missing": {"method": "carried", "periods": 2}},
    ],
)  # fmt: skip
def test_a_tree_may_look_across_places_and_comes_back_from_its_table(tmp_path, rules):
    methods = chosen(tmp_path, "OWN", indicator_defaults={"scale": [0, 100], **rules})
    again = methods_of(methods_frame(methods).to_dict("records"))
    assert again.headline.definition == methods.headline.definition


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"indicators": {"A": {"label": "A"}, "BB": {"label": "B"}}, "tree": {"code": "R", "children": ["A", "BB"]}},
         r"OWN\.yml:\d+: indicators\.BB: there is no indicator `BB` in the register: did you mean `B`"),
        ({"tree": {"code": "R", "children": ["A", "B", {"code": "N", "children": []}]}}, "node `N` has no children"),
        ({"tree": {"code": "R", "children": [{"code": "N", "children": ["A", "B"]}, "A"]}}, r"counts more than once \(N, R\)"),
        ({"tree": {"code": "R", "children": ["A", "B", "X"]}, "nodes": [{"code": "X", "children": ["Y"]}, {"code": "Y", "children": ["X"]}]},
         "a cycle: X > Y > X"),
        ({"tree": {"code": "R", "children": [{"code": "A", "weight": 0.5}, {"code": "B", "weight": 0.6}]}}, "must add up to 1"),
        ({"indicator_defaults": {"normalise": "rank"}}, "scale from 0 to 100: say `scale"),
        ({"indicator_defaults": {"normalise": "z_score"}}, "say `mean`, `sd` and `clip`"),
        ({"indicator_defaults": {"normalise": {"method": "min_max", "within": "period"}, "scale": [0, 100]}}, "remove `within`"),
        ({"indicator_defaults": {"normalise": {"method": "min_max", "reference_periods": ["2024", "2025"]}, "scale": [0, 100]}}, "quarters such as 2024-Q1, here 2024"),
        ({"indicator_defaults": {"normalise": {"method": "distance_to_reference", "unit": "JO"}}}, "say `form: ratio` and as `factor`"),
        ({"indicator_defaults": {"normalise": {"method": "fraction_of_max"}}}, "say `factor: 100`"),
        ({"indicator_defaults": {"normalise": {"method": "categories", "values": {"a": 1}}}}, "cells are numbers already"),
        ({"indicator_defaults": {"normalise": "register", "denominator": "population"}}, "goalposts from the register: remove denominator"),
        ({"indicator_defaults": {"normalise": "register", "treatment": "coin"}}, "remove treatment"),
        ({"indicator_defaults": {"normalise": {"method": "min_max"}, "scale": [0, 100], "denominator": "popluation"}}, "nothing `popluation` to divide by: did you mean `population`"),
        ({"indicator_defaults": {"normalise": "register", "missing": "carried"}}, "say `periods`"),
        ({"indicator_defaults": {"normalise": "register", "missing": "mean"}}, "say `after: normalisation`"),
        ({"indicator_defaults": {"normalise": {"method": "min_max"}, "scale": [0, 100], "missing": {"method": "group_mean", "group": "region"}}}, "no column `region`"),
        ({"indicator_defaults": {"normalise": {"method": "min_max"}, "scale": [0, 100], "missing": {"method": "group_mean", "groups": {"a": ["X"], "b": ["X"]}}}}, "X stand in several groups"),
        ({"indicator_defaults": {"normalise": {"method": "min_max", "reference_periods": ["2025-Q2", "2025-Q1"]}}}, "must not be after the last"),
        ({"indicator_defaults": {"normalise": {"method": "min_max"}, "scale": [0, 100], "transform": "reciprocal"}}, "not defined for every value"),
        ({"indicator_defaults": {"normalise": {"method": "goalposts", "low": 0, "high": 1}}}, "scale from 0 to 100"),
        ({"defaults": {"aggregation": "sum"}}, "sum does not end on the scale"),
        ({"bands": [{"classes": [{"label": "low", "low": 10, "high": 50}, {"label": "high", "low": 50}]}]}, "from 0 to 100"),
    ],
)  # fmt: skip
def test_what_cannot_score_the_tracker_is_told_with_its_place(tmp_path, changes, told):
    with pytest.raises(DefinitionError, match=told):
        chosen(tmp_path, "OWN", **changes)


OTHER_GOALPOSTS = {"method": "goalposts", "low": 1, "high": 9, "scale": [0, 100]}


def test_alternatives_change_what_is_drawn_and_no_score(tmp_path):
    entry = {"normalisation": [{"of": ["A"], "choices": [{"normalise": OTHER_GOALPOSTS, "direction": 1}]}]}
    before, after = chosen(tmp_path, "OWN").headline, chosen(tmp_path, "OWN", alternatives=entry).headline
    assert before.fingerprint == after.fingerprint and before.drawn_from != after.drawn_from


@pytest.mark.parametrize(
    ("alternatives", "told"),
    [
        ({"normalisation": [{"of": ["A"], "choices": [{"normalise": {"method": "min_max", "within": "x", "scale": [0, 100]}, "direction": 1}]}]}, "remove `within`"),
        ({"normalisation": [{"of": ["A"], "choices": [{"normalise": {**OTHER_GOALPOSTS, "clip": "low"}, "direction": 1}]}]}, "must end on the scale from 0 to 100"),
        ({"aggregation": [{"of": ["R"], "choices": ["inform_geometric"]}]}, "inform_geometric does not end on the scale"),
    ],
)  # fmt: skip
def test_alternatives_of_a_tree_keep_to_the_trackers_scale(tmp_path, alternatives, told):
    with pytest.raises(DefinitionError, match=told) as caught:
        chosen(tmp_path, "OWN", alternatives=alternatives)
    assert "OWN.yml:" in str(caught.value) and "alternatives." in str(caught.value)


def two_level(folder: Path, alternatives: object) -> Methods:
    (folder / "_methods").mkdir(exist_ok=True)
    document = load_method().model_dump(mode="json") | {"method_version": "TWO-1", "alternatives": alternatives}
    (folder / "_methods" / "TWO.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    programme = Programme.model_validate({"title": "t", "country": "JO", "method": "TWO"})
    return load_methods(folder, programme.method, ["A", "B"])


def test_a_two_level_method_with_alternatives_comes_back_from_its_table(tmp_path):
    weights = {"BSF1": 0.5, "BSF2": 0.2, "BSF3": 0.1, "BSF4": 0.1, "BSF5": 0.1}
    alternatives = {
        "normalisation": [{"of": ["A", "BSF2"], "choices": [{"normalise": OTHER_GOALPOSTS, "direction": -1}]}],
        "weights": {"spread": 0.1, "sets": [{"label": "security first", "weights": {"STABILITY": weights}}]},
    }
    methods = two_level(tmp_path, alternatives)
    again = methods_of(methods_frame(methods).to_dict("records"))
    assert again.headline.definition == methods.headline.definition == again.merging
    assert "alternatives" not in methods_frame(bundled_methods()).iloc[0]["definition"]


@pytest.mark.parametrize(
    ("alternatives", "told"),
    [
        ({"normalisation": [{"of": ["AA"], "choices": [{"normalise": OTHER_GOALPOSTS, "direction": 1}]}]}, "no indicator or dimension `AA`: did you mean `A`"),
        ({"normalisation": [{"of": ["A"], "choices": [{"normalise": OTHER_GOALPOSTS}]}]}, "say the `direction` of this choice"),
        ({"normalisation": [{"of": ["A"], "choices": ["register"]}]}, "this is what the method states already"),
        ({"normalisation": [{"choices": [{"normalise": OTHER_GOALPOSTS, "direction": 1}]}]}, "name the indicators, or the dimensions"),
        ({"normalisation": [{"of": ["A"], "choices": [{"normalise": {"method": "goalposts", "low": 9, "high": 1}, "direction": 1}]}]}, "goalposts are reversed"),
        ({"normalisation": [{"of": ["A"], "choices": [{"normalise": OTHER_GOALPOSTS, "direction": 1}]}] * 2}, "stands in several entries"),
        ({"aggregation": [{"of": ["BSF9"], "choices": ["harmonic"]}]}, "there is no node `BSF9`"),
        ({"aggregation": [{"of": ["STABILITY"], "choices": ["sum"]}]}, "sum does not end on the scale"),
        ({"weights": {"sets": [{"label": "x", "weights": {"STABILITY": {"BSF1": 1}}}]}}, "BSF2, BSF3, BSF4, BSF5 of `STABILITY` have no weight"),
        ({"weights": {"sets": [{"label": "x", "weights": {"BSF1": {"A": 1}}}]}}, "there is no node `BSF1`"),
        ({"weight": {}}, "alternatives.weight"),
    ],
)  # fmt: skip
def test_alternatives_of_a_two_level_method_are_refused_with_their_place(tmp_path, alternatives, told):
    with pytest.raises(DefinitionError, match=told) as caught:
        two_level(tmp_path, alternatives)
    assert "TWO.yml:" in str(caught.value) and "alternatives" in str(caught.value)
