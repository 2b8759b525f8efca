"""Commands for operations: run, publish, verify, backup, restore, rebuild, docs."""
