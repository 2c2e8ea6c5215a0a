"""Assistants: services that identify parts, find datasheets, and suggest tags and types."""

from clients.assistant.base import Answered, Assistant, Job
from clients.assistant.local.assistant import LocalAssistant
from settings import Settings

__all__ = ["Answered", "Assistant", "Job", "LocalAssistant", "make_assistant"]


def make_assistant(settings: Settings) -> Assistant:
    """Return the assistant that the settings choose: by default OpenAI's if a key is set, else the local one."""
    kind = settings.assistant.kind
    if kind == "openai" or (kind == "auto" and settings.openai.api_key):
        return _openai(settings)
    return LocalAssistant()


def _openai(settings: Settings) -> Assistant:
    # Imported late, because the library takes longer to load than the rest of a process.
    from clients.assistant.openai.assistant import OpenAIAssistant

    return OpenAIAssistant(settings.openai)
