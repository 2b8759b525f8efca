"""Warning rules judged over series, and what each would have been worth: its replay on its own past."""
