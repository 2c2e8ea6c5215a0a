"""Commands for those who change Partflow."""

import subprocess
import sys

import click
from alembic import command
from alembic.util import CommandError

from cli.migrate import CHECKOUT, config, migrate
from embedded import private_postgres

CHECKS = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy", "."),
    "contracts": ("cli.contracts",),
    "duplicates": ("pylint", "--recursive=y", "."),
    "wheel": ("cli.wheel",),
}


SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0")
"""How the whole suite is run: several processes, each with servers of its own; tests/conftest.py says what each gets.

A process that dies ends the run and names its test; replaced, it would leave pytest-xdist waiting for ever.
"""


SERVERS = ("--servers=", "--postgresql=")
"Options that say which servers the tests use, and leave none out."

FLOORS = {"all": ("*", 89), "engine": ("engine/*", 90), "pgchords": ("pgchords/*", 95)}
"""Percent of lines and branches that the tests of this process must pass through; workers and servers that tests start
are not measured."""


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, short_help="Run the tests.")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def test(pytest_args: tuple[str, ...]) -> None:
    """Run the tests, with their coverage; what follows goes to pytest, as in: partflow test tests/unit -k labels.

    They run side by side unless files are named. Coverage is measured when all run.
    """
    if any((CHECKOUT / word.partition("::")[0]).is_file() for word in pytest_args):
        sys.exit(_run("pytest", *pytest_args))
    if not all(word.startswith(SERVERS) for word in pytest_args):
        sys.exit(_run("pytest", *SIDE_BY_SIDE, *pytest_args))
    failed = _run("pytest", *SIDE_BY_SIDE, *pytest_args, "--cov", "--cov-report=")
    low = [name for name, (files, floor) in FLOORS.items() if not _covered(files, floor)]
    if low:
        click.echo(f"partflow: branch coverage is too low: {', '.join(low)}; add tests, or see FLOORS", err=True)
    sys.exit(failed or bool(low))


@click.command(short_help="Check format, lint, types, contracts, duplicates, the wheel and migrations.")
def check() -> None:
    """Check format, lint, types, import contracts, duplicated lines, the wheel, and migrations against models."""
    failed = [name for name, words in CHECKS.items() if _run(*words) != 0]
    if not _migrations_fit():
        failed.append("migrations")
    if failed:
        click.echo(f"partflow: these checks failed: {', '.join(failed)}", err=True)
        sys.exit(1)
    click.echo("partflow: all checks passed", err=True)


def _covered(files: str, floor: int) -> bool:
    click.echo(f"branch coverage of {files} in percent (at least {floor}):", err=True)
    return _run("coverage", "report", "--format=total", f"--include={files}", f"--fail-under={floor}") == 0


def _run(*module: str) -> int:
    return subprocess.run([sys.executable, "-m", *module], cwd=CHECKOUT, check=False).returncode


def _migrations_fit() -> bool:
    with private_postgres() as database_url:
        migrate(database_url)
        try:
            command.check(config(database_url))
        except CommandError as error:
            click.echo(f"migrations: {error}", err=True)
            return False
    return True
