"""Leaves of a tree that look beyond their own cell: at denominators, at the other places of the quarter, at other quarters."""
