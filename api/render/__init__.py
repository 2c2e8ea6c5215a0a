"""DTOs made from rows."""
