"""Assistants: whoever names parts, finds datasheets, and suggests tags and types."""

from clients.assistant.base import Answered, Assistant, Job
from clients.assistant.local import LocalAssistant
from settings import Settings, SettingsError

__all__ = ["Answered", "Assistant", "Job", "LocalAssistant", "make_assistant"]


def make_assistant(settings: Settings) -> Assistant:
    """Return the assistant that the settings ask for: by default OpenAI's where there is a key, else the local one.

    Raises:
        SettingsError: OpenAI is asked for by name, and there is no key.
    """
    has_key = settings.openai.api_key is not None and bool(settings.openai.api_key.get_secret_value())
    match settings.assistant.kind:
        case "openai" if not has_key:
            raise SettingsError("OPENAI_API_KEY: expected a key, because PARTFLOW_ASSISTANT_KIND is openai")
        case "openai":
            return _openai(settings)
        case "auto" if has_key:
            return _openai(settings)
    return LocalAssistant()


def _openai(settings: Settings) -> Assistant:
    # Imported late: the library takes longer to load than all else a process needs to start.
    from clients.assistant.openai import OpenAIAssistant

    return OpenAIAssistant(settings.openai)
