"""When an asset is materialised without being asked: the automation conditions, and who answers for the shared store."""

import dagster as dg

POOL = "store"
STORE_OWNERS = ["team:tracker"]
TRIED_AGAIN = "*/15 * * * *"
"""When a step that failed is tried again, whether or not anything arrived."""

_failed_before = (
    dg.AutomationCondition.execution_failed()
    & dg.AutomationCondition.cron_tick_passed(TRIED_AGAIN).since_last_handled()
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
).with_label("failed the last time")
when_any_dependency_changes = (
    dg.AutomationCondition.eager().without(~dg.AutomationCondition.any_deps_missing()) | _failed_before
).with_label("a source delivered; those that never did are not waited for")
when_dependencies_change = (dg.AutomationCondition.eager() | _failed_before).with_label(
    "what it follows from changed, or it failed the last time"
)
when_missing_or_redefined = (
    (
        (dg.AutomationCondition.missing() & dg.AutomationCondition.initial_evaluation())
        | dg.AutomationCondition.code_version_changed()
    )
    & ~dg.AutomationCondition.in_progress()
    | _failed_before
).with_label("never written, or reference data changed")
when_dependencies_or_rules_change = (
    dg.AutomationCondition.eager()
    | (dg.AutomationCondition.code_version_changed() & ~dg.AutomationCondition.in_progress())
    | _failed_before
).with_label("what it follows from, a rule, a method or a data file changed, or it failed the last time")
