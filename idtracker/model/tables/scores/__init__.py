"""Tables about scores: what moved them, other methods, other choices, warnings."""
