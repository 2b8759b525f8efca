"""`check`: the verdict on a file before it is sent, and what a rule means."""

from __future__ import annotations

from pathlib import Path

import click

from idtracker.cli.check_output import Outputs, answer_options, judge, print_check, require_places, write_outputs
from idtracker.cli.output import command, show_notice, waiting
from idtracker.model.errors import UsageError
from idtracker.model.home import Home


@click.command()
@click.argument("file", type=click.Path(), required=False)
@click.option("--source", "source_id", help="The source that the file reports to.")
@click.option("--explain", "rule_id", metavar="RULE", help="Say what a rule means instead; no FILE is needed.")
@answer_options
@command
def check(
    home: Home, file: str | None, source_id: str | None, rule_id: str | None, outputs: Outputs, as_json: bool
) -> int:
    """The verdict that the pipeline would give on FILE. Nothing is stored.

    Exit codes: 0 clean or warnings only · 1 rows would be held · 2 wrong use or unknown source · 4 unusable file.
    """
    from idtracker.cli.check_text import show_check, show_written

    if rule_id is not None:
        return _explain(rule_id, file, outputs, as_json)
    if file is None:
        raise UsageError("Missing argument 'FILE'. To see what a rule means: `idtracker check --explain RULE`.")
    if source_id is None:
        raise UsageError("Missing option '--source'; `idtracker sources list` names the sources.")
    require_places(file, outputs)
    with waiting(f"checking {Path(file).name}", as_json):
        content, result = judge(home, file, source_id)
        written = write_outputs(result, content, outputs)
    if as_json:
        print_check(result, written=[str(p) for p in written])
    else:
        show_notice(result.notice, stderr=True)
        show_check(result, outputs.lang)
        show_written(written, outputs.lang)
    return result.exit_code


def _explain(rule_id: str, file: str | None, outputs: Outputs, as_json: bool) -> int:
    from idtracker.cli.output import console, print_json, styled
    from idtracker.feedback.check.rule import find_rule, rule_document, rule_lines

    if file is not None or outputs.html or outputs.annotate:
        raise UsageError("--explain stands alone: it takes no FILE, --html or --annotate.")
    rule = find_rule(rule_id)
    if as_json:
        print_json(rule_document(rule))
        return 0
    console().print(styled(rule.id, "bold"))
    for label, text in rule_lines(rule, outputs.lang):
        console().print(styled(f"{label}: ", "dim"), styled(text, ""), sep="")
    return 0
