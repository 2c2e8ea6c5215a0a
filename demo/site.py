"""A small web site of datasheets and of the real web's traps: `python -m demo.site --port N`."""

import signal
import threading
from types import FrameType

import click

from demo.places import TRAPS, TRUTH

__all__ = ["TRAPS", "TRUTH", "main"]


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Where to listen; 0 takes a free port.")
def main(port: int) -> None:
    """Serve the demo's datasheets and traps on loopback until told to stop."""
    # The command line imports this module, and shall not wait for the PDF writer.
    from demo.server import DatasheetSite

    site = DatasheetSite(port)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=site.shutdown).start()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    click.echo(site.address)
    with site:
        site.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
