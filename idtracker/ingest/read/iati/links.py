"""Links of an activity to others: related ones, and those that its money comes from, goes to, or that others report of the same work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from idtracker.model.findings import Findings

Cells = tuple[str | None, ...]
LINKS: Mapping[str, Sequence[str]] = {
    "activity": ("parent", "related"),
    "participation": ("activity-id",),
    "transaction": ("provider-org.activity-id", "receiver-org.activity-id"),
}
"""The headings of each section that name other activities; several names of one cell have `;` between."""


def check_links(rows: Mapping[str, list[Cells]], columns: Mapping[str, Sequence[str]]) -> Findings:
    """`iati.link` for names that cannot be those of another activity: the activity's own, or one with blanks. They are taken out of `rows`.

    A participant whose activity is this one reports the same activity and is no link: it is taken out without a finding, as the
    receiver of money spent in the activity is.
    """
    findings = Findings()
    for section, headings in LINKS.items():
        own = columns[section].index("iati-identifier")
        for heading in headings:
            at, wrong = columns[section].index(heading), dict[int, str]()
            for place, row in enumerate(rows[section]):
                names = (row[at] or "").split(";") if row[at] else []
                good = [name.strip() for name in names if _is_link(name.strip(), row[own])]
                if len(good) < len(names) or good != names:
                    rows[section][place] = (*row[:at], ";".join(good) or None, *row[at + 1 :])
                bad = [name.strip() for name in names if name.strip() and not _is_link(name.strip(), row[own])]
                if bad and (section == "activity" or any(_has_blank(name) for name in bad)):
                    wrong[place + 1] = ";".join(bad)
            if wrong:
                findings.add("iati.link", sheet=section, column=heading, rows=list(wrong), values=list(wrong.values()))
    return findings


def _is_link(name: str, own: str | None) -> bool:
    return bool(name) and not _has_blank(name) and name != (own or "").strip()


def _has_blank(name: str) -> bool:
    return any(sign.isspace() for sign in name)
