"""The names of the assets: those of the steps."""

import dagster as dg


def asset_key(step: str) -> dg.AssetKey:
    return dg.AssetKey(step.split("/"))


REGISTERS = asset_key("tracker/registers")
FACTS_KEY = asset_key("tracker/facts")
CELLS = asset_key("tracker/cells")
SCORES = asset_key("tracker/scores")
UNCERTAINTY = asset_key("tracker/uncertainty")
JUDGEMENTS = asset_key("tracker/judgements")
WARNINGS_KEY = asset_key("tracker/warnings")
ROUNDS_KEY = asset_key("tracker/rounds")
INDICES_KEY = asset_key("tracker/indices")
FRAMEWORK_KEY = asset_key("tracker/framework")
EXPECTATIONS = asset_key("tracker/expectations")


def landed_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["landed", source_id])


def accepted_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["accepted", source_id])
