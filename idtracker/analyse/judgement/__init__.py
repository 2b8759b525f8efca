"""Judgements of likelihood and quantity as data: read, pooled, resolved and held against what came about."""
