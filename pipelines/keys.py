"""The names of the assets: those of the steps."""

import dagster as dg


def asset_key(step: str) -> dg.AssetKey:
    return dg.AssetKey(step.split("/"))


def landed_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["landed", source_id])


def accepted_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["accepted", source_id])
