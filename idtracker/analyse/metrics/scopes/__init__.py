"""Scopes: of what a metric is given beside the programme, and why it is not given of the rest."""
