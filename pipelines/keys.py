"""The names of the assets."""

import dagster as dg

REGISTERS = dg.AssetKey(["tracker", "registers"])
FACTS_KEY = dg.AssetKey(["tracker", "facts"])
CELLS = dg.AssetKey(["tracker", "cells"])
SCORES = dg.AssetKey(["tracker", "scores"])
EXPECTATIONS = dg.AssetKey(["tracker", "expectations"])


def landed_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["landed", source_id])


def accepted_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["accepted", source_id])


def metric_key(family: str) -> dg.AssetKey:
    return dg.AssetKey(["metrics", family])
