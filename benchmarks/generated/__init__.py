"""Invented reports of any size, the same in every run."""
