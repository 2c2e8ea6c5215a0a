"""The root of the error tree that `schemas/errors.py` draws."""


class PartflowError(Exception):
    """An error that Partflow raises on purpose."""


class SettingsError(PartflowError):
    """A setting is wrong; the message names the variable and what was expected, and never its value."""
