"""The formats that stand in each publication beside its tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.operate.step import Context, Step, StepResult
from idtracker.publish.export.inside.described import are_written, has_files, key_of


def files_due(context: Context) -> list[Step]:
    """The steps of the publications that have not the formats that they shall have, where this machine writes any: all that is due where
    nothing is known anew and programme.yml names other formats."""
    published = context.published_audiences if are_written() else ()
    return [files_step(audience) for audience in published if not has_files(context.home, audience)]


def write_formats(home: Home, audience: Audience) -> None:
    """Write the formats of an audience's current publication; IdtrackerError names those that could not be written."""
    result = _written(home, audience)
    if result.error is not None:
        raise result.error


def _files(audience: Audience, context: Context) -> StepResult:
    return _written(context.home, audience)


def _written(home: Home, audience: Audience) -> StepResult:
    from idtracker.publish.export.inside.write_files import add_files

    written = add_files(home, audience)
    figures = {
        "folder": written.folder,
        "formats": list(written.formats),
        "files": written.files,
        "changed": written.is_new,
    }
    error = IdtrackerError(_failure(written.failed)) if written.failed else None
    return StepResult(figures, version=f"{written.folder.name} {key_of(audience)}", error=error)


def _failure(failed: Mapping[str, str]) -> str:
    """Formats that could not be written, and why."""
    listed = "; ".join(f"{form}: {why}" for form, why in failed.items())
    return f"{listed}. The other formats of the publication were written."


def files_step(audience: Audience) -> Step:
    """The step that writes the formats of a publication. Where one cannot be written, what is published stays without it."""
    return Step(
        f"files/{audience.id}",
        (f"published/{audience.id}",),
        partial(_files, audience),
        f"{', '.join(audience.formats) or 'No further formats'} for: {audience.title}.",
        definitions=lambda _home, _catalogue: key_of(audience),
    )
