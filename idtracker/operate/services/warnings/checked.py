"""The warning rules of a programme in words, with what is wrong with them and their published past."""

from __future__ import annotations

from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.model.errors import NotPublishedError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang
from idtracker.model.warnings.load import SHIPPED, load_rules, rule_files, side_of
from idtracker.model.warnings.words import words_of
from idtracker.operate.documents.warnings import CheckedRule, RuleSkill, WarningCheck
from idtracker.operate.services.warnings.known import known_to
from idtracker.operate.services.warnings.standing import rule_skills
from idtracker.publish.current import open_current


def checked_rules(home: Home, audience_id: str = DEFAULT_AUDIENCE, lang: Lang = "en") -> WarningCheck:
    """Every rule, also one that is wrong; words and titles in a language, what is wrong with a file in English."""
    known = known_to(catalogue_of(home))
    rules, skills = load_rules(home.sources, known), _published(home, audience_id, lang)
    return WarningCheck(
        rules=[
            CheckedRule(
                rule=name,
                where="shipped" if path.parent == SHIPPED else "programme",
                file=str(path),
                words=words_of(rules.sound[name], side_of(rules.sound[name], known), lang)
                if name in rules.sound
                else [],
                problems=rules.wrong.get(name, []),
                skill=skills.get(name),
            )
            for name, path in sorted(rule_files(home.sources).items())
        ]
    )


def _published(home: Home, audience_id: str, lang: Lang) -> dict[str, RuleSkill]:
    try:
        with open_current(home, audience_id) as published:
            return {skill.rule: skill for skill in rule_skills(published, lang)}
    except NotPublishedError:
        return {}
