"""Precision and recall of the rules: of a file with one mistake of each kind, exactly these are found and nothing beside them."""

from __future__ import annotations

import pandas as pd
import pytest
from fault_files import KINDS, LANGS, FaultFile, Kind, Lang, Place, fault_files, tagged
from fault_register import INDICATORS, PLACES
from fault_tables import TABLES

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition import check_source
from idtracker.model.config.programme import Programme
from idtracker.model.findings import rules
from idtracker.model.register.register import Register

# Rules that no row here can break: of whole files (below), of one kind of file (tests/read), of what came before
# (test_contract_history), of corrections, closed periods and templates, of whole columns (tests/unit/ingest/stated), of rows
# and those above them (tests/unit/ingest/whole).
OF_OTHER_FILES = (
    *("file.", "heading.", "bounds.", "history.", "sheet.", "held.", "template.", "share.", "choice.", "iati."),
    *(
        "row.damaged",
        "row.deleted_unknown",
        "row.repeated_heading",
        "row.trailing_cells",
        "row.total_unnamed",
        "row.sum",
    ),
    *("row.unknown_group", "period.locked"),
    "cross.reference_unseen",
    *("calendar.", "period.ambiguous", "period.unsupported", "period.several_years"),
    *("value.percent_scale", "value.scale", "value.dates_mixed", "value.date_form", "unit.in_heading"),
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> ProgrammeCatalogue:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "_reference").mkdir()
    (folder / "_reference" / "indicators.csv").write_text(INDICATORS, "utf-8")
    (folder / "_reference" / "places.csv").write_text(PLACES, "utf-8")
    return ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(folder), {})


def judged(catalogue: ProgrammeCatalogue, file: FaultFile) -> Assessment:
    assert check_source(file.source, catalogue.register) == []
    return assess(
        file.content, file.name, file.source, catalogue, submission_id="s", received_at=pd.Timestamp("2026-04-20")
    )


def places(found: Assessment) -> list[Place]:
    """(rule, sheet, row, heading) of every location, repeated ones included."""
    frame = found.findings.to_frame()
    return sorted(
        (str(rule), str(sheet), None if pd.isna(row) else int(row), str(column))
        for rule, sheet, row, column in frame[["rule", "sheet", "row", "column"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_mistake_is_found_once_where_it_stands_and_nothing_else(
    catalogue: ProgrammeCatalogue, kind: Kind, lang: Lang
) -> None:
    for file in fault_files(kind, lang):
        found = judged(catalogue, file)
        assert places(found) == sorted(file.due), file.name
        assert found.rows_read == found.rows_accepted + found.rows_held + found.rows_repeated


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_without_mistakes_has_no_finding(catalogue: ProgrammeCatalogue, kind: Kind, lang: Lang) -> None:
    for file in fault_files(kind, lang, with_faults=False):
        found = judged(catalogue, file)
        assert places(found) == [] and found.verdict == "accepted", file.name
        assert found.rows_accepted == found.rows_read > 0


@pytest.mark.parametrize("lang", LANGS)
def test_a_tagged_table_has_the_same_findings_one_row_further_down(catalogue: ProgrammeCatalogue, lang: Lang) -> None:
    file = tagged(lang)
    assert places(judged(catalogue, file)) == sorted(file.due) != []


def test_every_rule_of_rows_and_fields_is_among_the_mistakes() -> None:
    broken = {fault.rule for table in TABLES for fault in table.faults}
    assert {r for r in rules() if not r.startswith(OF_OTHER_FILES)} - broken == set()
