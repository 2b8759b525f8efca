"""Warning rules and what stands by them, for those who read."""
