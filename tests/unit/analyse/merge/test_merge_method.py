"""The method as a file: what is bundled, and what a wrong one says."""

import json

import pandas as pd
import pytest

from idtracker.model.errors import DefinitionError
from idtracker.model.method import BUNDLED, load_method
from tests.unit.analyse.figures import method_frame


def test_the_bundled_method(method):
    assert method.method_version == BUNDLED.stem == "STAB-1.2"
    assert method.coverage == 2 / 3
    assert method.interval_z == 1.645
    edges = [(band.low, band.high) for band in method.band_scheme.bands]
    assert edges == [(0, 20), (20, 40), (40, 60), (60, 80), (80, 100)]
    assert sorted(method.dimensions) == ["BSF1", "BSF2", "BSF3", "BSF4", "BSF5"]


def test_the_quality_of_the_corner_grades(method):
    assert method.grading.reliability["A"] == method.grading.credibility["1"] == 100
    assert method.grading.reliability["D"] == method.grading.credibility["4"] == 25
    assert method.grading.reliability["F"] is method.grading.credibility["6"] is None


@pytest.mark.parametrize("parts", [(1, 3), (2, 3), (5, 6), (3, 4), (1, 1)])
def test_exactly_the_coverage_is_enough(method, parts):
    present, expected = parts
    rule = method.model_copy(update={"coverage": present / expected})
    shares = pd.Series([sum([1 / expected] * present), present / expected, present / expected - 1e-6])
    assert rule.is_covered(shares).tolist() == [True, True, False]


def test_the_method_as_a_table_holds_every_parameter(method):
    row = method_frame(method).iloc[0]
    assert json.loads(row["definition"]) == method.model_dump(mode="json")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("weight: 0.2}", "weight: 0.3}", r"dimensions.*add up to 1"),
        ("high: 40}", "high: 45}", r"band_scheme.*begin"),
        ("coverage: 2/3", "coverage: two thirds", r":\d+: coverage.*fraction"),
        ("coverage: 2/3", "coverage: 5/3", r":\d+: coverage"),
        ("minimum_points: 5", "minimum_points: 4", r":\d+: trend.minimum_points"),
        ("floor: 1.0", "floor: 0", r":\d+: floor"),
        ("across: geometric", "across: harmonic", r":\d+: across"),
        ("root: STABILITY", "root: BSF1", r"root `BSF1` is also a dimension"),
        ("title:", "titel:", r"titel"),
        ("title:", "\ttitle:", r":\d+: not YAML"),
    ],
)
def test_a_wrong_method_names_file_line_and_key(tmp_path, old, new, named):
    path = tmp_path / "OWN-1.yml"
    text = BUNDLED.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError, match=rf"OWN-1\.yml.*{named}"):
        load_method(path)


def test_an_overlay_with_other_dimensions_is_accepted(tmp_path):
    text = BUNDLED.read_text(encoding="utf-8").replace("BSF", "OECD").replace("STAB-1.2", "OECD-1.0")
    (tmp_path / "OECD-1.0.yml").write_text(text, encoding="utf-8")
    assert "OECD1" in load_method(tmp_path / "OECD-1.0.yml").dimensions


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(DefinitionError, match=r"none\.yml"):
        load_method(tmp_path / "none.yml")
