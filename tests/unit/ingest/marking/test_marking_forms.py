"""The table of forms (`forms.yml`): every form in every kind of file, refused or let through as the table says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from itertools import islice

import pytest
import yaml
from carriers import FURNITURE, KEYED, NAMES, TABLES, VALUES, alone, cell, keyed_column, keyed_pair

from idtracker.ingest.marking.scan import find_marking

FORMS = yaml.safe_load(files("idtracker.ingest.marking").joinpath("forms.yml").read_text("utf-8"))


def forms(place: str) -> Iterator[tuple[str, str | None]]:
    yield from ((text, marking) for text, marking in FORMS[place]["refused"])
    yield from ((text, None) for text in FORMS[place]["let_through"])


def expect(place: str, of: Callable[[str], bytes], carrier: str = "") -> None:
    """No form of a place is seen otherwise than the table says. Of XLS, which is read in a process of its own, every sixth."""
    wrong = []
    for text, marking in islice(forms(place), 0, None, 6 if "XLS" in carrier.split() else 1):
        found = find_marking(of(text))
        if found != marking:
            wrong.append((text, found, marking))
    assert not wrong


@pytest.mark.parametrize("carrier", TABLES)
def test_alone_above_the_table(carrier: str) -> None:
    expect("alone", lambda text: TABLES[carrier](alone(text)), carrier)


@pytest.mark.parametrize("carrier", [*TABLES, *VALUES])
def test_in_a_cell(carrier: str) -> None:
    expect("cell", lambda text: TABLES[carrier](cell(text)) if carrier in TABLES else VALUES[carrier](text), carrier)


@pytest.mark.parametrize("carrier", FURNITURE)
def test_in_a_header_property_or_comment(carrier: str) -> None:
    expect("furniture", FURNITURE[carrier], carrier)


@pytest.mark.parametrize("carrier", [*TABLES, *KEYED])
def test_under_a_heading_or_key(carrier: str) -> None:
    if carrier in KEYED:
        expect("keyed", lambda text: KEYED[carrier]("Classification", text))
        return
    expect("keyed", lambda text: TABLES[carrier](keyed_column("Classification", text)), carrier)
    expect("keyed", lambda text: TABLES[carrier](keyed_pair("Classification", text)), carrier)


@pytest.mark.parametrize("label", FORMS["keyed"]["labels"])
def test_every_label(label: str) -> None:
    for of in (lambda text: TABLES["CSV"](keyed_column(label, text)), *(partial(of, label) for of in KEYED.values())):
        expect("keyed", of)


@pytest.mark.parametrize("carrier", NAMES)
def test_in_a_name(carrier: str) -> None:
    expect("name", NAMES[carrier], carrier)


def test_in_the_name_of_the_file() -> None:
    for text, marking in forms("name"):
        assert find_marking(b"id\n1\n", file_name=f"{text}.csv") == marking
