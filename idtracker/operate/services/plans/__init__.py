"""What stands behind `framework plan`: what is asked, the noise of the past, and the plan as a document."""
