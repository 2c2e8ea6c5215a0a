"""Looking for planted secrets wherever a stack has written."""

from collections.abc import Iterator

from sqlalchemy import create_engine, text

from embedded import Stack

_LEDGER = (
    "SELECT concat_ws(' ', detail, output::text) FROM pipeline_steps",
    "SELECT concat_ws(' ', error, input::text) FROM pipeline_runs",
    "SELECT error FROM ai_calls",
)


def places_with(stack: Stack, *secrets: str) -> list[str]:
    """Return the log files, and the statements over the ledger, in whose texts one of some secrets is found."""
    return sorted({place for place, said in _written(stack) if any(secret in said for secret in secrets)})


def _written(stack: Stack) -> Iterator[tuple[str, str]]:
    for file in stack.layout.log.iterdir():
        yield file.name, file.read_text("utf-8", "replace")
    engine = create_engine(stack.address.database_url)
    with engine.connect() as connection:
        for statement in _LEDGER:
            yield from ((statement, str(row)) for row in connection.scalars(text(statement)))
    engine.dispose()
