"""A first source.yml for a new file, written so that a person finishes it: what was guessed, what is left to decide.

Values of the file never enter the text, only headings and what kind of values they hold.
"""

from __future__ import annotations

import glob
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from idtracker.ingest.draft.draft_guess import CanonicalField, GuessedPart, Sample, guess_every, guess_part, known_part
from idtracker.ingest.draft.draft_iati import SECTIONS
from idtracker.ingest.draft.draft_stand_in import period_in_name, stand_in
from idtracker.ingest.draft.similarity import MISSING, filled, kind_of
from idtracker.ingest.read.formats.table import KINDS
from idtracker.model.config.definition_file import hold_against
from idtracker.model.config.source import Kind, Part, Source
from idtracker.model.config.values import IDENTIFIER
from idtracker.model.errors import DefinitionError, UsageError

_MEMBERS_SHOWN = 10
_TOGETHER = 4  # headings of one object of a record that are left out by one line
UNKNOWN_PUBLISHER = "XX-UNKNOWN"
_DATE_FORMS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
)


def draft_source(
    name: str,
    tables: Sequence[Sample],
    kind: Kind,
    file_name: str,
    table_fields: Mapping[str, Sequence[CanonicalField]],
    *,
    publisher: str = UNKNOWN_PUBLISHER,
    encoding: str = "utf-8",
    members: Sequence[str] = (),
) -> str:
    """YAML text of a source.yml that loads, with comments where a person has to look.

    `tables` holds the headings and first values of each table of the file; `table_fields` the fields of every canonical
    table (`contract.tables.fields_of`), `members` the files of an archive that were looked into. Raises UsageError where the file shows no heading at all.
    """
    samples = _together([s for s in tables if s.columns])
    if not samples:
        raise UsageError(
            f"No heading was found in {file_name}: give a file with a row of headings, or write source.yml."
        )
    known = [s for s in samples if kind == "iati" and s.sheet in SECTIONS]
    parts = [known_part(s, SECTIONS[s.sheet], table_fields) for s in known]
    parts = parts or [guess_part(sample, table_fields) for sample in samples]
    chosen = [p for p in parts if len(p.pairs) > 1] or parts[:1]
    is_undated = any(f.field == "period" for p in chosen for f in p.lacking)
    dated = next(filter(None, map(period_in_name, [file_name, *members])), None) if is_undated else None
    named = zip(chosen, _part_names(chosen), strict=True)
    body = [_part_lines(part, kind, name if len(chosen) > 1 else None, dated) for part, name in named]
    written = [] if encoding == "utf-8" else [f"encoding: {_quoted(encoding)}"]
    received = f"by: folder, pattern: {_quoted(_pattern(file_name))}" + (f", from_name: '{dated}'" if dated else "")
    lines = _head(name, [f"kind: {kind}", *written, *_habits(chosen)], received, publisher, chosen)
    if members:
        lines.insert(2, f"# The file is an archive; looked into: {', '.join(map(_one_line, members[:_MEMBERS_SHOWN]))}")
    if len(chosen) == 1:
        lines += body[0]
    else:
        lines += ["parts:", *(("  - " if n == 0 else "    ") + line for part in body for n, line in enumerate(part))]
    return "\n".join([*lines, "handling: {classification: OFFICIAL, releasable_to: [HMG]}  # REVIEW: marking", ""])


def write_draft(sources_dir: Path, name: str, yaml_text: str, file: Path | None = None) -> Path:
    """Create the folder of a new source with its source.yml and, where given, the file as its example; returns the folder.

    The folder appears whole or not at all and never replaces one: UsageError where it exists or the name cannot be one,
    DefinitionError where the text is no valid source.yml.
    """
    if not re.match(IDENTIFIER, name):
        raise UsageError(
            f"{name!r} cannot name a source: use lower-case letters, digits and _, beginning with a letter."
        )
    target = sources_dir / name
    if target.exists():
        raise UsageError(f"{target} exists already: choose another name, or edit its source.yml.")
    sources_dir.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=sources_dir))
    try:
        (draft / "source.yml").write_text(yaml_text, encoding="utf-8")
        _, problems = hold_against(draft / "source.yml", f"{sources_dir.name}/{name}/source.yml", Source, _INNER)
        if problems:
            raise DefinitionError(problems)
        if file is not None:
            shutil.copyfile(file, draft / f"example{file.suffix.lower()}")
        draft.chmod(0o755)
        os.rename(draft, target)  # noqa: PTH104 - unlike Path.replace, refuses a folder that holds something
    except OSError as problem:
        raise UsageError(f"{target} could not be written: {problem.strerror}.") from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


