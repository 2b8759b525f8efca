"""What stages, questions and elements of a published framework are called, and in which order they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from idtracker.model.framework.definition import Element, Framework, Label
from idtracker.model.messages import Lang
from idtracker.publish.briefing.source import PublishedRows


@dataclass(frozen=True, slots=True)
class FrameworkLabels:
    """A framework that ships with the package is named by its definition, any other by the codelists of the publication.

    The definition in the folder of sources is not read: a publication alone decides what its readers get.
    """

    source: PublishedRows
    lang: Lang
    shipped: Framework | None

    def stage(self, code: str) -> str:
        """A stage of the cycle."""
        return self._named(self.shipped.stages if self.shipped else (), code, "programme_stage")

    def function(self, code: str | None) -> str:
        """What a question serves."""
        return self._named(self.shipped.functions if self.shipped else (), code or "", "framework_function")

    def question(self, code: str) -> str:
        """A key performance question."""
        return self._named(self.shipped.questions if self.shipped else (), code, "kpq")

    def element(self, code: str) -> str:
        """An element of the framework."""
        return self._named(self.shipped.elements if self.shipped else (), code, "framework_element")

    def group(self, code: str) -> str:
        """The heading that elements stand under."""
        return self._named(self.shipped.groups if self.shipped else (), code, "framework_group")

    def order_of_stages(self, codes: Iterable[str]) -> list[str]:
        """Stages in the order of the cycle; those that no definition orders by the rank of the codelist, then by code."""
        stated = [stage.code for stage in self.shipped.stages] if self.shipped else _ranked(self.source)
        return sorted(set(codes), key=lambda code: (stated.index(code) if code in stated else len(stated), code))

    def elements(self) -> list[Element]:
        """The elements of the definition, in its order; none where it does not ship with the package."""
        return list(self.shipped.elements) if self.shipped else []

    def _named(self, entries: Iterable[object], code: str, scheme: str) -> str:
        labels: dict[str, Label] = {entry.code: entry.label for entry in entries}  # type: ignore[attr-defined]
        if code in labels:
            return labels[code].ar if self.lang == "ar" else labels[code].en
        return self.source.code_label(scheme, code, self.lang)


def framework_labels(source: PublishedRows, version: str, lang: Lang) -> FrameworkLabels:
    """The labels of the framework that a publication names, such as `IDF 1`."""
    return FrameworkLabels(source, lang, _shipped(source, version))


def _shipped(source: PublishedRows, version: str) -> Framework | None:
    """The definition of that name and version in the package; None where there is none."""
    from idtracker.analyse.metrics.registry import metrics
    from idtracker.model.framework.load import SHIPPED, Known, load_framework

    known = Known({m.id: list(m.all_measures()) for m in metrics().values()}, ())
    for path in sorted(SHIPPED.glob("*.yml")):
        framework = load_framework(SHIPPED, path.stem, known).framework
        if framework is not None and f"{framework.id} {framework.version}" == version:
            return framework
    return None


def _ranked(source: PublishedRows) -> list[str]:
    if not source.has_rows("codelist"):
        return []
    found = source.rows("SELECT code FROM codelist WHERE scheme = 'programme_stage' ORDER BY rank NULLS LAST, code")
    return list(dict.fromkeys(found["code"]))
