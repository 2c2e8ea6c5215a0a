"""Many ended runs in a database, and a few open ones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from uuid import UUID

import psycopg

STEPS_A_RUN = 12
_OPEN = 200
_LOST_SECONDS = 3_600
"Since the open runs were sent: longer than the reconciler's patience, however long filling takes."
_BLOCK = 2_000
_STATES = ("succeeded",) * 17 + ("partial", "partial", "failed")
_PARTS = ["".join(letters) for letters in product("Q", "ABCDE", "ABCDEFGHIJ", "ABCDEFGHIJ")]

_RUN_COLUMNS = (
    "id, pipeline, state, epoch, sends, version, input, part_id4, created_at, progress_at, sent_at, time_limit, "
    "finished_at"
)
_STEP_COLUMNS = "run_id, name, index, position, state, attempt, worker, output, started_at, finished_at"


def fill(database_url: str, runs: int) -> None:
    """Copy so many ended runs of twelve steps each, and a few that wait for workers, into an empty database."""
    address = database_url.replace("postgresql+psycopg", "postgresql", 1)
    random = Random(runs)
    with psycopg.connect(address) as connection:
        # Neither keys nor foreign keys are checked row by row; the indexes are made once, at the end.
        connection.execute("SET session_replication_role = replica")
        _copy(connection, "parts (id4)", (f"{part}\n" for part in _PARTS))
        indexes = _drop_indexes(connection)
        ids = [UUID(int=random.getrandbits(128), version=4) for _ in range(runs)]
        _copy(connection, f"pipeline_runs ({_RUN_COLUMNS})", _run_lines(ids, random))
        _copy(connection, f"pipeline_steps ({_STEP_COLUMNS})", _step_lines(ids))
        for statement in indexes:
            connection.execute(statement.encode())
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _drop_indexes(connection: psycopg.Connection) -> list[str]:
    """Drop the indexes and keys of both tables, and return the statements that make them again."""
    tables = "('pipeline_runs'::regclass, 'pipeline_steps'::regclass)"
    keys = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE contype = 'p' AND conrelid IN {tables}".encode()
    ).fetchall()
    plain = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        f" WHERE NOT indisprimary AND indrelid IN {tables}".encode()
    ).fetchall()
    for name, _ in plain:
        connection.execute(f"DROP INDEX {name}".encode())
    foreign = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE contype = 'f' AND confrelid IN {tables}".encode()
    ).fetchall()
    for table, name, _ in [*foreign, *keys]:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    again = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}" for table, name, made in [*keys, *foreign]]
    return [*(made for _, made in plain), *again]


def _copy(connection: psycopg.Connection, target: str, lines: Iterator[str]) -> None:
    with connection.cursor().copy(f"COPY {target} FROM STDIN".encode()) as copy:
        block: list[str] = []
        for line in lines:
            block.append(line)
            if len(block) == _BLOCK:
                copy.write("".join(block))
                block.clear()
        copy.write("".join(block))


def _run_lines(ids: list[UUID], random: Random) -> Iterator[str]:
    """Yield runs, one every twenty seconds up to now; the last few are open, and their messages lost."""
    now = datetime.now(UTC)
    for number, run_id in enumerate(ids):
        left = len(ids) - number
        is_open = left <= _OPEN
        at = now - timedelta(seconds=_LOST_SECONDS if is_open else 20 * left)
        state, ended = ("pending", "\\N") if is_open else (random.choice(_STATES), at)
        part = random.choice(_PARTS)
        yield (
            f'{run_id}\tphoto_intake\t{state}\t1\t1\t26\t{{"photo_sha256": "{number:064x}"}}\t{part}'
            f"\t{at}\t{at}\t{at}\t1 hour\t{ended}\n"
        )


def _step_lines(ids: list[UUID]) -> Iterator[str]:
    """Yield the steps of each run, together; those of open runs wait."""
    now = datetime.now(UTC)
    done = _steps("succeeded", 1, f'w:1\t{{"sha256": "{0:064x}"}}\t{now}\t{now}')
    waiting = _steps("pending", 0, "\\N\t\\N\t\\N\t\\N")
    for number, run_id in enumerate(ids):
        lines = waiting if len(ids) - number <= _OPEN else done
        yield lines.replace("RUN", str(run_id))


def _steps(state: str, attempt: int, rest: str) -> str:
    return "".join(f"RUN\tbench.step\t{index}\t{index}\t{state}\t{attempt}\t{rest}\n" for index in range(STEPS_A_RUN))
