"""The demo: everything set up, the bundled photos handed in, the results shown."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import click

from cli import options
from cli.client import Client, connect
from cli.intake import show
from cli.migrate import CHECKOUT
from cli.results import Results, result
from cli.up import serve, stack
from cli.watch import watch
from demo.seed import seed
from embedded import Program, Stack, python, reserve_port
from schemas.ledger import RunState

PHOTOS = CHECKOUT / "demo" / "photos"
_FIRST_SITE_PORT = 8700
_ALLOWED = "PARTFLOW_FETCH_ALLOWED_ADDRESSES"
# A demo need not wait a minute for a server that drips.
_PATIENCE = {"PARTFLOW_FETCH_TOTAL_SECONDS": "5", "PARTFLOW_ENGINE_LEASE_SECONDS": "15"}


@click.command(short_help="Set everything up and run the bundled photos through the pipeline.")
@click.option("--exit", "exit_after", is_flag=True, help="Stop everything after the results.")
@options.as_json
@options.data_dir
@options.port
def demo(exit_after: bool, as_json: bool, data_dir: Path, port: int | None) -> None:
    """Set everything up, run the bundled photos through the pipeline, show the results, keep serving.

    A small site of datasheets, and of the web's traps, runs beside the server for it.
    """
    with demo_stack(data_dir, port) as running:
        with connect(running.address.api, data_dir) as client:
            results = intake_all(client, sorted(PHOTOS.glob("*.jpg")))
        show(results, as_json=as_json)
        if not exit_after:
            serve(running)
    sys.exit(any(each.state == RunState.FAILED for each in results.runs))


@contextmanager
def demo_stack(data_dir: Path, port: int | None, environment: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Run the stack with the demo's site beside it; only it, and what `environment` names, may be fetched from."""
    with closing(reserve_port(None, first=_FIRST_SITE_PORT)) as site:
        address = f"127.0.0.1:{site.number}"
        program = Program(name="demo-site", command=python("-m", "demo.site", "--port", str(site.number)))
        given = environment or {}
        allowed = ",".join(filter(None, (address, given.get(_ALLOWED))))
        settings = {**_PATIENCE, **given, _ALLOWED: allowed}
        with stack(data_dir, port, extra=[program], environment=settings) as running:
            seed(running.address.database_url, f"http://{address}")
            yield running


def intake_all(client: Client, photos: list[Path]) -> Results:
    """Hand in each photo under a key of its content, so that a second demo shows the first one's runs."""
    started = {}
    for photo in photos:
        (run,) = client.start_photos([photo], key=f"demo-{sha256(photo.read_bytes()).hexdigest()}")
        started[photo] = run
    ended = watch(client, {run.id: f"{run.part} {photo.name}" for photo, run in started.items()})
    return Results(runs=tuple(result(client, photo.name, ended[run.id]) for photo, run in started.items()))
