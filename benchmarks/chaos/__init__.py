"""Faults, the load they fall on, and the audit afterwards."""