_INNER = tuple(Part.model_fields)


def _together(samples: Sequence[Sample]) -> list[Sample]:
    """Sheets with the same headings are one table."""
    by_columns: dict[tuple[str, ...], Sample] = {}
    for sample in samples:
        same = by_columns.setdefault(tuple(sample.columns), sample)
        if same is not sample:
            joined = {h: [*same.columns[h], *sample.columns[h]] for h in same.columns}
            by_columns[tuple(sample.columns)] = replace(same, columns=joined, also=(*same.also, sample.sheet))
    return list(by_columns.values())


def _head(name: str, form: Sequence[str], received: str, publisher: str, parts: Sequence[GuessedPart]) -> list[str]:
    every = guess_every(parts)
    cadence = f"cadence: {{every: {every}, due_after_days: 20}}  # REVIEW: guessed from the periods in the file"
    unknown = (
        "cadence: {every: as_needed}  # REVIEW: how often is a report owed (month, quarter, ...) and when is it due?"
    )
    review = "  # REVIEW: identifier of the organisation that sends it, such as GB-GOV-11"
    return [
        "# yaml-language-server: $schema=../source.schema.json",
        "# Drafted from the headings of one file: check every line marked REVIEW, then remove the mark.",
        f"title: {_quoted(name.replace('_', ' ').capitalize())}  # REVIEW: the name people know it by",
        f"publisher: {_quoted(publisher)}{review if publisher == UNKNOWN_PUBLISHER else ''}",
        'description: ""  # what one row is, who writes it and for whom',
        'owner: ""  # the team that answers for the source, such as team:jordan-data; no person',
        f"received: {{{received}}}  # later files are called like this one, whatever follows the first digit",
        f"format: {{{', '.join(form)}}}  # as this file is written",
        cadence if every else unknown,
    ]


def _part_lines(part: GuessedPart, kind: Kind, name: str | None, name_period: str | None) -> list[str]:
    likeness = f"REVIEW: the canonical table most like it ({len(part.pairs)} of its {len(part.fields)} fields found)"
    lines = [f"feeds: {part.feeds}  # {f'the file is {part.standard}' if part.standard else likeness}"]
    if name and name != part.feeds:
        lines.append(f"name: {name}")
    unique = "" if part.is_key_unique else ": rows of the file share these values, add what tells them apart"
    lines.append(f"key: [{', '.join(part.key)}]  # REVIEW: fields that identify a row{unique}")
    lines.append("revision: upsert  # or append, replace_period, replace_all: what a corrected file does")
    layout = _layout(part.sample, kind)
    if layout:
        lines.append(f"layout: {{{', '.join(layout)}}}  # where the headings stand in this file")
    if part.across:
        beside = "periods" if "period" in re.compile(part.across).groupindex else "questions"
        lines.append(f"unpivot: {{columns: {_quoted(part.across)}}}  # {beside} stand side by side and become rows")
    return [*lines, *_column_lines(part, name_period), *_ignore_lines(part)]


def _layout(sample: Sample, kind: Kind) -> list[str]:
    where, sheets = KINDS[kind].where, [_quoted(s) for s in sample.sheets if s]
    lines = []
    if where and sheets:
        lines.append(f"{where}: {sheets[0] if len(sheets) == 1 else '[' + ', '.join(sheets) + ']'}")
    if sample.header_rows:
        lines.append(f"header_rows: [{', '.join(map(str, sample.header_rows))}]")
    return lines


def _column_lines(part: GuessedPart, name_period: str | None) -> list[str]:
    lines = ["columns:"]
    for name, heading in part.pairs.items():
        field = part.fields[name]
        needed = ", required: true" if field.is_required else ""
        more = f", {part.more[name]}" if name in part.more else ""
        lines.append(f"  - {{field: {name}, heading: {_quoted(heading)}{needed}{more}}}  # {_why(part, field)}")
    for field in part.lacking:
        lines.append(
            f"  # REVIEW: no heading suits the required field `{field.field}` ({field.kind}: {_one_line(field.description)});"
        )
        lines += stand_in(field, part.sample, name_period)
    return lines


