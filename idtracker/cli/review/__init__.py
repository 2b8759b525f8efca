"""Commands for the data team: sources, names, matches, reference data, adjudications."""
