"""Survey forms and submissions: answers of KoBo records, and the lists of choices of an XLSForm in two languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.independent_reading.opening import Line, legacy_lines, record_lines, workbook_lines
from benchmarks.independent_reading.specimen import Specimen, constant, source
from benchmarks.independent_reading.stated import Expected, day, facts, number, text

_KOBO = "07_survey/kobo"


def specimens() -> Iterator[Specimen]:
    yield _answers("ratings", "sanitation_report__v1.json", "restaurant_name", "restaurant_rating")
    yield _answers("diets", "dietary_needs__v1.json", "restaurant_name", "dietary_accommodations")
    yield _answers("visits", "site_inspection__v1.json", "inspector", "did_you_find_the_site", "rssi")
    yield _answers("visits_later", "site_inspection__v4.json", "inspector", "did_you_find_the_site")
    yield _answers("emperors", "or_other__v1.json", "meta/instanceID", "fav_emperors")
    yield _ended()
    yield _choices("external_choices", "governorates_and_below")
    yield _questions()


def _answers(name: str, file: str, who: str, answer: str, score: str | None = None) -> Specimen:
    """Each record is a respondent; what it does not hold was not asked."""
    columns = {
        "response_id": who,
        "question": constant(answer),
        "period": constant("2016"),
        "place": constant("JO"),
        "answer": answer,
    }
    numbers = {"answer_score": score} if score else {}
    definition = source(
        "survey_response",
        ("response_id", "question"),
        {**columns, **numbers},
        "json",
        layout={"records": "submissions"},
    )

    def read(path: Path, _: Path) -> Iterator[Expected]:
        scores = {"answer_score": number(score)} if score else {}
        says = {"response_id": text(who), "answer": text(answer), "question": answer, **scores}
        return facts(record_lines(path, "submissions"), "survey_response", **says)

    return Specimen(f"kobo_{name}", (f"{_KOBO}/{file}",), definition, read)


def _ended() -> Specimen:
    """A day and time with a zone: the day as written."""
    columns = {"reference": "meta/instanceID", "event_on": "end", "place": constant("JO")}
    definition = source("event", ("reference",), columns, "json", layout={"records": "submissions"})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {"event_id": text("meta/instanceID"), "event_on": day("end")}
        return facts(record_lines(path, "submissions"), "event", **says)

    return Specimen("kobo_ended", (f"{_KOBO}/grouped_translated__v1.json",), definition, read)


def _choices(sheet: str, name: str) -> Specimen:
    """Codes with their labels; the same code stands in several lists."""
    columns = {"reference": "name", "title": "label::العربية", "description": "label::English (EN)", "sector": "@row"}
    definition = source("activity", ("reference", "sector"), columns, "xlsx", layout={"sheet": sheet})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {
            "activity_id": text("name"),
            "title": text("label::العربية"),
            "description": text("label::English (EN)"),
        }
        return facts(workbook_lines(path, sheet), "activity", **says)

    return Specimen(f"xlsform_{name}", ("07_survey/subdistrict_profiling_tool_xlsform.xlsx",), definition, read)


def _row(line: Line) -> object:
    return str(line.row)


def _questions() -> Specimen:
    """An XLS form: rows without a name are comments."""
    columns = {"reference": "@row", "title": "name", "description": "label:English", "sector": "type"}
    definition = source("activity", ("reference",), columns, "xlsx", layout={"sheet": "survey"})

    def read(path: Path, _: Path) -> Iterator[Expected]:
        says = {
            "activity_id": _row,
            "title": text("name"),
            "description": text("label:English"),
            "sector": text("type"),
        }
        return facts(legacy_lines(path, "survey"), "activity", **says)

    return Specimen("xlsform_questions", ("07_survey/xlsform/allow_comment_rows_test.xls",), definition, read)
