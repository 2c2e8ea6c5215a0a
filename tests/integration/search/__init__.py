"""Search on a real database."""
