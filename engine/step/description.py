"""What a message says of its step to people: the text that Flower shows instead of the arguments."""

import re
from dataclasses import asdict, dataclass
from typing import Final

_FORM: Final = re.compile(
    r"pipeline=(?P<pipeline>\S+) subject=(?P<subject>\S*) "
    r"run=(?P<run>[0-9a-f-]{36}) index=(?P<index>\d+) epoch=(?P<epoch>\d+)"
)


@dataclass(frozen=True)
class StepDescription:
    """Which step of which run a message is about; the name of the task says which step."""

    pipeline: str
    subject: str
    run: str
    index: int
    epoch: int

    def __str__(self) -> str:
        """Return the text of the message."""
        return " ".join(f"{name}={value}" for name, value in asdict(self).items())


def parse_description(text: str) -> StepDescription | None:
    """Return what a text says of a step; None if it is another's text."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    words = found.groupdict()
    return StepDescription(words["pipeline"], words["subject"], words["run"], int(words["index"]), int(words["epoch"]))
