"""The demo: everything set up, the bundled photos handed in, the results shown."""

import sys
from hashlib import sha256
from pathlib import Path

import click

from cli import options
from cli.client import Client, connect
from cli.intake import show
from cli.results import Results, result
from cli.up import serve, stack
from cli.watch import watch
from demo.seed import seed
from demo.site import free_port, program
from schemas.run import RunState

PHOTOS = Path(__file__).resolve().parents[1] / "demo" / "photos"


@click.command()
@click.option("--exit", "exit_after", is_flag=True, help="Stop everything after the results.")
@options.as_json
@options.data_dir
@options.port
def demo(exit_after: bool, as_json: bool, data_dir: Path, port: int | None) -> None:
    """Set everything up, run the bundled photos through the pipeline, show the results, keep serving.

    A small site of datasheets (and of the web's traps) runs beside the server for it.
    """
    site = free_port()
    environment = {"PARTFLOW_FETCH_ALLOWED_ADDRESSES": f"127.0.0.1:{site}", "PARTFLOW_FETCH_TOTAL_SECONDS": "6"}
    with stack(data_dir, port, extra=[program(site)], environment=environment) as running:
        seed(running.address.database_url, f"http://127.0.0.1:{site}")
        with connect(running.address.api, data_dir) as client:
            results = intake_all(client, sorted(PHOTOS.glob("*.jpg")))
        show(results, as_json=as_json)
        if not exit_after:
            serve(running)
    sys.exit(any(each.state == RunState.FAILED for each in results.runs))


def intake_all(client: Client, photos: list[Path]) -> Results:
    """Hand in each photo under a key of its content, so that a second demo shows the first one's runs."""
    started = {}
    for photo in photos:
        (run,) = client.start_photos([photo], key=f"demo-{sha256(photo.read_bytes()).hexdigest()}")
        started[photo] = run
    ended = watch(client, {run.id: f"{run.part} {photo.name}" for photo, run in started.items()})
    return Results(runs=tuple(result(client, photo.name, ended[run.id]) for photo, run in started.items()))
