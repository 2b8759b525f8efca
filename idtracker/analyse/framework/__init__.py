"""The framework: what its questions are answered, what metrics say of its elements, and what is missing."""
