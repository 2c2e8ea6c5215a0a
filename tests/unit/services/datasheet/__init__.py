"""The datasheet gate."""
