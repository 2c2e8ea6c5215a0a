"""Markings."""
