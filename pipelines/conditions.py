"""When an asset is materialised without being asked: the automation conditions, and who answers for the shared store."""

import dagster as dg

POOL = "store"
STORE_OWNERS = ["team:tracker"]

when_any_dependency_changes = (
    dg.AutomationCondition.eager()
    .without(~dg.AutomationCondition.any_deps_missing())
    .with_label("a source delivered; those that never did are not waited for")
)
when_dependencies_change = dg.AutomationCondition.eager()
when_missing_or_redefined = (
    (
        (dg.AutomationCondition.missing() & dg.AutomationCondition.initial_evaluation())
        | dg.AutomationCondition.code_version_changed()
    )
    & ~dg.AutomationCondition.in_progress()
).with_label("never written, or reference data changed")
