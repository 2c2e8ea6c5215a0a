"""Fetching from the web, where every address is hostile."""
