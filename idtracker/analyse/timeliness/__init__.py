"""Who has reported, who has not, and whose turn it is."""
