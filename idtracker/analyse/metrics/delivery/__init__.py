"""Delivery: activities, who takes part in them, and who works with whom."""
