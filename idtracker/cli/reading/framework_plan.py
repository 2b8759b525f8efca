"""`framework plan`: which comparison would show which effect, with which power, at which price."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idtracker.cli.output import command, console, print_json, show_table, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang

if TYPE_CHECKING:
    from idtracker.operate.documents.plans import ArmPlaces, ComparisonPlan, PlannedDesign

_TEXTS = "operate/plans"
_ARMS = "One number, or one for each arm: neither=, a=, b=, both=."


@click.command(name="plan")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--outcome", help="What is measured, for the heading.")
@click.option("--effect", type=float, help="Effect to show, in the unit of the outcome.")
@click.option("--places", type=int, help="Places that can take part.")
@click.option("--noise", multiple=True, help=f"Standard deviation of one place in one quarter. {_ARMS}")
@click.option("--cost", multiple=True, help=f"Cost of one place for one quarter. {_ARMS}")
@click.option("--budget", type=float, help="What it may cost in all; default: no limit.")
@click.option("--periods", type=int, help="Quarters that it may last; default: 1.")
@click.option("--waves", type=int, help="Waves in which places begin, in staggered designs; default: 2.")
@click.option("--icc", type=float, help="Share of the variance that a place keeps over all quarters, 0 to 1.")
@click.option("--autocorrelation", type=float, help="Of what changes, from quarter to quarter, 0 to below 1.")
@click.option("--from-indicator", help="Read the noise from the past of this indicator, or result indicator.")
@click.option("--activity", help="Activity of the result indicator, where several have it.")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of sentences.")
@click.option(
    "--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication the noise is read from."
)
@command
def plan(home: Home, file: Path | None, lang: Lang, audience: str, as_json: bool, **options: Any) -> int:
    """Designs that would show an effect of working together, with power and price; FILE may hold the options as YAML.

    Four cells ask whether both departments do more than the sum of each; places that join at once or in waves, what joining adds.
    A power is that of the interval which the estimator publishes. Below 50 % nothing is promised: the smallest design is named that would be.

    Exit codes: 0 a design is promised · 1 none is · 2 wrong use.
    """
    from idtracker.operate.services.plans.asked import asked, by_arm
    from idtracker.operate.services.plans.planned import comparison_plan
    from idtracker.publish.current import open_current

    options |= {name: by_arm(options[name], f"--{name}") for name in ("noise", "cost")}
    with waiting("planning", as_json):
        document = comparison_plan(asked(file, options), partial(open_current, home, audience), lang)
    if as_json:
        print_json(document)
    else:
        _show(document, lang)
    return 0 if document.designs else 1


def _show(document: ComparisonPlan, lang: Lang) -> None:
    out = console()
    for line in _noise_lines(document, lang):
        out.print(line, markup=False, soft_wrap=True)
    if document.designs:
        _show_designs(document.designs, lang)
    for refused in document.refused:
        from idtracker.model.messages import phrase

        kind = phrase(_TEXTS, refused.kind, lang)
        out.print(f"{kind}: {refused.sentence}", markup=False, soft_wrap=True)
        if refused.needed:
            _show_designs([refused.needed], lang)
    _show_limits(document, lang)


def _noise_lines(document: ComparisonPlan, lang: Lang) -> list[str]:
    from idtracker.model.messages import phrase

    noise = document.noise
    numbers = {
        name: "—" if value is None else f"{value:.3g}"
        for name, value in (("icc", noise.icc), ("lag", noise.autocorrelation))
    }
    kept = phrase(_TEXTS, "noise_kept", lang, **numbers)
    if noise.n is None or noise.lower is None or noise.upper is None:
        return [phrase(_TEXTS, "noise_stated", lang), kept]
    counts = {"n": noise.n, "places": noise.places, "quarters": noise.quarters, "left_out": noise.left_out}
    spread = {"sd": f"{noise.sd.both:.3g}", "lower": f"{noise.lower:.3g}", "upper": f"{noise.upper:.3g}"}
    return [phrase(_TEXTS, "noise_seen", lang, indicator=noise.from_indicator, **counts, **spread), kept]


def _show_designs(designs: list[PlannedDesign], lang: Lang) -> None:
    from idtracker.model.messages import phrase

    names = phrase(_TEXTS, "headings", lang).split("|")
    show_table(
        [name if i in (0, 1, len(names) - 1) else (name, "right") for i, name in enumerate(names)],
        [
            (
                phrase(_TEXTS, design.kind, lang),
                _arms(design.arms),
                design.places,
                design.quarters,
                f"{design.price:,.10g}",
                _share(design.power, design.monte_carlo_error),
                _share(design.power_if_noisier),
                "—" if design.detectable is None else f"{design.detectable:.3g}",
                _share(design.false_alarms),
                ", ".join(map(str, design.starts)),
            )
            for design in designs
        ],
    )


def _arms(arms: ArmPlaces) -> str:
    return "/".join(str(n) for n in (arms.neither, arms.a, arms.b, arms.both))


def _share(share: float | None, error: float = 0.0) -> str:
    if share is None:
        return "—"
    return f"{100 * share:.0f}" + (f" ±{100 * error:.1f}" if error else "")


def _show_limits(document: ComparisonPlan, lang: Lang) -> None:
    from idtracker.model.messages import phrase

    out = console()
    if document.limits:
        out.print(phrase(_TEXTS, "cannot_tell", lang), markup=False, soft_wrap=True)
    for name, text in document.limits.items():
        kinds = sorted({phrase(_TEXTS, d.kind, lang) for d in _designs(document) if name in d.limits})
        out.print(f"  {', '.join(kinds)}: {text}", markup=False, soft_wrap=True)


def _designs(document: ComparisonPlan) -> list[PlannedDesign]:
    refused = [design for of in document.refused for design in (of.largest, of.needed) if design]
    return [*document.designs, *refused]
