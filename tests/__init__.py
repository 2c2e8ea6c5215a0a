"""The tests; tests/conftest.py lets the collector go on once all of them are loaded."""

import gc

# Looking for garbage in a million objects that stay would take minutes of a run.
gc.disable()
