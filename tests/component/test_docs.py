"""The reference is current, and everything that the program defines is in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import jsonschema
import pytest

from docs_builder.commands import leaves_of
from docs_builder.json_schemas import COMMANDS, ERROR, file_name_of, schema_of, source_schema
from docs_builder.markdown import GENERATED, anchor, code
from docs_builder.reference_pages import REFERENCE, SCHEMAS, bring_up_to_date, reference_files, site_files, stale_files
from docs_builder.settings import environment_variables, home_layout
from idtracker.analyse.metrics.registry import metrics
from idtracker.cli import cli
from idtracker.model.config.json_schema import DIALECT, SCHEMA_FILES
from idtracker.model.findings.rules import rules, severity_consequence
from idtracker.model.home import Home
from idtracker.model.method import load_method
from idtracker.model.register.register import Register
from idtracker.model.tables import FACTS, TABLES, columns_of, fields_of
from idtracker.operate.run_log import log_run

ROOT = Path(__file__).parents[2]
REMEDY = "run `idtracker docs build` and commit what it writes"


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every generated file of the repository by its path, built apart from those that are there."""
    root = tmp_path_factory.mktemp("built")
    built = reference_files(root, root / "sources")
    bring_up_to_date(built, stale_files(built, root))
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in built}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Every generated file of the site by its path."""
    return {path.as_posix(): text for path, text in site_files(cli).items()}


def read(files: dict[str, str], name: str) -> str:
    return files[(REFERENCE / name).as_posix()]


def test_every_generated_file_of_the_repository_is_current(committed: dict[str, str]) -> None:
    present = {n: (ROOT / n).read_text("utf-8") if (ROOT / n).is_file() else None for n in committed}
    assert [name for name in committed if present[name] != committed[name]] == [], REMEDY
    assert stale_files({ROOT / name: text for name, text in committed.items()}, ROOT) == [], REMEDY


def test_pages_of_the_repository_are_those_of_the_site_but_for_links(
    committed: dict[str, str], files: dict[str, str]
) -> None:
    def words(text: str) -> str:
        return re.sub(r"\[([^\[\]\n]+)\]\([^)\s]*\)", r"\1", text)

    pages = [name for name in committed if name.endswith(".md")]
    assert [name for name in pages if words(committed[name]) != words(files[name])] == []
    assert "(../codelists.md#" in files["docs/reference/tables/observation.md"]


def test_every_page_says_that_it_is_generated_and_by_what(files: dict[str, str]) -> None:
    pages = {name: text for name, text in files.items() if name.endswith(".md")}
    assert [name for name, text in pages.items() if not text.startswith(GENERATED + "\n\n# ")] == []
    assert "`idtracker docs build`" in GENERATED


def test_no_generated_file_names_a_place_of_a_machine(files: dict[str, str]) -> None:
    local = re.compile(r"(?<![\w.`<>/-])/(?:home|work|root|tmp|usr|var|Users)\b|[A-Z]:\\\\")
    assert {name: local.findall(text) for name, text in files.items() if local.search(text)} == {}


def test_every_table_and_column_is_described(files: dict[str, str]) -> None:
    index = read(files, "tables.md")
    assert [name for name in TABLES if f"[`{name}`](tables/{name}.md)" not in index] == []
    for name, model in TABLES.items():
        text = read(files, f"tables/{name}.md")
        rows = [line for line in text.splitlines() if line.startswith("| `")]
        described = {
            row.split("`")[1] for row in rows if len(row.split(" | ")) >= 5 and row.split(" | ")[4].strip(" |")
        }
        assert {c.name for c in columns_of(model)} <= described, name


def test_every_field_that_a_source_may_map_is_listed(files: dict[str, str]) -> None:
    for name, model in FACTS.items():
        _, listed = read(files, f"tables/{name}.md").split("## Fields that a source maps")
        assert [f for f in {s.field for s in fields_of(model).values()} if f"| `{f}` |" not in listed] == [], name


def test_reading_of_vintages_is_told(files: dict[str, str]) -> None:
    assert "now.observation" in read(files, "tables.md")
    for name in FACTS:
        text = read(files, f"tables/{name}.md")
        assert f"now.{name}" in text and f"{name}_as_known_at(" in text


def test_every_metric_has_a_page_and_stands_in_the_index(files: dict[str, str]) -> None:
    index = read(files, "metrics/README.md")
    for metric in metrics().values():
        text = read(files, f"metrics/{metric.id}.md")
        assert f"({metric.id}.md)" in index
        assert [measure for measure in metric.all_measures() if code(measure) not in text] == [], metric.id


def test_every_rule_is_told_in_both_languages(files: dict[str, str]) -> None:
    text = read(files, "rules.md")
    for rule_id, rule in rules().items():
        section = text.split(f"### {rule_id}\n", 1)[1].split("\n#", 1)[0]
        assert f"**{rule.severity}** · {rule.dimension} · {severity_consequence(rule.severity, 'en')}" in section
        said = [*rule.text.values(), *rule.remedy.values()]
        assert [words for words in said if words.replace("<", "&lt;").replace("*", "\\*") not in section] == [], rule_id


def test_every_codelist_and_code_is_listed(files: dict[str, str]) -> None:
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", read(files, "codelists.md"), re.M | re.S))
    for row in Register.load().codelists.to_dict("records"):
        section = sections[row["scheme"]]
        assert f"| `{row['code']}` | {row['label_en']} |" in section.replace("&amp;", "&"), (row["scheme"], row["code"])
        assert f"Version {row['version']}." in section


def keys_of(schema: dict[str, object]) -> set[str]:
    found: set[str] = set()
    if isinstance(schema, dict):
        found |= set(schema.get("properties", {}) if "additionalProperties" in schema else {})
        for value in schema.values():
            for part in value if isinstance(value, list) else [value]:
                found |= keys_of(part) if isinstance(part, dict) else set()
    return found


@pytest.mark.parametrize(("page", "schema"), [("source-yml.md", "source"), ("programme-yml.md", "programme")])
def test_every_key_of_a_definition_is_listed(files: dict[str, str], page: str, schema: str) -> None:
    keys = keys_of(json.loads(files[(SCHEMAS / f"{schema}.schema.json").as_posix()]))
    assert len(keys) > 5
    assert [key for key in sorted(keys) if f"\n| `{key}` | " not in read(files, page)] == []


def test_every_command_and_option_is_described(files: dict[str, str]) -> None:
    text = read(files, "commands.md")
    leaves = list(leaves_of(cli))
    assert {leaf.path[0] for leaf in leaves} == set(cli.list_commands(click.Context(cli)))
    shared = text.split("## Options of every command")[1].split("\n## ")[0]
    for leaf in leaves:
        section = text.split(f"\n## {leaf.name}\n", 1)[1].split("\n## ", 1)[0]
        assert f"idtracker {leaf.name} " in section
        missing = [o.opts for o in leaf.options() if not any(code(o.opts[0]) in part for part in (section, shared))]
        assert missing == [], leaf.name


def test_every_setting_is_described(files: dict[str, str]) -> None:
    text = read(files, "settings.md")
    variables = environment_variables()
    assert {variable for _, variable, _ in variables} == {"IDTRACKER_HOME", "IDTRACKER_SOURCES"}
    for name, variable, default in variables:
        assert f"| `--{name}` | `{variable}` | `./{default}` | " in text
    assert set(home_layout()) == {"inbox", "landing", "accepted", "store", "published", "definitions", "dagster"}
    assert [path for path in home_layout().values() if f"| `{path}` | " not in text] == []


def test_log_of_the_runs_is_where_the_settings_page_says(files: dict[str, str], home: Home) -> None:
    log_run(home, {"run_id": "a"})
    assert [f"| `{path.name}` | " in read(files, "settings.md") for path in home.root.iterdir()] == [True]


def test_every_parameter_of_the_method_is_listed(files: dict[str, str]) -> None:
    text, method = read(files, "method.md"), load_method().model_dump(mode="json")
    apart = {"dimensions", "grading", "band_scheme", "trend", "merging", "uncertainty"}
    named = [k for k in method if k not in apart]
    named += [f"trend.change_point.{k}" for k in method["trend"].pop("change_point")]
    named += [f"trend.{k}" for k in method["trend"]]
    components = method["merging"].pop("unobserved_components")
    named += [f"merging.{k}" for k in method["merging"]]
    named += [f"merging.unobserved_components.{k}" for k in components]
    named += ["uncertainty.prior_degrees"]
    named += [f"uncertainty.{part}.{k}" for part in ("history", "assumed") for k in method["uncertainty"][part]]
    assert [name for name in named if f"\n| `{name}` | " not in text] == []
    for dimension, body in method["dimensions"].items():
        assert f"| `{dimension}` | {body['label']} | {body['weight']:g} |" in text
    for band in method["band_scheme"]["bands"]:
        assert f"| {band['label']} | {band['low']:g} | {band['high']:g} |" in text
    assert f"weighs {method['grading']['ungraded_weight']:g} " in text
    assert method["band_scheme"]["id"] in text


@pytest.mark.parametrize("where", ["committed", "files"])
def test_links_lead_somewhere(where: str, request: pytest.FixtureRequest) -> None:
    pages = {(ROOT / name).resolve(): text for name, text in request.getfixturevalue(where).items()}
    broken = []
    for path, text in pages.items():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.S)):
            name, _, fragment = target.partition("#")
            other = (path.parent / name).resolve() if name else path
            headings = {anchor(h) for h in re.findall(r"^#+ (.+)$", pages.get(other, ""), re.M)}
            if other not in pages or (fragment and f"#{fragment}" not in headings):
                broken.append((path.name, target))
    assert broken == []


@pytest.mark.parametrize("name", [*COMMANDS, ERROR])
def test_schema_of_every_document_is_valid_and_open(files: dict[str, str], name: str) -> None:
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert (SCHEMAS / file_name_of(name)).as_posix() in files
    assert '"additionalProperties": false' not in files[(SCHEMAS / file_name_of(name)).as_posix()]


def test_every_command_that_prints_a_document_has_a_schema() -> None:
    without = {"dev", "mcp"}  # they become servers and print nothing themselves
    assert {leaf.name for leaf in leaves_of(cli)} - without == set(COMMANDS)


def test_schema_of_a_source_knows_tables_and_fields(committed: dict[str, str], files: dict[str, str]) -> None:
    schema = source_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$defs"]["Part"]["properties"]["feeds"]["enum"] == sorted(FACTS)
    for name in SCHEMA_FILES:
        assert committed[f"sources/{name}"] == files[(SCHEMAS / name).as_posix()]
