"""Tables computed from judgements, and what their columns are made of."""
