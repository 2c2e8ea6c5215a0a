"""Codes and print on photos."""
