"""What the work costs: the table of goals, its growth, and the claims."""
