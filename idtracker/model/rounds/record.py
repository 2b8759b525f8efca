"""The record of a round as a strict model: who attended, the analysts' narrative, the actions agreed.

It is a YAML file, or a Markdown file whose front matter is the YAML and whose text is the narrative in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from idtracker.model.config.definition_file import hold_document
from idtracker.model.config.values import Day, Strict, Text, fault
from idtracker.model.config.yaml_lines import read_lined
from idtracker.model.errors import DefinitionError, UsageError

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
"""Days that a round can be about; another is a slip."""
_FRONT = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?\n)---[ \t]*(?:\r?\n(.*))?\Z", re.DOTALL)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


class Wording(Strict):
    """A text in English, Arabic or both."""

    en: Text | None = Field(None, description="In English.")
    ar: Text | None = Field(None, description="In Arabic.")

    @model_validator(mode="after")
    def _says_something(self) -> Wording:
        if not self.en and not self.ar:
            raise fault("it is empty: write `en`, `ar` or both")
        return self


def _in_english(value: Any) -> Any:
    """A plain text is short for `{en: text}`."""
    return {"en": value} if isinstance(value, str) else value


Words = Annotated[Wording, BeforeValidator(_in_english, json_schema_input_type=Wording | str)]


def _in_reach(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"expected a day from {FIRST_DAY} to {LAST_DAY}")
    return value


NearDay = Annotated[Day, AfterValidator(_in_reach)]


class ActionPoint(Strict):
    """One action agreed."""

    text: Words = Field(description="What is to be done.")
    owner: Text = Field(description="Organisation that answers for it, by its identifier of the register.")
    due: NearDay = Field(description="Day by which it is to be done; not before the round is held.")
    done: NearDay | None = Field(None, description="Day on which it was done; left out: not yet.")


class RoundRecord(Strict):
    """The record of one round."""

    attended: list[Text] = Field(
        min_length=1, description="Organisations that attended, by their identifiers of the register."
    )
    narrative: Words = Field(description="What the analysts make of the figures.")
    actions: list[ActionPoint] = Field(default_factory=list, description="Actions agreed.")
    product_id: Text | None = Field(
        None,
        description="Identifier of the round in the programme's own log of analysis products, so that it counts once.",
    )

    @model_validator(mode="after")
    def _each_once(self) -> RoundRecord:
        twice = sorted({org for org in self.attended if self.attended.count(org) > 1})
        if twice:
            raise fault(f"`{twice[0]}` is named twice: name each organisation once", "attended")
        return self


def load_record(path: Path) -> RoundRecord:
    """The record of a file. UsageError where there is no file or it names a person's address; DefinitionError where it is wrong."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UsageError(
            f"--record {path}: it cannot be read ({problem.strerror}); name a YAML or Markdown file."
        ) from problem
    document = read_lined(_yaml_of(content, path))
    text = _text_of(content) if path.suffix.lower() == ".md" else ""
    if text and isinstance(document.data, dict):
        if "narrative" in document.data:
            at = document.line_of(("narrative",))
            raise DefinitionError(
                [f"{path.name}:{at}: narrative: the text below the front matter is one already; leave one out"]
            )
        document.data["narrative"] = text
    record, problems = hold_document(document, path.name, RoundRecord)
    if record is None:
        raise DefinitionError(problems)
    address = _ADDRESS.search(record.model_dump_json())
    if address:
        raise UsageError(f"{path.name}: it names a person's address; name roles and organisations, no person.")
    return record


def _yaml_of(content: bytes, path: Path) -> bytes:
    if path.suffix.lower() != ".md":
        return content
    front = _FRONT.match(content)
    if front is None:
        raise DefinitionError(
            [f"{path.name}:1: expected front matter: `---`, then `attended: …`, then `---`, then the narrative"]
        )
    return b"\n" + front.group(1)


def _text_of(content: bytes) -> str:
    front = _FRONT.match(content)
    return (front.group(2) or b"").decode("utf-8", "replace").strip() if front else ""


def stated(record: RoundRecord) -> Mapping[str, Any]:
    """The record as JSON values, as an act keeps it."""
    values: dict[str, Any] = record.model_dump(mode="json", exclude_none=True)
    return values
