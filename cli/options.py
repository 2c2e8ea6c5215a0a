"""Options that several commands share."""

from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from embedded.layout import default_data_dir
from schemas.id4 import PartKey
from schemas.slot import SlotKey


class _Key(click.ParamType[str]):
    def __init__(self, name: str, kind: Any, example: str) -> None:
        self.name = name
        self._kind: TypeAdapter[str] = TypeAdapter(kind)
        self._example = example

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return self._kind.validate_python(value)
        except ValidationError:
            self.fail(f"{value!r} is none; write it as {self._example}", param, ctx)


id4 = click.argument("id4", metavar="ID4", type=_Key("four letters", PartKey, "ABCD"))
slot = _Key("slot", SlotKey, "7-3")

data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data_dir,
    help="Where everything is kept.  [default: .partflow in the checkout]",
)
port = click.option(
    "--port", type=click.IntRange(1, 65_535), help="The API's port.  [default: 8080, or the next that is free]"
)
server = click.option(
    "--server", metavar="URL", help="The server to talk to.  [default: the one running in the data folder]"
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of tables.")
