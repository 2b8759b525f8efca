"""The folders of published rounds: what was frozen as files, and one JSON document, the same bytes however often they are written."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from idtracker.analyse.round.derive import organisations
from idtracker.analyse.round.frozen import FROZEN, digest_of, frozen_marking, frozen_rows_sql, rows_digest
from idtracker.ingest.decisions.rounds import Rounds, TrackerRound
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.files import private_folder
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.instants import naive_utc
from idtracker.model.marking import marking_of, united
from idtracker.operate.services.rounds.rebuilding import Rebuilding
from idtracker.publish.sharing import share
from idtracker.publish.snapshot import ROUNDS_FOLDER
from idtracker.store.connection import in_memory, rows_of
from idtracker.store.copies import make_durable
from idtracker.store.tables import quoted

DOCUMENT = "round.json"
_FILES = {DOCUMENT, *(f"{name}.parquet" for name in FROZEN)}
_MARKS = ("classification", "releasable_to")
Folders = dict[str, dict[str, Path]]


def publish_rounds(home: Home, catalogue: ProgrammeCatalogue, until: datetime | None) -> list[str]:
    """Write the folders of all published rounds; which could not be made as frozen. A look at a past day changes none of them."""
    return [] if until is not None else write_round_folders(home, catalogue)[1]


def write_round_folders(home: Home, catalogue: ProgrammeCatalogue) -> tuple[Folders, list[str]]:
    """Write the folder of every published round for every audience; where they are, and which could not be made as frozen.

    A folder that holds what was frozen stays where the store cannot make it again; one of a round that is no longer
    published is removed.
    """
    published = {name: known for name, known in Rounds(home).in_force().items() if known.published is not None}
    roots = {audience: home.published / audience / ROUNDS_FOLDER for audience in (DEFAULT_AUDIENCE,)}
    for root in roots.values():
        for stray in [p for p in root.glob("*") if p.name not in published]:
            if stray.is_dir() and not stray.is_symlink():
                shutil.rmtree(stray)
            else:
                stray.unlink()
    problems: list[str] = []
    for known in published.values():
        problems += _write_round(home, catalogue, known, list(roots.values()))
    folders = {a: {name: root / name for name in published if (root / name).is_dir()} for a, root in roots.items()}
    return folders, problems


def _write_round(home: Home, catalogue: ProgrammeCatalogue, known: TrackerRound, roots: list[Path]) -> list[str]:
    """The folder of one round below each root; what keeps it from being made."""
    rebuilding = Rebuilding(home, catalogue)
    is_lost = any(folder_faults(root / known.round_id, known) for root in roots)
    if not rebuilding.has_its_method(known) and not is_lost:
        return []
    with rebuilding.made_again(known, by_kept=is_lost) as again:
        if again.differing:
            what = ", ".join([*again.differing, *([again.problem] if again.problem else [])])
            return [f"the round {known.round_id} cannot be made again as it was frozen: {what}"] if is_lost else []
        for root in roots:
            _replace(again.connection, home, catalogue, known, root)
    return []


def _replace(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    catalogue: ProgrammeCatalogue,
    known: TrackerRound,
    root: Path,
) -> None:
    """Write a folder beside its place and put it there; one that says the same, markings included, stays as it is."""
    place, document = root / known.round_id, _text(_document(connection, catalogue, known))
    if not _says(connection, place, known, document):
        notice = str(_about(catalogue, known)["notice"])
        draft = root / f".part-{known.round_id}"
        shutil.rmtree(draft, ignore_errors=True)
        private_folder(draft)
        for name in FROZEN:
            write_rows(connection, draft / f"{name}.parquet", _rows_sql(known, name), notice)
        (draft / DOCUMENT).write_text(document, "utf-8")
        for path in draft.iterdir():
            make_durable(path)
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
    share(home.root, place)


def write_rows(connection: duckdb.DuckDBPyConnection, path: Path, rows_sql: str, notice: str) -> None:
    """Rows in their order as a Parquet file whose bytes follow from them alone.

    What the engine writes itself depends on how it happens to keep a table.
    """
    import pyarrow.parquet as pq

    rows = rows_of(connection, rows_sql).combine_chunks()
    pq.write_table(rows.replace_schema_metadata({"notice": notice or "none"}), path, compression="zstd")


def _rows_sql(known: TrackerRound, name: str) -> str:
    columns = [*known.inputs["tables"][name]["columns"], *_MARKS]
    return frozen_rows_sql(name, columns, known.period, naive_utc(known.cutoff_at))


def _says(connection: duckdb.DuckDBPyConnection, folder: Path, known: TrackerRound, document: str) -> bool:
    """Whether a folder is whole, its document is this one, and its rows are marked as they are now."""
    if folder_faults(folder, known) or (folder / DOCUMENT).read_text("utf-8") != document:
        return False
    for name in FROZEN:
        rows = connection.execute(_rows_sql(known, name)).fetchall()
        with in_memory() as own:
            stored = own.execute(f"SELECT * FROM read_parquet({quoted(folder / f'{name}.parquet')})").fetchall()
        if rows != stored:
            return False
    return True


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _document(
    connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, known: TrackerRound
) -> dict[str, Any]:
    """The round in one document: what was frozen and by whom, who took part, narrative and actions, its marking."""
    assert known.frozen is not None
    kept = known.frozen.content["marking"]
    marks = [
        marking_of(kept["classification"], kept["releasable_to"]),
        frozen_marking(connection, known.period, naive_utc(known.cutoff_at)),
        catalogue.programme.marking,
    ]
    marking = united(mark for mark in marks if mark is not None)
    assert marking is not None
    return _about(catalogue, known) | _of_acts(known) | marking.columns


def _about(catalogue: ProgrammeCatalogue, known: TrackerRound) -> dict[str, Any]:
    """Title and notice of the programme: those of the freeze, where it kept them."""
    assert known.frozen is not None
    today: dict[str, Any] = {"programme": catalogue.programme.title, "notice": catalogue.programme.notice}
    return today | dict(known.frozen.content.get("programme", {}))


def _of_acts(known: TrackerRound) -> dict[str, Any]:
    """What the document says that follows from the acts alone."""
    acts = [act for act in (known.opened, known.frozen, known.published) if act is not None]
    kept = known.frozen.content.get("programme", {}) if known.frozen else {}
    return {
        **kept,
        "round_id": known.round_id,
        "period": known.period,
        "cutoff_at": known.cutoff_at.isoformat(),
        "held_on": known.held_on.isoformat(),
        "acts": [
            {"action": a.action, "act_id": a.act_id, "by": a.acted_by, "at": a.acted_at.isoformat()} for a in acts
        ],
        "inputs": dict(known.inputs),
        "digest": digest_of(known.inputs),
        "organisations": organisations(known),
        "record": dict(known.record or {}),
    }


def folder_faults(folder: Path, known: TrackerRound) -> list[str]:
    """Files of a round's folder that are missing or do not hold what was frozen."""
    faults = [f"{path.name} is none of its files" for path in sorted(folder.glob("*")) if path.name not in _FILES]
    for name in FROZEN:
        path, table = folder / f"{name}.parquet", known.inputs["tables"][name]
        if not path.is_file():
            faults.append(f"{path.name} is missing")
            continue
        listed = ", ".join(f'"{column}"' for column in table["columns"])
        try:
            with in_memory() as own:
                rows = own.execute(f"SELECT {listed} FROM read_parquet({quoted(path)})").fetchall()
        except duckdb.Error as problem:
            faults.append(f"{path.name} cannot be read ({str(problem).splitlines()[0]})")
            continue
        if rows_digest(table["columns"], rows) != table["sha256"]:
            faults.append(f"{path.name} does not hold what was frozen")
    return faults + _document_faults(folder / DOCUMENT, known)


def _document_faults(path: Path, known: TrackerRound) -> list[str]:
    if not path.is_file():
        return [f"{path.name} is missing"]
    try:
        stated = json.loads(path.read_text("utf-8"))
    except ValueError:
        return [f"{path.name} cannot be read"]
    if not isinstance(stated, dict):
        return [f"{path.name} does not say what was frozen and recorded"]
    other = sorted(name for name, value in _of_acts(known).items() if stated.get(name) != value)
    faults = [f"{path.name} does not say what was frozen and recorded: {', '.join(other)}"] if other else []
    if known.frozen is not None and not _is_marked(stated, known.frozen.content["marking"]):
        faults.append(f"{path.name} is marked below what was frozen")
    return faults


def _is_marked(stated: dict[str, Any], kept: dict[str, Any]) -> bool:
    """Whether a document is marked, in words of the scale, as high as what was frozen."""
    own = marking_of(*(stated.get(name) for name in _MARKS))
    is_in_words = all(stated.get(name) == value for name, value in own.columns.items())
    return is_in_words and own.with_other(marking_of(*(kept[name] for name in _MARKS))) == own
