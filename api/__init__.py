"""The HTTP edge: parse, call a service or start a pipeline, map errors."""
