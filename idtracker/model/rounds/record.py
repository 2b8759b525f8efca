"""The record of a round as a strict model: who attended, the analysts' narrative, the actions agreed.

It is a YAML file, or a Markdown file whose front matter is the YAML and whose text is the narrative in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from idtracker.model.config.definition_file import hold_document
from idtracker.model.config.values import Day, Strict, Text, fault
from idtracker.model.config.yaml_lines import read_lined
from idtracker.model.errors import DefinitionError, UsageError

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
"""Days that a round can be about; another is a slip."""
_FRONT = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?\n)---[ \t]*(?:\r?\n(.*))?\Z", re.DOTALL)
MOST_BYTES, MOST_DEPTH, MOST_ALIASES = 1_000_000, 12, 20
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
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
    """The record of a file, as record_in() of its bytes."""
    return record_in(content_of(path), path)


def content_of(path: Path) -> bytes:
    """The bytes of a record. UsageError where there is no file."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageError(
            f"--record {path}: it cannot be read ({problem.strerror}); name a YAML or Markdown file."
        ) from problem


def record_in(content: bytes, path: Path) -> RoundRecord:
    """The record in the bytes of a file. UsageError where it names a person's address or is no plain text; DefinitionError where it is wrong."""
    if len(content) > MOST_BYTES:
        raise UsageError(f"--record {path}: it has {len(content):,} bytes; a record has {MOST_BYTES:,} at most.")
    written = _yaml_of(content, path)
    _require_plain(written, path.name)
    document = read_lined(written)
    text = _text_of(content, path) if path.suffix.lower() == ".md" else ""
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
    require_plain_text(path.name, "\n".join(_texts(stated(record))))
    return record


def require_plain_text(place: str, text: str) -> None:
    """UsageError, with the place of a text, where it names a person's address or has characters that nobody sees."""
    if _ADDRESS.search(text):
        raise UsageError(f"{place}: it names a person's address; name roles and organisations, no person.")
    if _UNSEEN.search(text):
        raise UsageError(f"{place}: it has control characters, which nobody sees; write it again as plain text.")


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _require_plain(content: bytes, name: str) -> None:
    """UsageError where YAML repeats itself by aliases, or nests, beyond what a record needs: it would grow without end."""
    depth = aliases = 0
    try:
        for event in yaml.parse(content, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            aliases += isinstance(event, yaml.AliasEvent)
            if depth > MOST_DEPTH or aliases > MOST_ALIASES:
                raise UsageError(f"{name}: it nests or repeats itself too often for a record; write it plainly.")
    except (yaml.YAMLError, RecursionError, ValueError):
        return  # what is wrong with it is told by whoever reads it


def _yaml_of(content: bytes, path: Path) -> bytes:
    if path.suffix.lower() != ".md":
        return content
    front = _FRONT.match(content)
    if front is None:
        raise DefinitionError(
            [f"{path.name}:1: expected front matter: `---`, then `attended: …`, then `---`, then the narrative"]
        )
    return b"\n" + front.group(1)


def _text_of(content: bytes, path: Path) -> str:
    front = _FRONT.match(content)
    try:
        return (front.group(2) or b"").decode("utf-8").strip() if front else ""
    except UnicodeDecodeError as problem:
        raise DefinitionError([f"{path.name}:1: the narrative is not UTF-8; save the file as UTF-8"]) from problem


def stated(record: RoundRecord) -> Mapping[str, Any]:
    """The record as JSON values, as an act keeps it."""
    values: dict[str, Any] = record.model_dump(mode="json", exclude_none=True)
    return values
