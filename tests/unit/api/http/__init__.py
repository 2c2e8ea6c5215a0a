"""Plumbing of the API."""