def _why(part: GuessedPart, field: CanonicalField) -> str:
    """What the field is and why the heading was taken for it."""
    meant, reason = f"{field.kind}: {_one_line(field.description)}", part.reasons.get(field.field, "")
    return f"{reason} ({meant})" if reason.startswith("REVIEW") else "; ".join(t for t in (meant, reason) if t)


def _ignore_lines(part: GuessedPart) -> list[str]:
    """What is not read; headings of one object of a record, or of one measure, in one line."""
    if not part.unmapped:
        return []
    objects = Counter(h.rpartition(".")[0] for h in part.unmapped if "." in h)
    measures = Counter(h.rpartition(" / ")[2] for h in part.unmapped if " / " in h)
    shown: dict[str, list[str]] = {}
    for heading in part.unmapped:
        inside, measure = heading.rpartition(".")[0], heading.rpartition(" / ")[2]
        pattern = glob.escape(heading)
        if inside and objects[inside] >= _TOGETHER:
            pattern = f"{glob.escape(inside)}.*"
        elif measures[measure] > 2 and heading != measure:
            pattern = f"* / {glob.escape(measure)}"
        shown.setdefault(pattern, []).append(heading)
    return [
        "ignore:  # REVIEW: headings that suit no field; map them above or leave them out on purpose",
        *(f"  - {_quoted(pattern)}  # {_held(part, headings)}" for pattern, headings in shown.items()),
    ]


def _held(part: GuessedPart, headings: Sequence[str]) -> str:
    if headings[0] in part.left_out:
        return part.left_out[headings[0]]
    kinds = sorted({kind_of(part.sample.columns[h]) for h in headings})
    return f"{len(headings)} headings: {', '.join(kinds)}" if len(headings) > 1 else f"holds {kinds[0]}"


def _habits(parts: Sequence[GuessedPart]) -> list[str]:
    """Date formats, marks of missing values and the decimal comma, as the file seems to use them."""
    columns = [values for part in parts for values in part.sample.columns.values()]
    lines = []
    forms = sorted({f for values in columns if kind_of(values) == "date" for f in _date_form(values)})
    forms += ["epoch_days"] if any(map(_has_epoch_days, parts)) else []
    if forms:
        lines.append(f"dates: [{', '.join(_quoted(f) for f in forms)}]")
    marks = sorted({v.strip() for values in columns for v in values} & set(MISSING))
    if marks:
        lines.append(f"missing: [{', '.join(_quoted(m) for m in marks)}]")
    numbers = [v for values in columns if kind_of(values) == "number" for v in filled(values)]
    if any(re.fullmatch(r"-?\d+,\d{1,2}", v) for v in numbers) and not any("." in v for v in numbers):
        lines.append("decimal: ','")
    return lines


def _has_epoch_days(part: GuessedPart) -> bool:
    """Whether a field for days holds numbers that count days from 1970 (1994 to 2052)."""
    headings = (h for name, h in part.pairs.items() if part.fields[name].kind == "date")
    columns = (filled(part.sample.columns.get(h, ())) for h in headings)
    return any(values and all(v.isdigit() and 9000 <= int(v) <= 30000 for v in values) for values in columns)


def _date_form(values: Sequence[str]) -> list[str]:
    """The first format that every value has, unless they are ISO dates already."""
    texts = filled(values)
    if all(re.match(r"\d{4}-", v) for v in texts):
        return []
    return next(([form] for form in _DATE_FORMS if all(_has_form(v, form) for v in texts)), [])


def _has_form(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only the form matters
    except ValueError:
        return False
    return True


def _part_names(parts: Sequence[GuessedPart]) -> list[str]:
    """The table's name, or the sheet's where two parts feed the same table."""
    names: list[str] = []
    for part in parts:
        name, sheet = part.feeds, re.sub(r"[^a-z0-9]+", "_", part.sample.sheet.casefold()).strip("_")
        if name in names:
            name = sheet if re.match(IDENTIFIER, sheet) and sheet not in names else f"{part.feeds}_{len(names) + 1}"
        names.append(name)
    return names


def _pattern(file_name: str) -> str:
    """Names of later files: whatever follows the first digit of the name may change."""
    path = Path(file_name)
    fixed = re.split(r"\d", path.stem, maxsplit=1)[0]
    return f"{glob.escape(fixed)}*{glob.escape(path.suffix)}"


def _quoted(text: str) -> str:
    """Plain where YAML reads it as the same text, else in quotes (single ones leave backslashes alone)."""
    is_plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./()-]+)*", text)
    is_word = text.casefold() in {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return text if is_plain and not is_word else json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())
