"""The installation that a command is about."""

from pathlib import Path
from urllib.parse import urlsplit

from embedded import running
from settings import Settings, get_settings, use_settings


def settings_of(data_dir: Path) -> Settings:
    """Return the settings; if they name no database, those of the stack that runs in the data folder."""
    stack, settings = running(data_dir), get_settings()
    if stack is None or "url" in settings.database.model_fields_set:
        return settings
    data = data_dir.expanduser().resolve()
    return use_settings(
        {
            "PARTFLOW_DATABASE_URL": stack.database_url,
            "PARTFLOW_BROKER_FOLDER": str(data / "broker"),
            "PARTFLOW_STORE_FOLDER": str(data / "objects"),
            "PARTFLOW_API_PORT": str(urlsplit(stack.api).port),
        }
    )
