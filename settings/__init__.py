"""The one frozen Settings object; the only reader of the environment."""

from settings.settings import Settings, SettingsError, get_settings

__all__ = ["Settings", "SettingsError", "get_settings"]
