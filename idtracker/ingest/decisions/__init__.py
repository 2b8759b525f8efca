"""Signed decisions on the record: waivers and adjudications."""
