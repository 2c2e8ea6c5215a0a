"""The one frozen Settings object; the only reader of the environment."""

from settings.errors import SettingsError
from settings.settings import Settings, get_settings, use_settings

__all__ = ["Settings", "SettingsError", "get_settings", "use_settings"]
