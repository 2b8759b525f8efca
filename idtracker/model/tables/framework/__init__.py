"""The integrated-delivery framework as tables."""
