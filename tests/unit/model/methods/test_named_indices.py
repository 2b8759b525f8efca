"""What programme.yml may say of indices, and what stands for the content of their files."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from idtracker.model.config.json_schema import programme_json_schema
from idtracker.model.config.programme import Programme, load_programme
from idtracker.model.errors import DefinitionError
from idtracker.model.marking import Marking
from idtracker.model.methods.index_files import indices_fingerprint

HEAD = "title: Programme of a test\ncountry: JO\nindices:\n"
ENTRY = "  - {id: hd, method: HDI, data: _indices/hd.csv}\n"


def loaded(folder: Path, text: str) -> Programme:
    (folder / "programme.yml").write_text(text, "utf-8")
    return load_programme(folder)


def test_an_entry_names_index_method_and_file_and_may_have_title_and_marking(tmp_path: Path) -> None:
    text = HEAD + ENTRY + (
        "  - id: open\n    method: hdi\n    data: ./_indices//open.csv\n    title: {en: Development, ar: التنمية}\n"
        "    handling: {releasable_to: [HMG, PUBLIC]}\n"
    )  # fmt: skip
    first, second = loaded(tmp_path, text).indices
    assert (first.id, first.method, first.data, first.title, first.handling) == (
        "hd",
        "HDI",
        "_indices/hd.csv",
        None,
        None,
    )
    assert second.title is not None and second.title.ar == "التنمية" and second.data == "_indices/open.csv"
    assert second.handling is not None and second.handling.marking == Marking("OFFICIAL", frozenset({"HMG", "PUBLIC"}))
    assert loaded(tmp_path, "title: A\ncountry: JO\n").indices == []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("  - {id: hd, method: HDI, data: a.csv, colour: red}\n", "4: indices[0].colour: unknown key. Known are id, method, data, title, handling"),
        ("  - {id: HD one, method: HDI, data: a.csv}\n", "4: indices[0].id: "),
        ("  - {id: hd, data: a.csv}\n", "4: indices[0].method: "),
        ("  - {id: hd, method: HDI}\n", "4: indices[0].data: "),
        ("  - {id: hd, method: HDI, data: ../a.csv}\n", "4: indices[0].data: name a file below the folder of programme.yml"),
        ("  - {id: hd, method: HDI, data: /etc/a.csv}\n", "4: indices[0].data: name a file below the folder of programme.yml"),
        ("  - {id: hd, method: HDI, data: 'C:\\a.csv'}\n", "4: indices[0].data: name a file below the folder of programme.yml"),
        ("  - {id: hd, method: HDI, data: .}\n", "4: indices[0].data: name a file below the folder of programme.yml"),
        ("  - {id: hd, method: HDI, data: a.csv, title: {en: A}}\n", "4: indices[0].title.ar: "),
        (ENTRY + ENTRY, "5: indices[1].id: `hd` stands twice"),
        (
            ENTRY + "  - id: open\n    method: HDI\n    data: a.csv\n    handling: {releasable_to: [PUBLICK]}\n",
            "8: indices[1].handling.releasable_to: `PUBLICK` is not a group of this programme; did you mean `PUBLIC`?",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, entry: str, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        loaded(tmp_path, HEAD + entry)
    assert any(f"programme.yml:{said}" in problem for problem in caught.value.problems), caught.value.problems


def test_the_schema_for_editors_knows_indices() -> None:
    schema = programme_json_schema()
    document = {"title": "A", "country": "JO", "indices": [{"id": "hd", "method": "HDI", "data": "a.csv"}]}
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.validate({**document, "indices": [{**document["indices"][0], "colour": "red"}]}, schema)  # type: ignore[dict-item]


def test_the_fingerprint_follows_entry_method_and_data(tmp_path: Path) -> None:
    (tmp_path / "_indices").mkdir()
    entries = loaded(tmp_path, HEAD + ENTRY).indices
    seen = [indices_fingerprint(tmp_path, []), indices_fingerprint(tmp_path, entries)]
    data = tmp_path / "_indices" / "hd.csv"
    for content in ("a", "b"):
        data.write_text(content, "utf-8")
        seen.append(indices_fingerprint(tmp_path, entries))
        assert indices_fingerprint(tmp_path, entries) == seen[-1]
    (tmp_path / "_methods").mkdir()
    (tmp_path / "_methods" / "HDI.yml").write_text("method_version: OWN\n", "utf-8")
    seen.append(indices_fingerprint(tmp_path, entries))
    seen.append(indices_fingerprint(tmp_path, loaded(tmp_path, HEAD + ENTRY.replace("hd,", "dev,")).indices))
    assert len(set(seen)) == len(seen)
