"""Warning rules as data: what a rule's file may say, which rules there are, and each in words."""
