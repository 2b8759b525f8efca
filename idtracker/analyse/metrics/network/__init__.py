"""Networks beside their figures: which ties nobody reported, what those may change, and why a figure moved."""
