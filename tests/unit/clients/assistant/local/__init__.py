"""The local assistant."""
