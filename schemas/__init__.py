"""Values that cross a boundary: HTTP bodies, model answers, step inputs and outputs, and the enums."""
