"""The record of a round: both forms of the file, and every mistake in it as one line that says where and what."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from idtracker.model.errors import DefinitionError, IdtrackerError, UsageError
from idtracker.model.rounds.record import load_record, stated

GOOD = """\
attended: [GB-GOV-1, GB-GOV-24]
narrative: {en: Water is scarce., ar: الماء شحيح.}
actions:
  - {text: Ask again., owner: GB-GOV-24, due: 2026-02-01}
  - {text: {ar: اسألوا من جديد}, owner: GB-GOV-1, due: 2026-03-01, done: 2026-02-20}
product_id: TR-1
"""


def written(folder: Path, text: str, name: str = "record.yml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_record_says_who_attended_what_is_thought_and_what_is_done(tmp_path: Path) -> None:
    record = load_record(written(tmp_path, GOOD))
    assert record.attended == ["GB-GOV-1", "GB-GOV-24"] and record.product_id == "TR-1"
    assert (record.narrative.en, record.narrative.ar) == ("Water is scarce.", "الماء شحيح.")
    assert [a.text.en for a in record.actions] == ["Ask again.", None]
    assert record.actions[1].done == date(2026, 2, 20)
    assert stated(record)["actions"][0] == {"text": {"en": "Ask again."}, "owner": "GB-GOV-24", "due": "2026-02-01"}


def test_the_text_of_a_markdown_file_is_the_narrative(tmp_path: Path) -> None:
    text = "---\nattended: [GB-GOV-1]\n---\n\nWater is scarce.\n\nIt will be more so.\n"
    record = load_record(written(tmp_path, text, "record.md"))
    assert record.narrative.en == "Water is scarce.\n\nIt will be more so." and record.narrative.ar is None


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "unknown key": (GOOD + "narative: x\n", "record.yml:7: narative"),
        "no attendance": (GOOD.replace("[GB-GOV-1, GB-GOV-24]", "[]"), "record.yml:1: attended: expected at least 1"),
        "twice": (GOOD.replace("GB-GOV-24]", "GB-GOV-1]"), "record.yml:1: attended: `GB-GOV-1` is named twice"),
        "empty narrative": (GOOD.replace("{en: Water is scarce., ar: الماء شحيح.}", "{}"), "record.yml:2: narrative: it is empty"),
        "blank narrative": (GOOD.replace("{en: Water is scarce., ar: الماء شحيح.}", "' '"), "record.yml:2: narrative"),
        "no narrative": ("attended: [GB-GOV-1]\n", "narrative"),
        "no owner": (GOOD.replace("owner: GB-GOV-24, ", ""), "record.yml:4: actions[0].owner: this key is required"),
        "no day": (GOOD.replace("2026-02-01", "soon"), "record.yml:4: actions[0].due: expected a day"),
        "far day": (GOOD.replace("2026-02-01", "2999-01-01"), "record.yml:4: actions[0].due: expected a day from 1990"),
        "empty": ("", "the file is empty"),
        "no YAML": ("attended: [", "record.yml:"),
    }.values(),
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DefinitionError) as problem:
        load_record(written(tmp_path, text))
    assert said in str(problem.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("record.md", "Water is scarce.", "front matter"),
        ("record.md", "---\nattended: [A]\nnarrative: x\n---\ny\n", "leave one out"),
        ("record.yml", GOOD.replace("Ask again.", "Ask a.person@example.org"), "no person"),
        ("record.yml", "\x00\x01", "record.yml"),
    ],
)
def test_what_cannot_be_kept_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(IdtrackerError) as problem:
        load_record(written(tmp_path, text, name))
    assert said in str(problem.value)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yml", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            load_record(path)


def _expanding() -> str:
    lines = ["attended: [GB-GOV-1]", "narrative: one", "a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (_expanding(), "bomb.yml", "nests or repeats itself"),
        ("attended: " + "[" * 5000 + "]" * 5000 + "\nnarrative: one\n", "deep.yml", "nests or repeats itself"),
        (GOOD + "x" * 1_000_000, "long.yml", "1,000,000 at most"),
        (
            GOOD.replace("Water", "Wa\\u202Eter").replace(
                "{en: Wa\\u202Eter is scarce.,", '{en: "Wa\\u202Eter is scarce.",'
            ),
            "bidi.yml",
            "control characters",
        ),
    ],
)
def test_a_record_that_grows_or_hides_is_refused_at_once(tmp_path: Path, text: str, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load_record(written(tmp_path, text, name))


def test_a_markdown_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.md"
    path.write_bytes("---\nattended: [GB-GOV-1]\n---\nCafé.\n".encode("latin-1"))
    with pytest.raises(DefinitionError, match="not UTF-8"):
        load_record(path)
