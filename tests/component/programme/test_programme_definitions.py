"""Every source of the bundled programme is valid, has a judged example, and receives files that match its pattern."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from judged_examples import SOURCES, expectations, judge

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.model.tables import FACTS, fields_of
from programme.examples import EXAMPLES, write_examples
from programme.inbox import deliveries
from programme.index_data import FILE, human_development
from programme.world import World

SOURCE_IDS = sorted(p.parent.name for p in SOURCES.glob("*/source.yml"))


@pytest.fixture(scope="module")
def catalogue() -> ProgrammeCatalogue:
    return load_catalogue(SOURCES)


def test_the_programme_has_the_kinds_of_sources_that_it_promises(catalogue: ProgrammeCatalogue) -> None:
    assert len(catalogue.sources) >= 16
    assert {s.format.kind for s in catalogue.sources.values()} == {"csv", "xlsx", "json", "hxl", "iati"}
    fed = {part.feeds for source in catalogue.sources.values() for part in source.parts}
    assert fed == set(FACTS)


def test_every_mapped_field_exists_in_its_table(catalogue: ProgrammeCatalogue) -> None:
    for source in catalogue.sources.values():
        for part in source.parts:
            assert {c.field for c in part.columns} <= set(fields_of(FACTS[part.feeds])), source.id


def test_every_source_says_that_it_is_invented_and_who_answers_for_it(catalogue: ProgrammeCatalogue) -> None:
    assert "invented" in catalogue.programme.notice.lower()
    for source in catalogue.sources.values():
        assert "invented" in source.description.lower(), source.id
        assert source.owner.startswith("team:"), source.id


def test_reviewed_names_lead_to_known_identifiers(catalogue: ProgrammeCatalogue) -> None:
    problems = [p for names in catalogue.names.values() for p in names.check(catalogue.register)]
    assert problems == []


def test_indicators_cover_every_dimension_in_the_governorates(catalogue: ProgrammeCatalogue) -> None:
    local = catalogue.register.indicators.query("level != 'country'")
    assert local.groupby("dimension_code").size().min() >= 2
    assert set(local["dimension_code"]) == {"BSF1", "BSF2", "BSF3", "BSF4", "BSF5"}
    assert set(catalogue.register.indicators["direction"]) == {1, -1}


def test_files_match_the_pattern_of_their_source(catalogue: ProgrammeCatalogue) -> None:
    found = deliveries(World())
    assert {d.source for d in found} == set(catalogue.sources)
    for delivery in found:
        assert fnmatchcase(delivery.name, catalogue.source(delivery.source).received.pattern), delivery.name


def test_examples_are_those_that_the_generator_writes(tmp_path: Path) -> None:
    for source_id in SOURCE_IDS:
        (tmp_path / source_id).mkdir()
    write_examples(tmp_path, World())
    assert sorted(e.source for e in EXAMPLES) == SOURCE_IDS
    for path in tmp_path.glob("*/example.*"):
        assert path.read_bytes() == (SOURCES / path.parent.name / path.name).read_bytes(), path


def test_the_data_of_the_index_are_those_that_the_generator_writes(catalogue: ProgrammeCatalogue) -> None:
    [entry] = catalogue.programme.indices
    assert entry.data == FILE and (SOURCES / FILE).read_text("utf-8") == human_development(World())


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_example_is_judged_as_written_down(catalogue: ProgrammeCatalogue, source_id: str) -> None:
    assert judge(catalogue, source_id).differences == []
    for name, text in expectations(catalogue, source_id).items():
        assert text == (SOURCES / source_id / name).read_text(encoding="utf-8")
