"""Fetching from the web, whose addresses are all hostile."""
