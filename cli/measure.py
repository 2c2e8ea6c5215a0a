"""Benchmarks and evaluations."""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from cli import options
from cli.console import console
from cli.migrate import CHECKOUT

BENCHMARKS = CHECKOUT / "benchmarks"


def _names(kind: str) -> list[str]:
    return sorted(path.stem.removeprefix(f"{kind}_") for path in BENCHMARKS.glob(f"{kind}_*.py"))


@click.command(short_help="Measure how fast and how dependable Partflow is.")
@click.argument("name", type=click.Choice(_names("bench")))
@click.option("--quick", is_flag=True, help="Less of it, in under a minute.")
@click.option("--runs", type=click.IntRange(1), help="How many runs; chaos only.")
@click.option("--seed", type=int, help="The same faults in the same order as another time; chaos only.")
@click.option("--parts", help="Sizes of the inventory, such as 10000,100000; search; one size for refresh and backup.")
@click.option("--broker", type=click.Choice(["rabbitmq", "filesystem"]), help="What carries the messages; chaos only.")
@options.as_json
def bench(name: str, quick: bool, as_json: bool, **of_one: Any) -> None:
    """Measure how fast and how dependable Partflow is; exits 1 when a limit is passed."""
    run = import_module(f"benchmarks.bench_{name}").run
    given = {option: value for option, value in of_one.items() if value is not None}
    if unknown := given.keys() - signature(run).parameters.keys():
        raise click.UsageError(f"the benchmark {name} has no option --{min(unknown)}")
    _report(name, run(quick=quick, **given), as_json=as_json)


@click.command(name="eval", short_help="Measure how often Partflow is right.")
@click.argument("name", type=click.Choice(_names("eval")))
@click.option(
    "--data", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Rows with the truth."
)
@click.option("--quick", is_flag=True, help="Less of it, in under a minute.")
@options.as_json
def evaluate(name: str, data: Path, quick: bool, as_json: bool) -> None:
    """Measure how often Partflow is right; exits 1 when a limit is passed.

    The data is one JSON object a line; docs/evaluations.md says which fields each evaluation reads.
    """
    _report(name, import_module(f"benchmarks.eval_{name}").run(data, quick=quick), as_json=as_json)


def _report(name: str, measured: Mapping[str, Any], *, as_json: bool) -> None:
    document = {"name": name, "commit": _commit(), "figures": measured["figures"], "checks": measured["checks"]}
    if as_json:
        click.echo(json.dumps(document, indent=2))
    else:
        _print(document)
    sys.exit(not all(check["ok"] for check in document["checks"]))


def _commit() -> str | None:
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=CHECKOUT, check=False, capture_output=True, text=True)  # noqa: S607 - git is where the user has it
    return asked.stdout.strip() or None


def _print(document: Mapping[str, Any]) -> None:
    figures = Table("figure", "value", title=document["name"], header_style="bold")
    for figure, value in document["figures"].items():
        figures.add_row(figure, str(value))
    checks = Table("check", "value", "limit", "", header_style="bold")
    for check in document["checks"]:
        verdict = "[green]ok[/]" if check["ok"] else "[red]out[/]"
        checks.add_row(check["name"], str(check["value"]), str(check["limit"]), verdict)
    console().print(figures, checks)
