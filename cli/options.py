"""Options that several commands share."""

from pathlib import Path

import click

from embedded.layout import default_data_dir

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
