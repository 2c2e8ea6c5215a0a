"""The generator of `.env.example`: `python -m settings.example > .env.example`."""

import json
import textwrap
from collections.abc import Iterator

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from settings.settings import PREFIX, OpenAISettings, Settings

_HEAD = """\
# Partflow's settings, with their defaults; copy this file to .env and uncomment the lines to change.
# An environment variable of the same name overrides .env.
#
# Partflow reads two more from the environment only: PARTFLOW_VENV is the folder of the Python environment that
# ./partflow makes, and PARTFLOW_PG_BIN is the folder of the PostgreSQL programs that the embedded stack starts.
"""


def example() -> str:
    """Return the text of `.env.example`."""
    sections = [_section("OPENAI_", OpenAISettings)]
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if group is not OpenAISettings and isinstance(group, type) and issubclass(group, BaseModel):
            sections.append(_section(f"{PREFIX}{name.upper()}_", group))
    return "\n".join([_HEAD, *sections])


def _section(prefix: str, group: type[BaseModel]) -> str:
    title = (group.__doc__ or "").strip().splitlines()[0]
    return "\n".join([f"# --- {title}", *_lines(prefix, group), ""])


def _lines(prefix: str, group: type[BaseModel]) -> Iterator[str]:
    for name, field in group.model_fields.items():
        yield from textwrap.wrap(field.description or "", 110, initial_indent="# ", subsequent_indent="# ")
        yield f"#{prefix}{name.upper()}={_default(field)}"


def _default(field: FieldInfo) -> str:
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return json.dumps(value) if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    print(example(), end="")
