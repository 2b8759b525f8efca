"""Pages of the formats of definition files."""
