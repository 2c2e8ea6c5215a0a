"""Measurements of quality and speed; each module has run(data, quick=...) and says what it wants to see."""
