"""Hostile files."""
