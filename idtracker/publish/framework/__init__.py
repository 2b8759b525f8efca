"""The framework as people read it: a page of stages and questions, from the published tables."""
