"""Activities, participants, money and results of a publication as IATI 2.03 activity files."""
