"""A private database and the API on it, as processes of their own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from cli.migrate import CHECKOUT, migrate
from embedded import private_postgres, reserve_port

_FIRST_PORT = 18_080
_START_SECONDS = 60


@contextmanager
def served_api(*, threads: int) -> Iterator[tuple[str, str]]:
    """Serve an empty inventory; yields the address of its API and the URL of its database."""
    with private_postgres() as database_url, TemporaryDirectory() as folder:
        migrate(database_url)
        port = reserve_port(None, first=_FIRST_PORT)
        address = f"http://127.0.0.1:{port.number}"
        environment = {
            **os.environ,
            "PARTFLOW_DATABASE_URL": database_url,
            "PARTFLOW_DATABASE_POOL_SIZE": str(threads),
            "PARTFLOW_BROKER_FOLDER": f"{folder}/broker",
            "PARTFLOW_STORE_FOLDER": f"{folder}/objects",
            "PARTFLOW_API_PORT": str(port.number),
            "PARTFLOW_API_THREADS": str(threads),
        }
        with (Path(folder) / "api.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "api"], cwd=CHECKOUT, env=environment, stdout=log, stderr=log
            )
        try:
            _wait_until_alive(address, server)
            yield address, database_url
        finally:
            server.terminate()
            server.wait()
            port.close()


def _wait_until_alive(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            httpx2.get(f"{address}/health", trust_env=False).raise_for_status()
        except httpx2.HTTPError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the API does not start: exit code {server.poll()}") from error
            time.sleep(0.1)
        else:
            return
