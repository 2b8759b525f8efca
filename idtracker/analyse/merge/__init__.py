"""Many reports to one cell per indicator, place and quarter, by the declared policy and method."""
