"""Options that several commands share."""

from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from embedded.layout import default_data_dir
from schemas.id4 import PartKey
from schemas.slot import Slot


class _Key[Value](click.ParamType[Value]):
    def __init__(self, name: str, kind: Any, expected: str) -> None:
        self.name = name
        self._kind: TypeAdapter[Value] = TypeAdapter(kind)
        self._expected = expected

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Value:
        try:
            return self._kind.validate_python(value)
        except ValidationError:
            self.fail(f"{value!r} is not a {self.name}; expected {self._expected}", param, ctx)


part_key = _Key[str]("part ID", PartKey, "four letters, such as ABCD")
id4 = click.argument("id4", metavar="ID4", type=part_key)
slot = _Key[Slot]("slot", Slot, "box and location, such as 7-3")

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
