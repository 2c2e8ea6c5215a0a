"""The prompts, one versioned file each: a changed prompt is a new file with a new version."""

from functools import cache
from importlib.resources import files
from typing import Final

from clients.assistant.base import Job

VERSIONS: Final = {
    Job.IDENTIFY: "identify.v1",
    Job.FIND_DATASHEETS: "find_datasheets.v1",
    Job.SUGGEST_TAGS: "suggest_tags.v1",
    Job.SUGGEST_TYPE: "suggest_type.v1",
}


@cache
def prompt_text(version: str) -> str:
    """Return the prompt of a version."""
    return (files(__package__) / "prompts" / f"{version}.md").read_text("utf-8")
