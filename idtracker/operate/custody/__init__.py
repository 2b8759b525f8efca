"""Whether the home is whole: verify, backup, restore, rebuild."""
