"""Definitions that people write: `source.yml` and `programme.yml` as models, their discovery and their JSON Schema."""
