"""The story of one run, put together from its rows and from the log files of all programs."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, Field

from schemas.base import Dto
from schemas.run import RunOut, StepOut

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_MOST_CONTINUED = 200
"Lines of one traceback."


class StoryLine(Dto):
    """Something that happened: when, according to which program (or the ledger), and in which words."""

    at: AwareDatetime
    program: str
    text: str
    fields: dict[str, Any] = Field(default_factory=dict)
    "what a line of JSON holds beside its words"


def of_ledger(run: RunOut) -> Iterator[StoryLine]:
    """Yield what the rows of a run say."""
    yield StoryLine(at=run.created_at, program="ledger", text=f"run of {run.pipeline} was accepted")
    for step in run.steps:
        if step.started_at:
            yield StoryLine(at=step.started_at, program="ledger", text=f"{_name(step)} began")
        if step.finished_at:
            yield StoryLine(at=step.finished_at, program="ledger", text=f"{_name(step)} {_ending(step)}")
    if run.finished_at:
        why = f": {run.error}" if run.error else ""
        yield StoryLine(at=run.finished_at, program="ledger", text=f"run ended {run.state}{why}")


def of_logs(folder: Path, *ids: str) -> Iterator[StoryLine]:
    """Yield the lines of all log files in a folder, rotated ones included, that name one of some ids."""
    for file in sorted(folder.glob("*.log*")):
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in _whole(lines):
                if any(each in line for each in ids) and (told := _parsed(file.name.partition(".log")[0], line)):
                    yield told


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Yield log lines, each with the lines of the traceback that follow it."""
    held: list[str] = []
    for line in lines:
        begins = line.startswith("{") or _TIME.match(line)
        if begins and held:
            yield "".join(held)
            held = []
        if begins or 0 < len(held) < _MOST_CONTINUED:
            held.append(line)
    if held:
        yield "".join(held)


def _parsed(program: str, line: str) -> StoryLine | None:
    if not line.startswith("{"):
        stamp, _, text = line.partition(" ")
        return StoryLine(at=_at(stamp), program=program, text=text.rstrip())
    try:
        fields = json.loads(line)
        at, event = _at(fields.pop("timestamp")), str(fields.pop("event"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return StoryLine(at=at, program=program, text=event, fields=fields)


def _at(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).astimezone(UTC)


def _name(step: StepOut) -> str:
    return f"{step.name} {step.index}" if step.index else step.name


def _ending(step: StepOut) -> str:
    why = ": ".join(filter(None, (step.reason, step.detail)))
    return f"{step.state} ({why})" if why else step.state
