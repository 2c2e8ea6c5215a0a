"""Readers of hostile files, each in a child process with limits."""
