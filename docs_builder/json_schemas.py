"""JSON Schemas (draft 2020-12) of the documents that commands print with --json, and of the definition files.

They are derived from the models that the documents are made of. Promised keys are required; no schema closes a document.
"""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from docs_builder.markdown import COMMAND
from idtracker.feedback.check.document import Checked, ExplainedRule, Submitted
from idtracker.feedback.pack.document import FeedbackPacks
from idtracker.model.config.json_schema import (
    DIALECT,
    SCHEMA_FILES,
    framework_json_schema,
    method_json_schema,
    programme_json_schema,
    round_json_schema,
    source_json_schema,
    warning_json_schema,
)
from idtracker.model.errors import UsageError
from idtracker.model.tables import FACTS, fields_of
from idtracker.operate.documents import (
    command_line,
    consequences,
    custody,
    explanation,
    exports,
    held,
    judgements,
    plans,
    reference,
    rounds,
    run,
    sources,
    status,
    warnings,
)
from idtracker.operate.documents.citing import cited
from idtracker.operate.documents.methods import checked, comparison, uncertainty
from idtracker.operate.documents.review import acts, adjudications, matches, names
from idtracker.publish.framework.document import FrameworkPage
from idtracker.publish.watch import document as watched

Schema = dict[str, Any]

ERROR = "error"
_CHECK = Annotated[
    Checked | ExplainedRule, Field(description="The verdict on one file, or with --explain what a rule means.")
]
_EXPLAIN = Annotated[explanation.Explanation, Field(description=explanation.Explanation.__doc__)]
_DOCUMENTS: dict[str, Any] = {
    "run": run.Run,
    "check": _CHECK,
    "submit": Submitted,
    "template": sources.Template,
    "withdraw": command_line.Withdrawal,
    "feedback": FeedbackPacks,
    "status": status.Status,
    "query": command_line.Rows,
    "framework": FrameworkPage,
    "briefing": exports.WrittenBriefing,
    "cite": cited.CitedFigure,
    "export": exports.PublicationExport,
    "explain metric": _EXPLAIN,
    "explain score": _EXPLAIN,
    "explain cell": _EXPLAIN,
    "explain submission": _EXPLAIN,
    "explain fact": _EXPLAIN,
    "explain consequences": consequences.Consequences,
    "explain missing": status.MissingList,
    "acts list": acts.ActList,
    "acts revoke": acts.RevokedAct,
    "held list": held.HeldList,
    "held show": held.HeldRows,
    "held export": held.Export,
    "held replay": held.Replay,
    "held waive": held.GivenWaiver,
    "held confirm": held.GivenWaiver,
    "names suggest": names.Suggestions,
    "names accept": names.Accepted,
    "names check": names.NameCheck,
    "adjudicate list": adjudications.Queue,
    "adjudicate show": adjudications.CellHistory,
    "adjudicate decide": adjudications.KeptDecision,
    "adjudicate revoke": adjudications.KeptDecision,
    "judgement list": judgements.JudgedQuestions,
    "judgement resolve": judgements.KeptResolution,
    "judgement record": judgements.Record,
    "round list": rounds.RoundList,
    "round open": rounds.KeptRoundAct,
    "round freeze": rounds.KeptRoundAct,
    "round publish": rounds.KeptRoundAct,
    "round action": rounds.KeptRoundAction,
    "round show": rounds.RoundShown,
    "reference check": reference.ReferenceCheck,
    "reference list": reference.ReferenceList,
    "reference show": reference.History,
    "reference rates": reference.Rates,
    "matches suggest": matches.Proposals,
    "matches list": matches.MatchList,
    "matches accept": matches.Recorded,
    "matches reject": matches.Recorded,
    "matches undo": matches.TakenBack,
    "method list": checked.MethodList,
    "method check": checked.MethodCheck,
    "method compute": checked.MethodComputed,
    "method compare": comparison.MethodComparison,
    "method uncertainty": uncertainty.MethodUncertainty,
    "sources list": sources.SourceList,
    "sources show": sources.Described,
    "sources check": sources.SourceCheck,
    "sources new": sources.Draft,
    "warnings list": warnings.WarningList,
    "warnings check": warnings.WarningCheck,
    "framework plan": plans.ComparisonPlan,
    "watch add": watched.WatchList,
    "watch list": watched.WatchList,
    "watch remove": watched.WatchList,
    "watch show": watched.WatchReports,
    "publish": command_line.Publication,
    "rebuild": custody.Rebuild,
    "verify": custody.Verification,
    "reproduce": cited.ReproducedPublication,
    "backup": custody.Backup,
    "restore": custody.Restored,
    "access prune": custody.PrunedAccess,
    "docs build": command_line.DocsBuild,
    ERROR: command_line.Failure,
}
COMMANDS: tuple[str, ...] = tuple(name for name in _DOCUMENTS if name != ERROR)


class _Generator(GenerateJsonSchema):
    """Keys without titles, which repeat their names, and without defaults: a key that is not promised is left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def schema_of(command: str) -> Schema:
    """Schema of the document of a command, such as `run`, `sources list` (or `sources-list`); `error` is every command's.

    UsageError with the nearest name where the command has no document.
    """
    name = command.replace("-", " ")
    if name not in _DOCUMENTS:
        near = get_close_matches(name, _DOCUMENTS, n=1)
        hint = f" Did you mean `{near[0]}`?" if near else f" There are: {', '.join(_DOCUMENTS)}."
        raise UsageError(f"`{command}` has no document with a schema.{hint}")
    title = f"idtracker {name} --json" if name != ERROR else "An error of any command with --json"
    derived = TypeAdapter(_DOCUMENTS[name]).json_schema(mode="serialization", schema_generator=_Generator)
    return {"$schema": DIALECT, "$comment": f"Generated by `{COMMAND}`.", **derived, "title": title}


def file_name_of(command: str) -> str:
    """File name of a command's schema: `sources list` -> `sources-list.schema.json`."""
    return f"{command.replace(' ', '-')}.schema.json"


def source_schema() -> Schema:
    """Schema of source.yml that knows the tables and their fields."""
    return source_json_schema({name: list(fields_of(model)) for name, model in FACTS.items()})


def definition_schemas() -> dict[str, str]:
    """File name -> text of the schemas of the definition files, which editors read beside them."""
    schemas = (
        source_schema(),
        programme_json_schema(),
        method_json_schema(),
        warning_json_schema(),
        framework_json_schema(),
        round_json_schema(),
    )
    return _texts(dict(zip(SCHEMA_FILES, schemas, strict=True)))


def schema_files() -> dict[str, str]:
    """File name -> text of every schema."""
    return definition_schemas() | _texts({file_name_of(name): schema_of(name) for name in _DOCUMENTS})


def _texts(schemas: dict[str, Schema]) -> dict[str, str]:
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas.items()}
