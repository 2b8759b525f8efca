"""Sources are found by folder; all problems come together; the fingerprint follows the definition files alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.config.discover import DEFINITION_FILES, fingerprint, load_source, source_folders
from idtracker.model.config.programme import load_programme
from idtracker.model.errors import DefinitionError

YAML = """\
title: Border capacity
publisher: GB-GOV-6
format: {kind: csv}
cadence: {every: month}
feeds: observation
key: [indicator, place, period]
columns: [{field: indicator}, {field: place}, {field: period}, {field: value}]
"""


def put(folder: Path, text: str = YAML) -> Path:
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text(text, encoding="utf-8")
    return folder


def test_source_knows_where_it_stands(tmp_path: Path) -> None:
    source = load_source(put(tmp_path / "home_office_border"))
    assert (source.id, source.folder) == ("home_office_border", tmp_path / "home_office_border")
    assert source.feeds == ["observation"]
    assert source.fingerprint == fingerprint(source.folder)


def test_sources_come_sorted_without_hidden_folders_and_files(tmp_path: Path) -> None:
    for name in ("zeta", "alpha", "_reference", ".git", "_template"):
        put(tmp_path / name, "not: [a, source" if name[0] in "_." else YAML)
    (tmp_path / "programme.yml").write_text("title: x\ncountry: JO\n", encoding="utf-8")
    assert [folder.name for folder in source_folders(tmp_path)] == ["alpha", "zeta"]


def test_problems_of_all_sources_come_together(tmp_path: Path) -> None:
    root = tmp_path / "sources"
    put(root / "alpha", YAML.replace("csv", "cvs"))
    put(root / "beta")
    put(root / "gamma", YAML.replace("month", "moonth"))
    put(root / "Delta-1")
    (root / "empty").mkdir()
    with pytest.raises(DefinitionError) as caught:
        load_catalogue(root)
    assert caught.value.problems == [
        "sources/Delta-1: the folder's name: expected lower-case letters, digits and _, beginning with a letter; got 'Delta-1'",
        "sources/alpha/source.yml:3: format.kind: expected one of csv, xlsx, json, hxl, iati; got 'cvs'. Did you mean 'csv'?",
        "sources/empty: there is no source.yml; write one (`idtracker sources new empty FILE`) or begin the folder's name "
        "with _ to have it skipped",
        "sources/gamma/source.yml:4: cadence.every: expected one of day, week, month, quarter, half_year, year, financial_year, "
        "as_needed; got 'moonth'. Did you mean 'month'?",
    ]
    assert caught.value.exit_code == 2


def test_absent_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="there is no folder of sources"):
        load_catalogue(tmp_path / "nowhere")


def test_fingerprint_follows_definitions_and_not_examples(tmp_path: Path) -> None:
    folder = put(tmp_path / "a")
    seen = {fingerprint(folder)}
    (folder / "example.csv").write_text("x\n", encoding="utf-8")
    (folder / "expected.csv").write_text("x\n", encoding="utf-8")
    assert fingerprint(folder) in seen
    for name in DEFINITION_FILES:
        (folder / name).write_text(YAML + f"# {name}\n", encoding="utf-8")
        assert fingerprint(folder) not in seen
        seen.add(fingerprint(folder))
    elsewhere = put(tmp_path / "deep" / "b")
    (elsewhere / "source.yml").write_bytes((folder / "source.yml").read_bytes())
    assert fingerprint(elsewhere) == fingerprint(put(tmp_path / "c", YAML + "# source.yml\n"))


def test_content_moved_between_files_is_another_fingerprint(tmp_path: Path) -> None:
    one, two = put(tmp_path / "one"), put(tmp_path / "two")
    (one / "names.csv").write_text("x", encoding="utf-8")
    (two / "codebook.xlsx").write_text("x", encoding="utf-8")
    assert fingerprint(one, "codebook.xlsx") != fingerprint(two, "codebook.xlsx")


def test_yaml_is_read_as_editors_read_it(tmp_path: Path) -> None:
    text = YAML.replace("{kind: csv}", "{kind: csv, missing: [NO, no, yes, 007, 2026-04-03, 12:30]}")
    assert load_source(put(tmp_path / "a", text)).format.missing == ["NO", "no", "yes", "007", "2026-04-03", "12:30"]


def test_entries_may_be_shared_by_anchor(tmp_path: Path) -> None:
    text = YAML.replace("{field: place}", "&p {field: place, required: true}").replace(
        "{field: value}", "{<<: *p, field: value}"
    )
    columns = load_source(put(tmp_path / "a", text)).parts[0].columns
    assert [(c.field, c.required) for c in columns] == [
        ("indicator", False),
        ("place", True),
        ("period", False),
        ("value", True),
    ]


def test_programme_absent_is_a_plain_one(tmp_path: Path) -> None:
    programme = load_programme(tmp_path)
    assert (programme.title, programme.country, programme.notice) == ("Country programme", "", "")
    assert (programme.clock, programme.tracker.first, programme.tracker.last) == (None, None, None)


def test_programme_is_read(tmp_path: Path) -> None:
    text = "title: Jordan\ncountry: JO\nnotice: invented\nclock: 2026-11-15\ntracker: {first: 2023-Q3, last: 2026-Q3}\n"
    (tmp_path / "programme.yml").write_text(text, encoding="utf-8")
    programme = load_programme(tmp_path)
    assert programme.clock is not None and programme.clock.isoformat() == "2026-11-15"
    assert (programme.tracker.first, programme.tracker.last) == ("2023-Q3", "2026-Q3")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "title: J\ncountry: jordan\n",
            "2: country: expected an ISO 3166-1 code of two capitals such as JO; got 'jordan'",
        ),
        (
            "title: J\n",
            "1: country: this key is required and missing: ISO 3166-1 alpha-2 code of the country, such as JO.",
        ),
        (
            "title: J\ncountry: JO\ntracker:\n  first: 2026-Q3\n  last: 2026-Q1\n",
            "5: tracker.last: `last` 2026-Q1 is before `first` 2026-Q3",
        ),
        (
            "title: J\ncountry: JO\ntracker:\n  first: 2026-Q1\n  last: 2026-04\n",
            "5: tracker.last: `first` 2026-Q1 and `last` 2026-04 are periods of different length",
        ),
        ("title: J\ncountry: JO\nclok: 2026-11-15\n", "3: clok: unknown key. Did you mean 'clock'?"),
    ],
)
def test_programme_mistakes_are_named(text: str, expected: str, tmp_path: Path) -> None:
    root = tmp_path / "sources"
    root.mkdir()
    (root / "programme.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_programme(root)
    assert caught.value.problems == [f"sources/programme.yml:{expected}"]
