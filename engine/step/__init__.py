"""A step: what it is, and how it is carried out."""
