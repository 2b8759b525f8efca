"""The definitions shown in the reference are read by the program, and together they show every key in use."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from idtracker.catalog.discover import load_source
from idtracker.catalog.part import Column, Layout, Part, Unpivot
from idtracker.catalog.programme import load_programme
from idtracker.catalog.source import Bounds, Cadence, Format, Grading, Handling, Received, Source
from idtracker.contract.definition import check_source
from idtracker.report.pages_source_examples import EXAMPLES, MINIMAL, PROGRAMME
from idtracker.resolve import Register


def write(root: Path, name: str, text: str) -> Path:
    folder = root / name
    folder.mkdir()
    (folder / "source.yml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_of_a_source_is_complete(tmp_path: Path, name: str) -> None:
    source = load_source(write(tmp_path, name, EXAMPLES[name][1]))
    assert source.id == name
    assert check_source(source, Register.load()) == []


def test_nothing_can_be_left_out_of_the_minimal_example(tmp_path: Path) -> None:
    minimal = yaml.safe_load(MINIMAL)
    required = {"title", "publisher", "format", "cadence", "feeds", "key", "columns"}
    assert set(minimal) == required
    assert {tuple(column) for column in minimal["columns"]} == {("field", "heading")}


def test_examples_show_every_key() -> None:
    models = (Source, Part, Column, Layout, Unpivot, Received, Format, Cadence, Bounds, Handling, Grading)
    shown: set[str] = set()

    def gather(data: object) -> None:
        if isinstance(data, dict):
            shown.update(map(str, data))
            for value in data.values():
                gather(value)
        elif isinstance(data, list):
            for value in data:
                gather(value)

    for _, text in EXAMPLES.values():
        gather(yaml.safe_load(text))
    assert {key for model in models for key in model.model_fields} - shown == set()


def test_example_of_a_programme_is_complete(tmp_path: Path) -> None:
    (tmp_path / "programme.yml").write_text(PROGRAMME, "utf-8")
    assert load_programme(tmp_path).country == "JO"
