"""Refreshing datasheets."""
