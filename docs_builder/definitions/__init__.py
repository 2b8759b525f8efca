"""Pages of the formats of definition files, and the complete definitions that pages show."""
