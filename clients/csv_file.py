"""Reading a table from a spreadsheet, another inventory or a shop, in a child process with limits."""

import json
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from clients.files import sandbox
from schemas.base import Dto
from schemas.errors import InvalidInput, Transient

_LIMITS: Final = sandbox.Limits(seconds=60, memory_mb=1024, output_mb=128)
_SENTENCES: Final = {
    "not_text": "the file is not text; export the table as CSV and send that",
    "not_its_encoding": "the file is damaged: its bytes do not match its byte order mark; export it again",
}


class CsvFile(Dto):
    """A table as far as it can be read; a hostile file may have taken over the child that says so."""

    encoding: Literal["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Annotated[int, Field(ge=1)], tuple[str, ...]], ...] = ()
    "those that are not blank, each with the line at which it begins; one more than were asked for if there are more"
    ragged: frozenset[int] = frozenset()
    "the lines of rows with more cells than the table has columns"
    problem: Literal["not_csv", "not_text", "not_its_encoding"] | None = None
    line: Annotated[int, Field(ge=1)] = 1
    detail: Annotated[str, Field(max_length=200)] = ""

    def refuse_damage(self) -> None:
        """Refuse a table that could not be read to its end.

        Raises:
            InvalidInput: a line is not valid CSV.
        """
        if self.problem:
            raise InvalidInput(
                f"line {self.line} is not valid CSV ({self.detail}); correct it, or export the table again",
                line=self.line,
            )


def read_csv(content: bytes, *, given: Iterable[str], known: Iterable[str], max_rows: int) -> CsvFile:
    """Read a table; the names of columns, as they are given and in a plain form, tell which delimiter it has.

    Raises:
        InvalidInput: the file is not text, or breaks its parser.
        Transient: the child could not be started (`sandbox_unavailable`).
    """
    asked = json.dumps({"given": [*given], "known": [*known], "max_rows": max_rows}).encode()
    try:
        found = CsvFile.model_validate_json(
            sandbox.run("clients._csv_child", asked + b"\n" + content, {}, limits=_LIMITS)
        )
    except sandbox.NotStarted as error:
        raise Transient("sandbox_unavailable", str(error)) from error
    except (sandbox.SandboxError, ValidationError) as error:
        raise InvalidInput(
            "the file breaks the parser of tables; export it again as plain CSV", field="file"
        ) from error
    if found.problem in _SENTENCES:
        raise InvalidInput(_SENTENCES[found.problem], field="file")
    return found
