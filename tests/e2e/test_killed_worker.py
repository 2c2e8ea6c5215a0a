"""Workers die in the middle of it; nothing is lost and nothing happens twice."""

import os
import signal
import time
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, create_engine, text

from cli.client import Client
from embedded import Stack
from schemas.run import RunOut
from tests.e2e.conftest import PHOTOS, Serve

SECONDS = 150


def test_all_runs_finish_once_though_workers_are_killed(serve: Serve, servers: dict[str, str]) -> None:
    stack, client = serve(PARTFLOW_PIPELINE_LEASE_SECONDS="3", PARTFLOW_PIPELINE_STALL_SECONDS="8", **servers)
    photos = sorted(PHOTOS.glob("*.jpg"))
    started = [run.id for run in client.start_photos(photos)]
    database = create_engine(stack.address.database_url)

    for done in (len(started), 4 * len(started)):
        wait_for_steps(database, done)
        kill_workers(stack)
    runs = wait_until_final(client, started)

    assert {run.state for run in runs} <= {"succeeded", "partial"}
    assert sum(run.state == "succeeded" for run in runs) >= 5
    assert doubled(database) == {}
    assert unfinished_steps(database) == 0
    database.dispose()


def wait_for_steps(database: Engine, done: int) -> None:
    deadline = time.monotonic() + SECONDS
    while count(database, "SELECT count(*) FROM pipeline_steps WHERE finished_at IS NOT NULL") < done:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def kill_workers(stack: Stack) -> None:
    """Kill both workers with all their children at once, as the kernel does when memory runs out."""
    for process in stack.health():
        if process.name.startswith("worker") and process.pid:
            for pid in [*children(process.pid), process.pid]:
                os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until_final(client: Client, started: list[UUID]) -> list[RunOut]:
    deadline = time.monotonic() + SECONDS
    while True:
        runs = [client.run(run_id) for run_id in started]
        if all(run.state.final for run in runs):
            return runs
        assert time.monotonic() < deadline, [(run.id, run.state) for run in runs]
        time.sleep(0.5)


def count(database: Engine, sql: str) -> int:
    with database.connect() as connection:
        return int(connection.execute(text(sql)).scalar_one())


def unfinished_steps(database: Engine) -> int:
    return count(database, "SELECT count(*) FROM pipeline_steps WHERE finished_at IS NULL")


def doubled(database: Engine) -> dict[str, int]:
    """Count what is there more than once, by its natural key."""
    keys = {
        "documents": "documents GROUP BY part_id4, blob_sha256",
        "datasheets": "documents WHERE is_datasheet GROUP BY part_id4",
        "suggestions": "suggestions GROUP BY run_id, field, value",
        "promised slots": "suggestions WHERE field = 'stock' AND state = 'proposed' GROUP BY value ->> 'slot'",
        "parts": "pipeline_runs GROUP BY part_id4",
    }
    found = {
        name: count(database, f"SELECT count(*) FROM (SELECT 1 FROM {key} HAVING count(*) > 1) AS doubled")
        for name, key in keys.items()
    }
    return {name: number for name, number in found.items() if number}
