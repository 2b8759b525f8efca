"""`briefing`: what is published as pages, from the command line."""

from __future__ import annotations

from pathlib import Path

import jsonschema
from lxml import html

from docs_builder.json_schemas import schema_of
from tests.support.cli_programme import Program


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_publication_is_written_as_pages(published: Program, tmp_path: Path) -> None:
    before = content(published.home.root)
    document = published.document("briefing", tmp_path / "out")
    jsonschema.validate(document, schema_of("briefing"))
    after = content(published.home.root)
    noted = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert noted and all(
        "/_access/" in name for name in noted
    )  # it reads, and writes nothing into the home but that it did
    written = content(tmp_path / "out")
    pages = [name for name in written if name.endswith(".html") and name != "index.html"]
    assert (document["files"], document["pages"]) == (len(written), len(pages))
    assert document["bytes"] == sum(map(len, written.values()))
    assert document["index"] == str((tmp_path / "out" / "index.html").resolve())
    figures = [f for name in pages for f in html.fromstring(written[name]).xpath('//data[@class="figure"]')]
    assert len(figures) > 100
    assert document["classification"] in html.fromstring(written["en/index.html"]).xpath(
        'string(//*[@class="marking"])'
    )
    said = published("briefing", tmp_path / "out").stdout.strip()
    assert said == document["index"]
    assert content(tmp_path / "out") == written


def test_what_a_briefing_may_not_replace_is_named(published: Program, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    assert "no briefing" in published("briefing", tmp_path / "mine", code=2).stderr
    assert "Known audiences" in published("briefing", tmp_path / "out", "--audience", "all", code=2).stderr
    current = published.home.published / "hmg" / "current"
    assert "stays as it is" in published("briefing", current / "briefing", code=2).stderr
    assert not (current / "briefing").exists()
