"""A definition of an index is read with its faults by file, line and key, and every shipped one loads and is explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from idtracker.model.composite.load import load_index, shipped
from idtracker.model.composite.words import indicator_words, node_words
from idtracker.model.errors import DefinitionError

SOUND = """\
method_version: T-1
title: Test
source: a public document
indicators:
  A: {label: first, normalise: {method: goalposts, low: 0, high: 10}}
  B: {label: second, normalise: none}
  C: {label: third, normalise: none}
tree:
  code: ROOT
  children:
    - {code: N, children: [A, B]}
    - C
"""
Load = Callable[[str], object]


@pytest.fixture
def fault_of(tmp_path: Path) -> Callable[..., str]:
    """The faults of the sound definition after one replacement."""

    def fault(old: str, new: str) -> str:
        assert old in SOUND
        path = tmp_path / "index.yml"
        path.write_text(SOUND.replace(old, new), "utf-8")
        with pytest.raises(DefinitionError) as caught:
            load_index(path)
        return str(caught.value).replace(f"{path}:", "")

    return fault


def test_a_sound_definition_loads(tmp_path: Path) -> None:
    path = tmp_path / "index.yml"
    path.write_text(SOUND, "utf-8")
    tree = load_index(path).hierarchy
    assert tree.root.code == "ROOT"
    assert tree.effective_weights == {"ROOT": 1, "N": 0.5, "C": 0.5, "A": 0.25, "B": 0.25}
    assert tree.below("ROOT") == ("A", "B", "C")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("low: 0, high: 10", "low: 10, high: 10", 5, "equal"),
        ("low: 0, high: 10", "low: 10, high: 0", 5, "reversed"),
        ("low: 0, high: 10", "low: 0, high: 10, hihg: 3", 5, "no such key"),
        ("title: Test", "title: Test\nanything: 1", 3, "anything: there is no such key"),
        ("title: Test\n", "", 1, "title: it is missing"),
        ("children: [A, B]", "children: []", 11, "no children"),
        ("children: [A, B]", "children: [A, D]", 11, "`D` is neither an indicator nor a node"),
        ("children: [A, B]", "children: [A, A]", 11, "stands 2 times"),
        ("    - C\n", "    - {code: N, children: [C]}\n", 12, "defined twice"),
        ("    - C\n", "", 7, "counts nowhere"),
        ("{code: N,", "{code: A,", 11, "an indicator as well"),
        ("{code: N,", "{code: N, weight: 0.6,", 8, "C none: give every one or none"),
        ("    - C\n", "    - {code: C, aggregation: median}\n", 12, "only named here"),
        ("{code: N,", "{code: N, aggregation: power,", 11, "needs an exponent"),
        ("{code: N,", "{code: N, aggregation: power, exponent: 0,", 11, "geometric"),
        ("{code: N,", "{code: N, aggregation: mean,", 11, "arithmetic"),
        ("    - C\n", "    - {code: M, aggregation: ratio, children: [C]}\n", 12, "needs two children"),
        ("label: second, normalise: none", "label: second", 6, "how it is normalised"),
        ("label: second, normalise: none", "label: second, normalise: {method: bins, edges: [2, 1], scores: [0, 1, 2]}", 6, "rise"),
        ("label: second, normalise: none", "label: second, normalise: {method: bins, edges: [1], scores: [0]}", 6, "2 scores"),
        ("label: second, normalise: none", "label: second, normalise: none, constant: 1, column: X", 6, "constant"),
        ("label: second, normalise: none", "label: second, normalise: none, missing: group_mean", 6, "needs `group`"),
        ("tree:", "levels: [{}, {}, {}]\ntree:", 8, "2 levels of nodes"),
        ("tree:", "bands: [{node: X, classes: [{label: a}]}]\ntree:", 8, "no node `X`"),
        ("tree:", "bands: [{classes: [{label: a, high: 1}, {label: b, low: 2}]}]\ntree:", 8, "begin where"),
        ("tree:", "defaults: {coverage: 1.5}\ntree:", 8, "less than or equal to 1"),
        ("method_version: T-1", "method_version: T-1: 2", 1, "not YAML"),
    ],
)  # fmt: skip
def test_faults_are_told_with_line_and_key(
    fault_of: Callable[..., str], old: str, new: str, line: int, words: str
) -> None:
    said = fault_of(old, new)
    assert said.startswith(f"{line}: "), said
    assert words in said


def weighted(first: str, second: str, rules: str = "") -> tuple[str, str]:
    return "[A, B]", f"[{{code: A, weight: {first}}}, {{code: B, weight: {second}}}]{rules}"


def test_stated_weights_add_up_to_one_unless_they_are_relative(fault_of: Callable[..., str], tmp_path: Path) -> None:
    assert "must add up to 1, here 0.9" in fault_of(*weighted("0.5", "0.4"))
    assert "all be 0" in fault_of(*weighted("0", "0"))
    assert "remove one of the two" in fault_of(*weighted("0.5", "0.5", ", weights: equal"))
    assert "count for nothing in median" in fault_of(*weighted("0.5", "0.5", ", aggregation: median"))
    path = tmp_path / "index.yml"
    for first, second, rules in (("1/3", "2/3", ""), ("1", "2", ", weights: relative")):
        path.write_text(SOUND.replace(*weighted(first, second, rules)), "utf-8")
        assert load_index(path).hierarchy.nodes["N"].weights == pytest.approx((1 / 3, 2 / 3), abs=1e-12)


def test_a_cycle_of_named_nodes_is_told(fault_of: Callable[..., str]) -> None:
    named = "    - X\nnodes:\n  - {code: X, children: [C, Y]}\n  - {code: Y, children: [X]}\n"
    assert "a cycle: X > Y > X" in fault_of("    - C\n", named)


def test_nodes_may_be_named_and_stand_in_two_places(tmp_path: Path) -> None:
    path = tmp_path / "index.yml"
    path.write_text(
        SOUND.replace("    - C\n", "    - {code: M, children: [C, X]}\n    - X\nnodes:\n  - {code: X, children: [B]}\n")
    )
    tree = load_index(path).hierarchy
    assert list(tree.nodes)[-1] == "ROOT"
    assert tree.parents_of("X") == ["M", "ROOT"]
    assert list(tree.nodes).index("X") < list(tree.nodes).index("M")


def test_a_ladder_of_shared_nodes_is_read_once_for_each_node(tmp_path: Path) -> None:
    """Each level names both nodes of the next: a billion paths, sixty nodes."""
    rungs = [
        f"  - {{code: X{n}, children: [X{n + 1}, Y{n + 1}]}}\n  - {{code: Y{n}, children: [X{n + 1}, Y{n + 1}]}}\n"
        for n in range(30)
    ]
    last = "  - {code: X30, children: [C]}\n  - {code: Y30, children: [C]}\n"
    path = tmp_path / "index.yml"
    path.write_text(SOUND.replace("    - C\n", f"    - X0\n    - Y0\nnodes:\n{''.join(rungs)}{last}"))
    tree = load_index(path).hierarchy
    assert len(tree.nodes) == 64
    assert tree.effective_weights["C"] == pytest.approx(2 / 3)


def test_own_rules_go_before_those_of_the_level_and_those_before_defaults(tmp_path: Path) -> None:
    path = tmp_path / "index.yml"
    text = SOUND.replace(
        "tree:", "defaults: {aggregation: median, round: 1}\nlevels: [{}, {aggregation: maximum}]\ntree:"
    )
    path.write_text(text.replace("{code: N,", "{code: N, round: {decimals: 2, mode: half_even},"))
    nodes = load_index(path).hierarchy.nodes
    assert (nodes["ROOT"].rules.aggregation, nodes["N"].rules.aggregation) == ("median", "maximum")
    assert nodes["ROOT"].rules.round is not None and nodes["ROOT"].rules.round.decimals == 1
    assert nodes["N"].rules.round is not None and nodes["N"].rules.round.mode == "half_even"


def test_an_indicator_takes_defaults_that_it_does_not_state(tmp_path: Path) -> None:
    path = tmp_path / "index.yml"
    defaults = "indicator_defaults: {scale: [0, 100], direction: -1, treatment: coin}\nindicators:"
    path.write_text(
        SOUND.replace("indicators:", defaults).replace("label: third,", "label: third, direction: 1, treatment: none,")
    )
    index = load_index(path)
    assert index.rules_of("A").direction == -1
    assert (index.rules_of("C").direction, index.rules_of("C").scale) == (1, (0, 100))
    assert index.rules_of("C").treatment is not None and index.rules_of("C").treatment.steps == ()


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_definition_loads_and_is_said_in_words(name: str) -> None:
    index = load_index(shipped()[name])
    assert index.source and index.title
    for node in index.hierarchy.nodes.values():
        assert node_words(node)
    for code in index.indicators:
        assert indicator_words(index, code)
    known = [w for c, w in index.hierarchy.effective_weights.items() if c in index.indicators]
    assert all(weight is not None for weight in known)
