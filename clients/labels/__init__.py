"""Labels as PDF and PNG."""
