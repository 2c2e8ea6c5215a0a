"""Asking whether a weakness of a dependency is known."""

import json
import re
import sys
from collections.abc import Iterator
from itertools import batched
from typing import Final, NamedTuple

import click
import httpx2
from pydantic import BaseModel, TypeAdapter, ValidationError

from cli import options
from cli.migrate import CHECKOUT
from settings import get_settings

_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)
_AT_ONCE: Final = 500
_SECONDS: Final = 20


class _Advisory(BaseModel):
    id: str


class _Known(BaseModel):
    vulns: list[_Advisory] = []


_ANSWER: Final = TypeAdapter(dict[str, list[_Known]])


class Finding(NamedTuple):
    """An advisory about a version that is pinned."""

    package: str
    version: str
    advisory: str


@click.command(short_help="Ask whether weaknesses of the dependencies are known.")
@options.as_json
def audit(as_json: bool) -> None:
    """Ask the source of advisories (PARTFLOW_AUDIT_SOURCE) about each pinned dependency; exits 1 when one is known.

    Names and versions are sent, and nothing else. When the source is out of reach, this says so and exits 0.
    """
    source = str(get_settings().audit.source)
    try:
        found = [*_ask(source, _pins())]
    except (httpx2.HTTPError, httpx2.InvalidURL, ValidationError, ValueError, KeyError) as error:
        _say(as_json, [], skipped=f"{source} does not answer as a source of advisories: {type(error).__name__}")
        return
    _say(as_json, found, skipped=None)
    sys.exit(bool(found))


def _pins() -> list[tuple[str, str]]:
    files = sorted((CHECKOUT / "requirements").glob("*.txt"))
    return sorted({pin for file in files for pin in _PIN.findall(file.read_text("utf-8"))})


def _ask(source: str, pins: list[tuple[str, str]]) -> Iterator[Finding]:
    for some in batched(pins, _AT_ONCE):
        queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in some]
        answer = httpx2.post(
            f"{source.rstrip('/')}/v1/querybatch", json={"queries": queries}, timeout=_SECONDS, trust_env=False
        )
        known = _ANSWER.validate_json(answer.raise_for_status().content)["results"]
        for (name, version), one in zip(some, known, strict=True):
            yield from (Finding(name, version, advisory.id) for advisory in one.vulns)


def _say(as_json: bool, found: list[Finding], *, skipped: str | None) -> None:
    if as_json:
        click.echo(json.dumps({"skipped": skipped, "found": [each._asdict() for each in found]}, indent=2))
    elif skipped:
        click.echo(f"partflow: the audit was skipped: {skipped}", err=True)
    else:
        for each in found:
            click.echo(f"{each.package} {each.version}: {each.advisory}")
        click.echo(f"partflow: {len(_pins())} dependencies, {len(found)} known weaknesses", err=True)
